package org.bbans.model.net;

import java.util.Arrays;

/** The low-rank softmax table: maps {@code rank} numbers to the logits of all levels. Immutable, shared by threads. */
public final class Table {

    final int rank;
    final int levels;
    final float[][] rows;
    final float[] bias;

    /**
     * Copies a table.
     *
     * @param weights {@code [rank, levels]}, row-major
     * @param bias {@code [levels]}
     * @param levels a multiple of {@value Kernels#LANE_UNIT}
     */
    public Table(float[] weights, float[] bias, int rank, int levels) {
        if (levels % Kernels.LANE_UNIT != 0) {
            throw new IllegalArgumentException("levels must be a multiple of " + Kernels.LANE_UNIT + ": " + levels);
        }
        this.rank = rank;
        this.levels = levels;
        this.rows = new float[rank][];
        for (int r = 0; r < rank; r++) {
            rows[r] = Arrays.copyOfRange(weights, r * levels, (r + 1) * levels);
        }
        this.bias = bias.clone();
    }

    /** Number of rows. */
    public int rank() {
        return rank;
    }

    /** Number of levels. */
    public int levels() {
        return levels;
    }
}
