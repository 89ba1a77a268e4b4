package org.bbans.model.train.path;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * Terms of a diffusion model's negative evidence bound, and their gradients. A batch is cut into parts whose sums are
 * added in their order, so that the gradient does not depend on the number of threads. Not thread-safe: an instance
 * owns its buffers.
 */
public final class DiffusionGradient {

    /** Parts of a batch, so many threads at most. */
    private static final int PARTS = 8;

    private final DiffusionSpec spec;
    private final Parameters layout;
    private final List<DiffusionLoss> workers;

    /**
     * A loss that is still to be loaded.
     *
     * @param threads on how many threads it runs; never changes the result
     */
    public DiffusionGradient(DiffusionSpec spec, Parameters layout, HeadKernels kernels, int threads) {
        this.spec = spec;
        this.layout = layout;
        workers = Stream.generate(() -> new DiffusionLoss(spec, layout, kernels)).limit(Math.min(threads, PARTS))
                .toList();
    }

    /**
     * The weights that a training starts from, flat as laid out.
     *
     * @param histogram how often each level occurs
     */
    public float[] first(double[] histogram, long seed) {
        return FirstWeights.draw(spec, layout, histogram, seed);
    }

    /** Takes the weights from the flat parameters, which it goes on reading; call after every change. */
    public void load(float[] parameters) {
        workers.forEach(w -> w.load(parameters));
    }

    /** The Kullback-Leibler divergence of q(x_T | x_0) from the prior, in nats. */
    public double prior(byte[] record, int off) {
        return workers.get(0).prior(record, off);
    }

    /**
     * One term for each record.
     *
     * @param records levels, record after record
     * @param steps the step of each, 1 to T: the divergence of q(x_(t-1) | x_t, x_0) from p(x_(t-1) | x_t), or for the
     *     first -log p(x_0 | x_1)
     * @param seed of the states
     * @param scale factor of the gradient
     * @param gradient flat, added to; null for none
     * @return the terms in nats, not scaled
     */
    public double[] terms(byte[] records, int[] steps, long seed, float scale, float[] gradient) {
        final double[] nats = new double[steps.length];
        final int parts = Math.min(PARTS, steps.length);
        final float[][] sums = new float[workers.size()][gradient == null ? 0 : gradient.length];
        for (int start = 0; start < parts; start += workers.size()) {
            final int first = start;
            final int some = Math.min(workers.size(), parts - first);
            IntStream.range(0, some).parallel().forEach(w -> {
                final float[] sum = gradient == null ? null : sums[w];
                for (int i = steps.length * (first + w) / parts; i < steps.length * (first + w + 1) / parts; i++) {
                    nats[i] = workers.get(w).term(records, i * spec.dims(), steps[i],
                            new SplittableRandom(seed + i * 0xD134_2543_DE82_EF95L), scale, sum);
                }
                if (sum != null) {
                    workers.get(w).addTo(sum);
                }
            });
            for (int w = 0; w < some && gradient != null; w++) {
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] += sums[w][i];
                    sums[w][i] = 0;
                }
            }
        }
        if (gradient != null) {
            FirstWeights.keepConstants(layout, gradient);
        }
        return nats;
    }
}
