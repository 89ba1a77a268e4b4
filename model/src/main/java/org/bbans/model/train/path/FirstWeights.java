package org.bbans.model.train.path;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.Parameters;

/** The weights that the training of a path model starts from, and its constants, which no step changes. */
final class FirstWeights {

    /** Tensors that are no weights; a model may lack some. */
    private static final String[] CONSTANTS = {"schedule", "values", "plain"};
    /** First logarithm of the standard deviations, in units of the schedule's. */
    private static final float LOG_SIGMA = 0.3f;

    private FirstWeights() {}

    /**
     * Draws them: He's variance, half of it in the blocks since they add up, outputs near 0; a table that says the
     * posterior of a sample given a state of mere noise around it.
     *
     * @param histogram how often each level occurs
     * @return flat, as laid out
     */
    static float[] draw(DiffusionSpec spec, Parameters layout, double[] histogram, long seed) {
        final float[] w = new float[layout.size()];
        final Random random = new Random(seed);
        for (String name : layout.names()) {
            if (name.endsWith(".weight") && !name.startsWith("table.")) {
                final double gain = name.startsWith("input.") ? 1 : name.endsWith(".0.weight") ? 2
                        : name.endsWith(".1.weight") ? 0.5 : 0.05;
                final double deviation = Math.sqrt(gain / layout.shape(name).get(0));
                for (int i = 0; i < layout.length(name); i++) {
                    w[layout.offset(name) + i] = (float) (deviation * random.nextGaussian());
                }
            }
        }
        final NoiseSchedule schedule = NoiseSchedule.geometric(spec.steps());
        schedule.write(w, layout.offset("schedule"));
        for (int t = 0; t < spec.steps(); t++) {
            final int at = layout.offset("step.bias") + t * 2 * DiffusionSpec.PIXELS + DiffusionSpec.PIXELS;
            Arrays.fill(w, at, at + DiffusionSpec.PIXELS, LOG_SIGMA);
        }
        levels(w, layout, histogram, schedule);
        return w;
    }

    private static void levels(float[] w, Parameters layout, double[] histogram, NoiseSchedule schedule) {
        final int levels = histogram.length;
        final double total = Arrays.stream(histogram).sum();
        double mean = 0;
        double square = 0;
        for (int v = 0; v < levels; v++) {
            mean += v * histogram[v] / total;
            square += (double) v * v * histogram[v] / total;
        }
        final double deviation = Math.max(1, Math.sqrt(square - mean * mean));
        final int values = layout.offset("values");
        final int rank = layout.shape("table.weight").get(0) - 1;
        final int table = layout.offset("table.weight");
        final double ratio = Math.pow(schedule.scale[1] / schedule.noise[1], 2);
        factors(w, table, rank, histogram);
        for (int v = 0; v < levels; v++) {
            final float value = (float) ((v - mean) / deviation);
            final double log = log(histogram, v);
            w[values + v] = value;
            w[layout.offset("plain") + v] = (float) log;
            // log p(v) N(x_1; scale_1 value, noise_1^2), as far as it depends on v.
            w[layout.offset("table.bias") + v] = (float) (log - ratio * value * value / 2);
            w[table + rank * levels + v] = (float) (schedule.scale[1] * value / Math.pow(schedule.noise[1], 2));
        }
    }

    /** The logarithm of a level's share, none of them 0. */
    private static double log(double[] histogram, int v) {
        final double total = Arrays.stream(histogram).sum();
        return Math.log((histogram[v] + total / 1000) / (total * (1 + histogram.length / 1000.0)));
    }

    /** What each factor adds to the logits: cosines over the levels, and the most frequent levels by themselves. */
    private static void factors(float[] w, int table, int rank, double[] histogram) {
        final int levels = histogram.length;
        final double total = Arrays.stream(histogram).sum();
        final int[] frequent = IntStream.range(0, levels).filter(v -> histogram[v] > total / 100).boxed()
                .sorted((a, b) -> Double.compare(histogram[b], histogram[a])).limit(rank / 4).mapToInt(v -> v)
                .toArray();
        final int cosines = rank - frequent.length;
        for (int v = 0; v < levels; v++) {
            for (int r = 0; r < cosines; r++) {
                w[table + r * levels + v] = (float) (0.7 * Math.cos(Math.PI * (r + 1) * (v + 0.5) / levels));
            }
        }
        for (int i = 0; i < frequent.length; i++) {
            w[table + (cosines + i) * levels + frequent[i]] = 2;
        }
    }

    /**
     * Draws those of a model in continuous time: He's variance; drifts near 0, so that at the outset it is a plain
     * autoencoder with the prior N(0, 1).
     *
     * @param histogram how often each level occurs
     * @return flat, as laid out
     */
    static float[] draw(SdeSpec spec, Parameters layout, double[] histogram, long seed) {
        final float[] w = new float[layout.size()];
        final Random random = new Random(seed);
        for (String name : layout.names()) {
            if (name.endsWith(".weight") && !name.startsWith("table.")) {
                final boolean last = name.endsWith(".out.weight");
                final double gain = !last ? 2 : name.startsWith("decoder.") ? 1 : name.startsWith("encoder.") ? 0.3
                        : 0.01;
                final double deviation = Math.sqrt(gain / layout.shape(name).get(0));
                for (int i = 0; i < layout.length(name); i++) {
                    w[layout.offset(name) + i] = (float) (deviation * random.nextGaussian());
                }
            }
        }
        factors(w, layout.offset("table.weight"), spec.rank(), histogram);
        for (int v = 0; v < histogram.length; v++) {
            w[layout.offset("plain") + v] = (float) log(histogram, v);
            w[layout.offset("table.bias") + v] = (float) log(histogram, v);
        }
        return w;
    }

    /** Sets the gradient by the constants to 0. */
    static void keepConstants(Parameters layout, float[] gradient) {
        for (String name : CONSTANTS) {
            if (!layout.has(name)) {
                continue;
            }
            Arrays.fill(gradient, layout.offset(name), layout.offset(name) + layout.length(name), 0);
        }
    }
}
