package org.bbans.model.train.path;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * A flow's negative evidence bound and its gradient. A batch is cut into parts whose sums are added in their order, so
 * that the gradient does not depend on the number of threads. Not thread-safe: an instance owns its buffers.
 */
public final class FlowGradient {

    /** Parts of a batch, so many threads at most. */
    private static final int PARTS = 8;
    /** Units that the intervals of all levels take together. */
    private static final double EXTENT = 8;
    /** Share of it that all levels have alike; the rest goes by how often they occur. */
    private static final double ALIKE = 0.5;
    /** Bins of a level, at least. */
    private static final int LEAST_BINS = 8;
    /** First logarithm of the noise's standard deviations, in widths of the intervals. */
    private static final float LOG_SIGMA = -1.5f;

    private final FlowSpec spec;
    private final Parameters layout;
    private final List<FlowLoss> workers;

    /**
     * A loss that is still to be loaded.
     *
     * @param threads on how many threads it runs; never changes the result
     */
    public FlowGradient(FlowSpec spec, Parameters layout, HeadKernels kernels, int threads) {
        this.spec = spec;
        this.layout = layout;
        workers = Stream.generate(() -> new FlowLoss(spec, layout, kernels)).limit(Math.min(threads, PARTS)).toList();
    }

    /**
     * The weights that a training starts from, flat as laid out: He's variance, outputs near 0, so that couplings do
     * nothing yet; intervals of levels that are the wider the more often the level occurs.
     *
     * @param histogram how often each level occurs
     */
    public float[] first(double[] histogram, long seed) {
        final float[] w = new float[layout.size()];
        final Random random = new Random(seed);
        for (String name : layout.names()) {
            if (name.endsWith(".weight")) {
                final double gain = name.endsWith(".input.weight") ? 1 : name.endsWith(".0.weight") ? 2
                        : name.endsWith(".1.weight") ? 0.5 : 0.02;
                final double deviation = Math.sqrt(gain / layout.shape(name).get(0));
                for (int i = 0; i < layout.length(name); i++) {
                    w[layout.offset(name) + i] = (float) (deviation * random.nextGaussian());
                }
            }
        }
        final int noise = layout.offset(FlowSpec.noise() + ".output.position");
        for (int cell = 0; cell < spec.cells(); cell++) {
            final int at = noise + (2 * cell + 1) * FlowSpec.PIXELS;
            Arrays.fill(w, at, at + FlowSpec.PIXELS, LOG_SIGMA);
        }
        levels(w, histogram);
        return w;
    }

    private void levels(float[] w, double[] histogram) {
        final double total = Arrays.stream(histogram).sum();
        final int edges = layout.offset("edges");
        final int plain = layout.offset("plain");
        double mean = 0;
        for (int v = 0; v < FlowSpec.LEVELS; v++) {
            final double share = ALIKE / FlowSpec.LEVELS + (1 - ALIKE) * histogram[v] / total;
            final int bins = Math.max(LEAST_BINS, (int) Math.round(EXTENT * share * (1 << FlowSpec.BIN_BITS)));
            w[edges + v + 1] = w[edges + v] + bins;
            mean += (w[edges + v] + bins / 2.0) * histogram[v] / total;
            w[plain + v] = (float) Math.log((histogram[v] + total / 1000)
                    / (total * (1 + FlowSpec.LEVELS / 1000.0)));
        }
        for (int v = 0; v <= FlowSpec.LEVELS; v++) {
            w[edges + v] -= Math.round(mean);
        }
    }

    /** Takes the weights from the flat parameters, which it goes on reading; call after every change. */
    public void load(float[] parameters) {
        workers.forEach(w -> w.load(parameters));
    }

    /**
     * The bounds of some records, with one sample of the noise each.
     *
     * @param records levels, record after record
     * @param count number of records
     * @param seed of the noise
     * @param scale factor of the gradient
     * @param gradient flat, added to; null for none
     * @return in nats, not scaled
     */
    public double[] bounds(byte[] records, int count, long seed, float scale, float[] gradient) {
        final double[] nats = new double[count];
        final int parts = Math.min(PARTS, count);
        final float[][] sums = new float[workers.size()][gradient == null ? 0 : gradient.length];
        for (int start = 0; start < parts; start += workers.size()) {
            final int first = start;
            final int some = Math.min(workers.size(), parts - first);
            IntStream.range(0, some).parallel().forEach(w -> {
                final float[] sum = gradient == null ? null : sums[w];
                for (int i = count * (first + w) / parts; i < count * (first + w + 1) / parts; i++) {
                    nats[i] = workers.get(w).bound(records, i * spec.dims(),
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
        return nats;
    }
}
