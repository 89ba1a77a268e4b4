package org.bbans.model.causal;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.model.net.Kernels;
import org.bbans.model.spec.ModelSpec;

/**
 * How often each level has occurred so far, in each channel of each record of a group, and what that adds to the
 * logits. A workspace.
 */
final class Palette {

    private final Kernels kernels;
    /** Times that are told apart; more count as so many. */
    private final int most;
    private final int levels;
    /** {@code [channel][record * levels + level]}: times that the level has occurred, at most {@link #most}. */
    private final int[][] times;
    private final int[] everyLane;
    /** By lane. */
    private final int[] record;
    /** What is added to the logit of a level by its times; nothing for 0. */
    private final float[] raised;

    private Palette(ModelSpec spec, Kernels kernels, int capacity) {
        this.kernels = kernels;
        most = spec.likelihood().palette();
        levels = spec.levels();
        times = new int[spec.channels()][capacity * levels];
        everyLane = new int[capacity];
        Arrays.setAll(everyLane, j -> j);
        record = everyLane.clone();
        raised = new float[Math.max(most + 1, Kernels.LANE_UNIT)];
    }

    /** That of a model's likelihood; absent without a palette. */
    static Optional<Palette> of(ModelSpec spec, Kernels kernels, int capacity) {
        return spec.likelihood().palette() == 0 ? Optional.empty()
            : Optional.of(new Palette(spec, kernels, capacity));
    }

    /** The number of records from now on: lane j belongs to record j modulo it. */
    void group(int records) {
        Arrays.setAll(record, j -> j % records);
    }

    /** Forgets everything. */
    void begin() {
        for (int[] channel : times) {
            Arrays.fill(channel, 0);
        }
    }

    /** Takes a sample of each lane, {@code x[off .. off + lanes)}. */
    void add(int channel, int[] x, int off, int lanes) {
        final int[] times = this.times[channel];
        for (int j = 0; j < lanes; j++) {
            final int at = record[j] * levels + x[off + j];
            times[at] = Math.min(most, times[at] + 1);
        }
    }

    /**
     * Raises logits, {@code [lane][level]}, of levels that have occurred n times, n > 0, by
     * {@code out[outOff + min(n, most) - 1][lane]}.
     */
    void raise(int channel, float[][] out, int outOff, int lanes, float[] logits) {
        raise(channel, out, outOff, everyLane, lanes, logits);
    }

    /** The same where row {@code s} of outputs and logits belongs to lane {@code lanes[s]}. */
    void raise(int channel, float[][] out, int outOff, int[] lanes, int rows, float[] logits) {
        for (int s = 0; s < rows; s++) {
            for (int n = 1; n <= most; n++) {
                raised[n] = out[outOff + n - 1][s];
            }
            // A level that has not occurred gets 0 more, which makes no difference to its weight.
            kernels.addFrom(raised, times[channel], record[lanes[s]] * levels, levels, logits, s * levels);
        }
    }
}
