package org.bbans.model.causal;

import java.util.Arrays;
import org.bbans.model.net.Kernels;

/**
 * How often each level has occurred so far, in each channel of each record of a group, and what that adds to the
 * logits. Does nothing for a likelihood without a palette.
 */
final class Palette {

    private final Kernels kernels;
    /** Times that are told apart; more count as so many. */
    private final int most;
    private final int levels;
    /** {@code [channel][record * levels + level]}: times that the level has occurred, at most {@link #most}. */
    private final int[][] times;
    /** What is added to the logit of a level by its times; nothing for 0. */
    private final float[] raised;

    Palette(Workspace w) {
        kernels = w.kernels();
        most = w.spec().likelihood().palette();
        levels = w.spec().levels();
        times = new int[most == 0 ? 0 : w.grid().channels()][w.records() * levels];
        raised = new float[Math.max(most + 1, Kernels.LANE_UNIT)];
    }

    /** Forgets everything. */
    void begin() {
        for (int[] channel : times) {
            Arrays.fill(channel, 0);
        }
    }

    /** Counts levels: {@code x[j]} is a sample of the record {@code owner[j]}, j from 0 to n - 1. */
    void add(int channel, int[] x, int[] owner, int n) {
        if (most == 0) {
            return;
        }
        final int[] counts = times[channel];
        for (int j = 0; j < n; j++) {
            final int at = owner[j] * levels + x[j];
            counts[at] = Math.min(most, counts[at] + 1);
        }
    }

    /**
     * Raises logits, {@code [row][level]}, of levels that the record {@code owner[row]} has had n times, n > 0, by
     * {@code out[outOff + min(n, most) - 1][row]}.
     */
    void raise(int channel, float[][] out, int outOff, int[] owner, int rows, float[] logits) {
        if (most == 0) {
            return;
        }
        for (int s = 0; s < rows; s++) {
            for (int n = 1; n <= most; n++) {
                raised[n] = out[outOff + n - 1][s];
            }
            // A level that has not occurred gets 0 more, which makes no difference to its weight.
            kernels.addFrom(raised, times[channel], owner[s] * levels, levels, logits, s * levels);
        }
    }
}
