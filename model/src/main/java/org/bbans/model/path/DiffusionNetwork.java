package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.spec.DiffusionSpec;

/**
 * What the network of a diffusion model says of a state. Values are channel-major: a row for each channel, with a lane
 * for each cell, line by line, and one lane of zeros behind each line, which is also the margin to the left of the
 * next. A convolution is a dense layer whose inputs are the nine shifted copies of the rows. For one thread.
 */
final class DiffusionNetwork {

    /** Least and greatest logarithm of a standard deviation, in units of the schedule's. */
    private static final float LOG_SIGMA_LOW = -2f;
    private static final float LOG_SIGMA_HIGH = 8f;
    private static final int PIXELS = DiffusionSpec.PIXELS;
    private static final int LEVELS = DiffusionSpec.LEVELS;
    private static final int TAPS = DiffusionSpec.TAPS;

    private final DiffusionWeights weights;
    private final Kernels kernels;
    private final int height;
    private final int width;
    private final int stride;
    private final int lanes;
    /** By pixel, its lane and its place in its cell. */
    private final int[] lane;
    private final int[] place;
    private final float[][] state;
    /** The bias of the first convolution. */
    private final float[][] position;
    private final float[][] hidden;
    private final float[][] active;
    private final float[][] between;
    private final float[][] added;
    /** {@code [tap * channels + channel][lane]}; rows of the middle tap are those that are shifted. */
    private final float[][] shifted;
    private final int[] inputs;
    private final float[][] outputs;
    private final float[][] factors;
    private final float[] cellLogits;

    DiffusionNetwork(DiffusionWeights weights, Engine engine) {
        this.weights = weights;
        kernels = Kernels.of(engine);
        final DiffusionSpec spec = weights.spec;
        height = spec.cellRows();
        width = spec.cellColumns();
        stride = width + 1;
        lanes = Kernels.lanesFor(height * stride);
        lane = new int[spec.dims()];
        place = new int[spec.dims()];
        final int columns = spec.shape().get(1);
        for (int i = 0; i < lane.length; i++) {
            final int y = i / columns;
            final int x = i % columns;
            lane[i] = y / DiffusionSpec.PATCH * stride + x / DiffusionSpec.PATCH;
            place[i] = y % DiffusionSpec.PATCH * DiffusionSpec.PATCH + x % DiffusionSpec.PATCH;
        }
        final int channels = spec.channels();
        state = new float[PIXELS][lanes];
        position = new float[channels][lanes];
        for (int cell = 0; cell < height * width; cell++) {
            for (int c = 0; c < channels; c++) {
                position[c][cell / width * stride + cell % width] = weights.position[cell * channels + c];
            }
        }
        hidden = new float[channels][lanes];
        active = new float[channels][lanes];
        between = new float[channels][lanes];
        added = new float[channels][lanes];
        shifted = new float[TAPS * Math.max(channels, PIXELS)][lanes];
        inputs = new int[shifted.length];
        Arrays.setAll(inputs, i -> i);
        outputs = new float[2 * PIXELS][lanes];
        factors = new float[PIXELS * spec.rank()][lanes];
        cellLogits = new float[lanes * LEVELS];
    }

    /** Sets the value of the state at a pixel, for the next call of one of the others. */
    void set(int pixel, float value) {
        state[place[pixel]][lane[pixel]] = value;
    }

    /**
     * Means and standard deviations of x_(t-1) given the state, x_t; t is at least 2.
     *
     * @param mean receives one for each pixel: keep x_t + gain F
     * @param sigma likewise: sigma exp(G), with G between -2 and 8
     */
    void kernel(int t, float[] mean, float[] sigma) {
        trunk(t);
        kernels.dense(weights.step, weights.outputBias, (t - 1) * 2 * PIXELS, active, inputs, active.length, lanes,
                outputs);
        for (int i = 0; i < lane.length; i++) {
            final int p = place[i];
            final int j = lane[i];
            mean[i] = Math.fma(weights.gain(t), outputs[p][j], weights.keep(t) * state[p][j]);
            final float log = Math.min(Math.max(outputs[PIXELS + p][j], LOG_SIGMA_LOW), LOG_SIGMA_HIGH);
            sigma[i] = weights.sigma(t) * Exact.exp(log);
        }
    }

    /** Logits of x_0 given the state, x_1: {@code [pixel][level]}. */
    void logits(float[] logits) {
        trunk(1);
        kernels.dense(weights.last, active, lanes, factors);
        final int rank = weights.spec.rank();
        final float[][] rows = new float[rank + 1][];
        for (int p = 0; p < PIXELS; p++) {
            System.arraycopy(factors, p * rank, rows, 0, rank);
            rows[rank] = state[p];
            kernels.logits(weights.table, rows, 0, lanes, cellLogits);
            for (int i = 0; i < lane.length; i++) {
                if (place[i] == p) {
                    System.arraycopy(cellLogits, lane[i] * LEVELS, logits, i * LEVELS, LEVELS);
                }
            }
        }
    }

    /** From the state to {@link #active}. */
    private void trunk(int t) {
        final int channels = hidden.length;
        shift(state);
        kernels.dense(weights.input, position, shifted, inputs, TAPS * PIXELS, lanes, hidden);
        for (int b = 0; b < weights.blocks.length; b++) {
            activate(hidden, active);
            convolve(active, weights.blocks[b][0], weights.stepBias[b], (t - 1) * channels, between);
            activate(between, between);
            final Dense second = weights.blocks[b][1];
            shift(between);
            kernels.dense(second, shifted, lanes, added);
            for (int c = 0; c < channels; c++) {
                final float[] to = hidden[c];
                final float[] from = added[c];
                for (int j = 0; j < lanes; j++) {
                    to[j] += from[j];
                }
            }
        }
        activate(hidden, active);
    }

    private void convolve(float[][] from, Dense layer, float[] bias, int biasOff, float[][] to) {
        shift(from);
        kernels.dense(layer, bias, biasOff, shifted, inputs, TAPS * from.length, lanes, to);
    }

    private void activate(float[][] from, float[][] to) {
        if (from != to) {
            for (int c = 0; c < from.length; c++) {
                System.arraycopy(from[c], 0, to[c], 0, lanes);
            }
        }
        kernels.activate(weights.spec.activation(), to, to.length, lanes);
        for (float[] row : to) {
            for (int end = width; end < height * stride; end += stride) {
                row[end] = 0;
            }
            Arrays.fill(row, height * stride, lanes, 0);
        }
    }

    /** Copies what each tap of a convolution sees; beyond the first and the last lane are zeros. */
    private void shift(float[][] rows) {
        final int n = rows.length;
        for (int tap = 0; tap < TAPS; tap++) {
            final int by = (tap / 3 - 1) * stride + tap % 3 - 1;
            final int to = Math.max(0, -by);
            final int count = lanes - Math.abs(by);
            for (int c = 0; c < n; c++) {
                final float[] row = shifted[tap * n + c];
                System.arraycopy(rows[c], to + by, row, to, count);
                Arrays.fill(row, 0, to, 0);
                Arrays.fill(row, to + count, lanes, 0);
            }
        }
    }
}
