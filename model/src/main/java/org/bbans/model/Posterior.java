package org.bbans.model;

import org.bbans.codec.Distribution;
import org.bbans.codec.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.bbans.model.kernel.Kernels;

/**
 * The approximate posterior q(z | x) of a group of records: independent Gaussians over the buckets of the prior.
 * Symbols are latent-major. A workspace: one for each thread.
 */
final class Posterior {

    private static final float LOG_SIGMA_MIN = -6f;
    private static final float LOG_SIGMA_MAX = 1f;

    private final Kernels kernels;
    private final SampleRows samples;
    private final Mlp encoder;
    private final float[][] input;
    private final int[] inputIndex;
    private final int latents;
    private final float[] mean;
    private final float[] sigma;
    private final GaussianBuckets buckets;

    Posterior(Network network, Engine engine, SampleRows samples, int capacity) {
        this.kernels = Kernels.of(engine);
        this.samples = samples;
        encoder = new Mlp(network.encoder, capacity);
        input = new float[samples.rows.length][];
        inputIndex = new int[samples.rows.length];
        latents = network.spec.latents();
        mean = new float[latents * capacity];
        sigma = new float[latents * capacity];
        buckets = new GaussianBuckets(engine);
        buckets.set(mean, sigma, 0);
    }

    /** One row for each latent of each record; {@link #given} gives it its parameters. */
    Distribution distribution() {
        return buckets;
    }

    /** Sets the condition: the records whose levels are {@code x}, sample-major. */
    void given(int[] x, int off, int records) {
        int k = 0;
        for (int i = 0; i < input.length; i++) {
            samples.set(i, x, off + i * records, records);
            if (!samples.blank[i]) {
                input[k] = samples.rows[i];
                inputIndex[k++] = i;
            }
        }
        final float[][] out = encoder.forward(kernels, input, inputIndex, k, Kernels.lanesFor(records));
        for (int d = 0; d < latents; d++) {
            System.arraycopy(out[d], 0, mean, d * records, records);
            final float[] logSigma = out[latents + d];
            for (int j = 0; j < records; j++) {
                sigma[d * records + j] = Exact.exp(Math.min(Math.max(logSigma[j], LOG_SIGMA_MIN), LOG_SIGMA_MAX));
            }
        }
    }
}
