package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.head.HeadBatch;
import org.bbans.model.train.head.HeadGradient;
import org.bbans.model.train.head.Parameters;

/** Measures weights on the validation part: all positions of its records, with one sample of the latents each. */
final class Validation {

    private static final double LN2 = Math.log(2);
    private static final int BATCH = 50;

    private final ModelSpec spec;
    private final byte[] records;
    private final HeadGradient head;
    private final VaeGraph graph;
    private final int[] everywhere;
    private final float[] x01;
    private final float[] eps;

    /**
     * What some weights are worth.
     *
     * @param bitsPerDim negative ELBO
     * @param klBits KL divergence in bits for each record
     * @param klPerLatent the same for each latent, those of the top layer first
     */
    record Score(double bitsPerDim, double klBits, double[] klPerLatent) {}

    /** @param records levels of the validation part, at least one record */
    Validation(ModelSpec spec, Parameters layout, HeadGradient head, byte[] records) {
        this.spec = spec;
        this.records = records;
        this.head = head;
        graph = spec.latents() > 0 ? new VaeGraph(spec, layout, BATCH, spec.pixels()) : null;
        everywhere = IntStream.range(0, spec.pixels()).toArray();
        x01 = new float[BATCH * spec.dims()];
        eps = new float[BATCH * spec.latents()];
    }

    int records() {
        return records.length / spec.dims();
    }

    /**
     * Measures some weights.
     *
     * @param limit records to look at, at most; whole batches of them are
     * @param seed chooses the samples of the latents
     */
    Score score(float[] weights, int limit, long seed) {
        final int dims = spec.dims();
        final int n = Math.max(1, Math.min(limit, records()));
        final HeadBatch batch = new HeadBatch(new byte[BATCH * dims], BATCH, everywhere,
                new float[BATCH * spec.pixels() * spec.features()]);
        final SplittableRandom random = new SplittableRandom(seed);
        if (graph != null) {
            graph.load(weights, everywhere);
        }
        head.load(weights);
        final double[] klPerLatent = new double[spec.latents()];
        double nats = 0;
        double kl = 0;
        int counted = 0;
        while (counted < n) {
            // The last batch is filled up with records from the beginning, so that every batch has the same size.
            for (int b = 0; b < BATCH; b++) {
                System.arraycopy(records, (counted + b) % records() * dims, batch.records(), b * dims, dims);
            }
            if (graph != null) {
                Sampler.toX01(batch.records(), x01, spec.levels());
                Sampler.normal(random, eps);
                kl += graph.features(x01, eps, batch.features(), klPerLatent);
            }
            nats += head.value(batch);
            counted += BATCH;
        }
        final int measured = counted;
        return new Score((nats + kl) / counted / dims / LN2, kl / counted / LN2,
                Arrays.stream(klPerLatent).map(k -> k / measured / LN2).toArray());
    }
}
