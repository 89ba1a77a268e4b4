package org.bbans.model.path;

import java.util.Arrays;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.spec.Activation;

/**
 * Values of a picture's cells, channel-major: a row for each channel, with a lane for each cell, line by line, and one
 * lane of zeros behind each line, which is also the margin to the left of the next. A convolution is a dense layer
 * whose inputs are the nine shifted copies of the rows. For one thread.
 */
final class CellLanes {

    private static final int TAPS = 9;

    final Kernels kernels;
    /** Lanes of a row. */
    final int lanes;
    private final int height;
    private final int width;
    private final int stride;
    /** {@code [tap * channels + channel][lane]}; rows of the middle tap are those that are shifted. */
    private final float[][] shifted;
    private final int[] inputs;

    /**
     * A workspace.
     *
     * @param height lines of cells
     * @param width cells of a line
     * @param channels of what is convolved, at most
     */
    CellLanes(Kernels kernels, int height, int width, int channels) {
        this.kernels = kernels;
        this.height = height;
        this.width = width;
        stride = width + 1;
        lanes = lanes(height, width);
        shifted = new float[TAPS * channels][lanes];
        inputs = new int[shifted.length];
        Arrays.setAll(inputs, i -> i);
    }

    /** Lanes of a row. */
    static int lanes(int height, int width) {
        return Kernels.lanesFor(height * (width + 1));
    }

    /** Rows with the numbers of each cell, {@code [cell][channel]}, and zeros between the lines. */
    static float[][] rows(float[] numbers, int height, int width) {
        final int channels = numbers.length / (height * width);
        final float[][] rows = new float[channels][lanes(height, width)];
        for (int i = 0; i < numbers.length; i++) {
            rows[i % channels][lane(i / channels, width)] = numbers[i];
        }
        return rows;
    }

    /** The lane of a cell, in raster order. */
    static int lane(int cell, int width) {
        return cell / width * (width + 1) + cell % width;
    }

    /** A convolution without an activation, with {@code bias[biasOff ..]} in place of the layer's own bias. */
    void convolve(float[][] from, Dense layer, float[] bias, int biasOff, float[][] to) {
        shift(from);
        kernels.dense(layer, bias, biasOff, shifted, inputs, TAPS * from.length, lanes, to);
    }

    /** A convolution without an activation, with a bias for each lane, {@code start[output][lane]}. */
    void convolve(float[][] from, Dense layer, float[][] start, float[][] to) {
        shift(from);
        kernels.dense(layer, start, shifted, inputs, TAPS * from.length, lanes, to);
    }

    /** A convolution without an activation. */
    void convolve(float[][] from, Dense layer, float[][] to) {
        shift(from);
        kernels.dense(layer, shifted, lanes, to);
    }

    /** Adds rows to rows. */
    void add(float[][] from, float[][] to) {
        for (int c = 0; c < to.length; c++) {
            final float[] sum = to[c];
            final float[] more = from[c];
            for (int j = 0; j < lanes; j++) {
                sum[j] += more[j];
            }
        }
    }

    /** Applies an activation, which may be in place; lanes that are no cells become zeros. */
    void activate(Activation activation, float[][] from, float[][] to) {
        if (from != to) {
            for (int c = 0; c < from.length; c++) {
                System.arraycopy(from[c], 0, to[c], 0, lanes);
            }
        }
        kernels.activate(activation, to, to.length, lanes);
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
