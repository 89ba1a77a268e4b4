package org.bbans.bench;

import java.util.Arrays;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.RecordCodec;

/** A block of MNIST images and a codec for it: all that happens between the samples and the payload. */
final class Pipeline {

    private final RecordCodec codec;
    private final Engine engine;
    private final int records;
    private final byte[] samples;
    private final byte[] payload;
    private final byte[] decoded;

    /**
     * Codes the block once in both directions.
     *
     * @throws IllegalStateException if it does not come back
     */
    Pipeline(String model, int records, Engine engine) {
        codec = BenchModels.codec(model);
        this.engine = engine;
        this.records = records;
        samples = Images.mnist(records);
        payload = encode();
        decoded = new byte[samples.length];
        decode();
        if (!Arrays.equals(samples, decoded)) {
            throw new IllegalStateException("model " + model + " does not decode what it encodes: sample "
                    + Arrays.mismatch(samples, decoded));
        }
    }

    byte[] encode() {
        useEngine();
        return codec.encode(samples, records);
    }

    void decode() {
        useEngine();
        try {
            codec.decode(payload, decoded, records);
        } catch (CorruptArchiveException e) {
            throw new IllegalStateException("the payload is not what was encoded", e);
        }
    }

    byte[] samples() {
        return samples;
    }

    /** Size of the payload in bits for each sample. */
    double bitsPerDim() {
        return 8.0 * payload.length / samples.length;
    }

    /** The codec chooses for itself; two engines in one process are only to be had by the property. */
    private void useEngine() {
        System.setProperty(Engines.PROPERTY, engine.name());
    }
}
