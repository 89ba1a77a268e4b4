package org.bbans.codec.block;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RecordCodec;
import org.bbans.codec.io.Buffers;
import org.bbans.codec.set.RecordOrder;
import org.bbans.codec.wire.FormatInput;

/** A block of whole records coded by a model: their {@link Prefixes}, followed by what the model wrote. */
public final class RecordBlock {

    private final Layout layout;
    private final RecordCodec model;
    private final Buffers samplesBuffers = new Buffers();
    private final Buffers rawBuffers = new Buffers();

    public RecordBlock(Layout layout, RecordCodec model) {
        this.layout = layout;
        this.model = model;
    }

    /**
     * The payload, or null if the bytes do not fit the sample format.
     *
     * @param done is told how many records the model has coded
     */
    byte[] encode(byte[] raw, boolean xz, IntConsumer done) throws IOException {
        int size = (int) layout.recordBytes();
        int records = raw.length / size;
        int[] shape = layout.shape();
        int dims = (int) layout.dims();
        int prefix = layout.prefix();
        byte[] prefixes = new byte[records * prefix];
        byte[] samples = samplesBuffers.take(records * dims);
        byte[] modelCoded;
        try {
            boolean fits = true;
            for (int r = 0; r < records && fits; r++) {
                int at = r * size;
                for (int i = 0; i < prefix; i++) {
                    prefixes[i * records + r] = raw[at + i];
                }
                fits = layout.format().unpack(shape, raw, at + prefix, samples, r * dims);
            }
            if (!fits) {
                return null;
            }
            modelCoded = layout.unordered() ? model.encodeSet(samples, records, done)
                    : model.encode(samples, records, done);
        } finally {
            samplesBuffers.give(samples);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Prefixes.write(out, prefixes, xz);
        out.writeBytes(modelCoded);
        return out.toByteArray();
    }

    /** Bytes that decoding so many bytes of content takes beside these and the payload. */
    public long memory(long rawSize) {
        long records = rawSize / layout.recordBytes();
        // Samples and prefixes, and four bytes for the beginning of a group, of which a record may be one.
        return records * (layout.dims() + layout.prefix() + Integer.BYTES) + model.memory(records);
    }

    /** Whether a payload decodes to these bytes. */
    boolean decodesTo(byte[] payload, byte[] raw, IntConsumer done) throws IOException {
        byte[] back = decode(payload, raw.length, done);
        boolean same = Arrays.equals(back, raw);
        rawBuffers.give(back);
        return same;
    }

    /** Restores {@code rawSize} bytes, a whole number of records; {@code done} is told how many are decoded. */
    public byte[] decode(byte[] payload, int rawSize, IntConsumer done) throws IOException {
        int size = (int) layout.recordBytes();
        int records = rawSize / size;
        int[] shape = layout.shape();
        int dims = (int) layout.dims();
        int prefix = layout.prefix();
        FormatInput in = new FormatInput(new ByteArrayInputStream(payload), 0);
        byte[] prefixes = Prefixes.read(in, records * prefix);
        byte[] samples = samplesBuffers.take(records * dims);
        // What an encoder has left there must not look like what a decoder failed to write.
        Arrays.fill(samples, (byte) 0);
        try {
            byte[] modelCoded = Arrays.copyOfRange(payload, (int) in.position(), payload.length);
            if (layout.unordered()) {
                model.decodeSet(modelCoded, samples, records, done);
            } else {
                model.decode(modelCoded, samples, records, done);
            }
        } catch (RuntimeException e) {
            // A damaged payload may lead the model anywhere; whatever it runs into is the archive's fault.
            throw new CorruptArchiveException("the model cannot decode the payload (" + e + ")", e);
        }
        checkLevels(samples);
        byte[] raw = rawBuffers.take(rawSize);
        for (int r = 0; r < records; r++) {
            Arrays.fill(raw, r * size, r * size + prefix, (byte) 0);
            layout.format().pack(shape, samples, r * dims, raw, r * size + prefix);
        }
        samplesBuffers.give(samples);
        if (layout.unordered()) {
            RecordOrder.sort(raw, 0, records, size, prefix);
        }
        for (int r = 0; r < records; r++) {
            for (int i = 0; i < prefix; i++) {
                raw[r * size + i] = prefixes[i * records + r];
            }
        }
        return raw;
    }

    /** The part of a payload that the model wrote. */
    public static byte[] modelPayload(Layout layout, byte[] payload, int rawSize) throws IOException {
        FormatInput in = new FormatInput(new ByteArrayInputStream(payload), 0);
        Prefixes.read(in, (int) (rawSize / layout.recordBytes()) * layout.prefix());
        return Arrays.copyOfRange(payload, (int) in.position(), payload.length);
    }

    private void checkLevels(byte[] samples) throws CorruptArchiveException {
        int above = 0;
        int levels = layout.format().levels();
        for (byte sample : samples) {
            above |= levels - 1 - (sample & 0xff);
        }
        if (above < 0) {
            throw new CorruptArchiveException("the model gives samples above level " + (levels - 1));
        }
    }
}
