package org.bbans.model.path;

import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.file.ModelFile;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Table;
import org.bbans.model.spec.DiffusionSpec;

/** A diffusion model's weights, packed for the kernels, and its constants. Immutable, shared by threads. */
final class DiffusionWeights {

    /** Bound of a state's magnitude; the outermost bucket's median is 3.7. */
    private static final double STATE_BOUND = 4;

    final DiffusionSpec spec;
    /** {@code [step][constant]}; see {@link #fade} and those after it. */
    private final float[] schedule;
    /** What each level is as a number. */
    final float[] values;
    /** Logits of the samples of records without states. */
    final float[] plain;
    /** {@code [channel][cell]}: the bias of the first convolution. */
    final float[] position;
    /** From the cells around a cell, the topmost first, to its channels. */
    final Dense input;
    /** {@code [block][convolution]}. */
    final Dense[][] blocks;
    /** {@code [block][step * channels + channel]}: the bias of each block's first convolution. */
    final float[][] stepBias;
    /** From a cell's channels to means, then logarithms of standard deviations, of its pixels. */
    final Dense step;
    /** {@code [step][output]}. */
    final float[] outputBias;
    /** From a cell's channels to the factors of the last step, {@code rank} for each pixel. */
    final Dense last;
    /** From a pixel's factors and the value of x_1 there to the logits of its level. */
    final Table table;

    DiffusionWeights(ModelFile file) throws CorruptArchiveException {
        spec = (DiffusionSpec) file.description();
        final int channels = spec.channels();
        schedule = file.weights("schedule");
        values = file.weights("values");
        plain = file.weights("plain");
        position = file.weights("input.position");
        input = new Dense(file.weights("input.weight"), new float[channels], DiffusionSpec.TAPS * DiffusionSpec.PIXELS,
                channels);
        blocks = new Dense[spec.blocks()][];
        stepBias = new float[spec.blocks()][];
        for (int b = 0; b < blocks.length; b++) {
            final String block = "block." + b;
            stepBias[b] = file.weights(block + ".0.bias");
            blocks[b] = new Dense[] {
                new Dense(file.weights(block + ".0.weight"), new float[channels], DiffusionSpec.TAPS * channels,
                        channels),
                new Dense(file.weights(block + ".1.weight"), file.weights(block + ".1.bias"),
                        DiffusionSpec.TAPS * channels, channels),
            };
        }
        final int outputs = 2 * DiffusionSpec.PIXELS;
        step = new Dense(file.weights("step.weight"), new float[outputs], channels, outputs);
        outputBias = file.weights("step.bias");
        final int factors = spec.rank() * DiffusionSpec.PIXELS;
        last = new Dense(file.weights("last.weight"), file.weights("last.bias"), channels, factors);
        table = new Table(file.weights("table.weight"), file.weights("table.bias"), spec.rank() + 1,
                DiffusionSpec.LEVELS);
        bound(file);
    }

    /** The factor of x_(t-1) in the mean of x_t. */
    float fade(int t) {
        return schedule[(t - 1) * DiffusionSpec.CONSTANTS];
    }

    /** The standard deviation of x_t given x_(t-1). */
    float noise(int t) {
        return schedule[(t - 1) * DiffusionSpec.CONSTANTS + 1];
    }

    /** The factor of x_t in the mean of x_(t-1). */
    float keep(int t) {
        return schedule[(t - 1) * DiffusionSpec.CONSTANTS + 2];
    }

    /** The factor of the network's output in the mean of x_(t-1). */
    float gain(int t) {
        return schedule[(t - 1) * DiffusionSpec.CONSTANTS + 3];
    }

    /** The unit of the standard deviation of x_(t-1). */
    float sigma(int t) {
        return schedule[(t - 1) * DiffusionSpec.CONSTANTS + 4];
    }

    private void bound(ModelFile file) throws CorruptArchiveException {
        final WeightBound bound = new WeightBound(file);
        for (String constants : new String[] {"schedule", "values"}) {
            bound.check(bound.greatest(constants), STATE_BOUND * STATE_BOUND, constants);
        }
        double hidden = Math.max(1, bound.grow("input.weight", "input.position", STATE_BOUND));
        for (int b = 0; b < blocks.length; b++) {
            final String block = "block." + b;
            final double between = Math.max(1, bound.grow(block + ".0.weight", block + ".0.bias", hidden));
            hidden += bound.grow(block + ".1.weight", block + ".1.bias", between);
            bound.check(hidden, block + ".1.weight");
        }
        bound.grow("step.weight", "step.bias", hidden);
        bound.grow("table.weight", "table.bias",
                Math.max(STATE_BOUND, bound.grow("last.weight", "last.bias", hidden)));
    }
}
