package org.bbans.model.train.path;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * The negative evidence bound of a model in continuous time, and its gradient, over batches of records. These are cut
 * into parts whose sums are added in their order, so that the gradient does not depend on the number of threads. Not
 * thread-safe: an instance owns its buffers.
 */
public final class SdeGradient {

    /** Records of a part. */
    private static final int ROWS = 32;

    private final SdeSpec spec;
    private final Parameters layout;
    private final List<SdeLoss> workers;
    private final float[][] sums;

    /**
     * What records cost, in nats.
     *
     * @param samples of each record, -log p(x given z(1))
     * @param ratio of each record, log q/p of the latents' path
     */
    public record Terms(double[] samples, double[] ratio) {

        /** The mean over the records of both. */
        public double mean() {
            return (sum(samples) + sum(ratio)) / samples.length;
        }

        /** The mean over the records of the path's part. */
        public double meanRatio() {
            return sum(ratio) / ratio.length;
        }

        private static double sum(double[] a) {
            return Arrays.stream(a).sum();
        }
    }

    /**
     * A loss that is still to be loaded.
     *
     * @param mostSteps greatest number of steps of time
     * @param mostStride greatest stride of samples
     * @param threads on how many threads it runs; never changes the result
     */
    public SdeGradient(SdeSpec spec, Parameters layout, HeadKernels kernels, int mostSteps, int mostStride,
            int threads) {
        this.spec = spec;
        this.layout = layout;
        workers = Stream.generate(() -> new SdeLoss(spec, layout, kernels, ROWS, mostSteps, mostStride)).limit(threads)
                .toList();
        sums = new float[threads][];
    }

    /**
     * The weights that a training starts from, flat as laid out.
     *
     * @param histogram how often each level occurs
     */
    public float[] first(double[] histogram, long seed) {
        return FirstWeights.draw(spec, layout, histogram, seed);
    }

    /** Takes the weights from the flat parameters; call after every change. */
    public void load(float[] parameters) {
        workers.forEach(w -> w.load(parameters));
    }

    /**
     * What records cost, one path each.
     *
     * @param records levels, record after record
     * @param count number of records
     * @param steps of time
     * @param stride of the samples that stand for all of a record: one in so many, chosen at random; 1 for all
     * @param seed of the paths
     * @param weight of the ratio in the gradient; that of the samples is 1
     * @param scale factor of the gradient
     * @param gradient flat, added to; null for none
     */
    public Terms terms(byte[] records, int count, int steps, int stride, long seed, float weight, float scale,
            float[] gradient) {
        final Terms terms = new Terms(new double[count], new double[count]);
        final int parts = (count + ROWS - 1) / ROWS;
        for (int start = 0; start < parts; start += workers.size()) {
            final int first = start;
            final int some = Math.min(workers.size(), parts - first);
            IntStream.range(0, some).parallel().forEach(w -> {
                if (gradient != null && sums[w] == null) {
                    sums[w] = new float[gradient.length];
                }
                final float[] sum = gradient == null ? null : sums[w];
                final int from = (first + w) * ROWS;
                workers.get(w).terms(records, from, Math.min(ROWS, count - from), steps, stride, seed, weight, scale,
                        sum, terms.samples, terms.ratio);
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
        return terms;
    }
}
