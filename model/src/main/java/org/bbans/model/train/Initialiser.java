package org.bbans.model.train;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.bbans.model.spec.ModelSpec;

/** The weights that a training starts from. */
final class Initialiser {

    private static final float NEVER = -30;

    private Initialiser() {
    }

    /**
     * Hidden layers with He's variance, but residual blocks with half of it, since they add up; biases and position
     * biases zero, the table so that it says the training part's
     * histogram at first and can bend it smoothly from there.
     */
    static float[] weights(ModelSpec spec, Parameters layout, double[] histogram, long seed) {
        final float[] w = new float[layout.size()];
        final Random random = new Random(seed);
        final boolean relative = spec.likelihood().window().map(ModelSpec.Window::relative).orElse(false);
        for (String name : layout.names()) {
            if (name.endsWith(".weight") && !name.startsWith("table.")) {
                final int inputs = layout.shape(name).get(0);
                final double gain = gain(name, relative);
                final double deviation = Math.sqrt(gain / inputs);
                final int offset = layout.offset(name);
                for (int i = 0; i < layout.length(name); i++) {
                    w[offset + i] = (float) (deviation * random.nextGaussian());
                }
            }
        }
        if (spec.likelihood() instanceof ModelSpec.Categorical) {
            table(w, layout, histogram);
        } else if (spec.likelihood() instanceof ModelSpec.Hurdle) {
            final double[] levels = histogram.clone();
            levels[0] = 0;
            table(w, layout, levels);
            // Level 0 is the mark's affair; the least probability that there is.
            w[layout.offset("table.bias")] = NEVER;
            w[layout.offset("mark.out.bias")] = (float) Math.log((Arrays.stream(levels).sum() + 1)
                / (histogram[0] + 1));
        } else {
            final String net = spec.likelihood().hidden().isEmpty() ? "decoder." : "head.";
            for (String name : layout.names()) {
                if (name.startsWith(net) && name.endsWith("out.bias")) {
                    outputs(w, layout.offset(name), layout.length(name), spec.likelihood(), histogram);
                }
            }
        }
        return w;
    }

    /** The variance of a layer's outputs if its inputs have a variance of 1. */
    private static double gain(String name, boolean relative) {
        final boolean last = name.contains(".out.");
        if (last && (name.startsWith("encoder.") || name.startsWith("posterior."))) {
            // Posteriors start near their priors.
            return 0.05;
        }
        if (name.contains(".block.")) {
            return 1;
        }
        // A relative mean is good at once; a large first guess beside it would have to be unlearnt.
        return relative && name.startsWith("head.") ? last ? 0.08 : 0.33 : last ? 0.5 : 2;
    }

    private static void outputs(float[] w, int offset, int length, ModelSpec.Likelihood likelihood,
                                double[] histogram) {
        for (int i = 0; i < length; i++) {
            if (likelihood instanceof ModelSpec.LogisticMixture m) {
                // Means spread over the range, or half a unit to each side of what they are relative to.
                final boolean relative = m.window().map(ModelSpec.Window::relative).orElse(false);
                final int n = m.components();
                final int output = i % (3 * n);
                final float mean = (2 * (output - n) + 1f) / n - 1;
                w[offset + i] = output < n ? 0 : output < 2 * n ? relative ? mean / 2 : mean : relative ? 0 : 1;
            } else {
                w[offset + i] = (float) Math.log((histogram[1] + 1) / (histogram[0] + 1));
            }
        }
    }

    /** Cosines of rising frequency over the levels, and a row of its own for each of the few very frequent levels. */
    private static void table(float[] w, Parameters layout, double[] histogram) {
        final int levels = histogram.length;
        final int rank = layout.shape("table.weight").get(0);
        final int offset = layout.offset("table.weight");
        double total = 0;
        for (double count : histogram) {
            total += count;
        }
        // A hurdle's levels may all be zero.
        total = Math.max(1, total);
        final double one = total / 100;
        final int[] frequent = IntStream.range(0, levels).filter(v -> histogram[v] > one).boxed()
            .sorted((a, b) -> Double.compare(histogram[b], histogram[a])).limit(rank / 4).mapToInt(v -> v).toArray();
        final int cosines = rank - frequent.length;
        for (int r = 0; r < cosines; r++) {
            for (int v = 0; v < levels; v++) {
                w[offset + r * levels + v] = (float) (0.7 * Math.cos(Math.PI * (r + 1) * (v + 0.5) / levels));
            }
        }
        for (int i = 0; i < frequent.length; i++) {
            w[offset + (cosines + i) * levels + frequent[i]] = 2;
        }
        for (int v = 0; v < levels; v++) {
            w[layout.offset("table.bias") + v] = (float) Math.log((histogram[v] + 0.1 * one) / total);
        }
    }
}
