package org.bbans.model.train;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Window;
import org.bbans.model.train.head.Parameters;

/** The weights that a training starts from. */
final class Initialiser {

    private static final float NEVER = -30;

    private Initialiser() {}

    /**
     * Draws the first weights: hidden layers with He's variance, but residual blocks with half of it, since they add
     * up; biases and position biases zero; the outputs so that they say the training part's histogram at first, a table
     * so that it can bend that smoothly from there.
     *
     * @param histogram how often each level occurs
     * @return flat, as laid out
     */
    static float[] weights(ModelSpec spec, Parameters layout, double[] histogram, long seed) {
        final float[] w = new float[layout.size()];
        final Random random = new Random(seed);
        final boolean relative = spec.likelihood().window().map(Window::relative).orElse(false);
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
        spec.likelihood().<Runnable>match(
                categorical -> () -> table(w, layout, histogram),
                hurdle -> () -> hurdle(w, layout, histogram),
                mixture -> () -> outputs(w, spec, layout, i -> mixture(mixture.components(), relative, i)),
                bernoulli -> () -> outputs(w, spec, layout, i -> Math.log((histogram[1] + 1) / (histogram[0] + 1))))
                .run();
        return w;
    }

    private static void hurdle(float[] w, Parameters layout, double[] histogram) {
        final double[] levels = histogram.clone();
        levels[0] = 0;
        table(w, layout, levels);
        // Level 0 is the mark's affair; the least probability that there is.
        w[layout.offset("table.bias")] = NEVER;
        w[layout.offset("mark.out.bias")] = (float) Math.log((Arrays.stream(levels).sum() + 1) / (histogram[0] + 1));
    }

    /** The variance of a layer's outputs if its inputs have a variance of 1. */
    private static double gain(String name, boolean relative) {
        final boolean last = name.contains(".out.");
        if (last && (name.startsWith("encoder.") || name.startsWith("posterior.") || name.startsWith("evidence.")
                || name.startsWith("prior."))) {
            // Posteriors start near their priors, and all priors near N(0, 1).
            return 0.05;
        }
        if (name.contains(".block.")) {
            return 1;
        }
        // A relative mean is good at once; a large first guess beside it would have to be unlearnt.
        return relative && name.startsWith("head.") ? last ? 0.08 : 0.33 : last ? 0.5 : 2;
    }

    /** Sets the biases of the last layers, those of a head or of a decoder that has none behind it. */
    private static void outputs(float[] w, ModelSpec spec, Parameters layout, IntToDoubleFunction bias) {
        final String net = spec.likelihood().hidden().isEmpty() ? "decoder." : "head.";
        for (String name : layout.names()) {
            if (name.startsWith(net) && name.endsWith("out.bias")) {
                for (int i = 0; i < layout.length(name); i++) {
                    w[layout.offset(name) + i] = (float) bias.applyAsDouble(i);
                }
            }
        }
    }

    /** The bias of a mixture's output: means spread over the range, or half a unit around what they are relative to. */
    private static float mixture(int components, boolean relative, int index) {
        final int output = index % (3 * components);
        final float mean = (2 * (output - components) + 1f) / components - 1;
        if (output < components) {
            return 0;
        }
        return output < 2 * components ? relative ? mean / 2 : mean : relative ? 0 : 1;
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
                .sorted((a, b) -> Double.compare(histogram[b], histogram[a])).limit(rank / 4).mapToInt(v -> v)
                .toArray();
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
