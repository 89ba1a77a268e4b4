package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.bbans.model.net.Kernels;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.DiffusionSpec;

/** What the network of a diffusion model says of a state, cell by cell in {@link CellLanes}. For one thread. */
final class DiffusionNetwork {

    /** Least and greatest logarithm of a standard deviation, in units of the schedule's. */
    private static final float LOG_SIGMA_LOW = -2f;
    private static final float LOG_SIGMA_HIGH = 8f;
    private static final int PIXELS = DiffusionSpec.PIXELS;
    private static final int LEVELS = DiffusionSpec.LEVELS;

    private final DiffusionWeights weights;
    private final Kernels kernels;
    private final CellLanes cells;
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
    private final float[][] outputs;
    private final float[][] factors;
    private final float[] cellLogits;
    /** 0, 1, 2, ..., for all channels. */
    private final int[] all;

    DiffusionNetwork(DiffusionWeights weights, Engine engine) {
        this.weights = weights;
        kernels = Kernels.of(engine);
        final DiffusionSpec spec = weights.spec;
        final int channels = spec.channels();
        final int width = spec.cellColumns();
        cells = new CellLanes(kernels, spec.cellRows(), width, Math.max(channels, PIXELS));
        lanes = cells.lanes;
        lane = new int[spec.dims()];
        place = new int[spec.dims()];
        final int columns = spec.shape().get(1);
        for (int i = 0; i < lane.length; i++) {
            final int y = i / columns;
            final int x = i % columns;
            lane[i] = CellLanes.lane(y / DiffusionSpec.PATCH * width + x / DiffusionSpec.PATCH, width);
            place[i] = y % DiffusionSpec.PATCH * DiffusionSpec.PATCH + x % DiffusionSpec.PATCH;
        }
        state = new float[PIXELS][lanes];
        position = CellLanes.rows(weights.position, spec.cellRows(), width);
        hidden = new float[channels][lanes];
        active = new float[channels][lanes];
        between = new float[channels][lanes];
        added = new float[channels][lanes];
        outputs = new float[2 * PIXELS][lanes];
        factors = new float[PIXELS * spec.rank()][lanes];
        all = new int[channels];
        Arrays.setAll(all, c -> c);
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
        kernels.dense(weights.step, weights.outputBias, (t - 1) * 2 * PIXELS, active, all, active.length, lanes,
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
        final Activation activation = weights.spec.activation();
        cells.convolve(state, weights.input, position, hidden);
        for (int b = 0; b < weights.blocks.length; b++) {
            cells.activate(activation, hidden, active);
            cells.convolve(active, weights.blocks[b][0], weights.stepBias[b], (t - 1) * channels, between);
            cells.activate(activation, between, between);
            cells.convolve(between, weights.blocks[b][1], added);
            cells.add(added, hidden);
        }
        cells.activate(activation, hidden, active);
    }
}
