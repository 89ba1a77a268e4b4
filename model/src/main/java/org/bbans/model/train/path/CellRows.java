package org.bbans.model.train.path;

import java.util.Arrays;
import org.bbans.model.train.head.HeadKernels;

/**
 * Where the cells of a picture lie: line by line, each with one row of zeros behind it, and lines of zeros around all.
 * The margin to the right of a line is the one to the left of the next.
 */
final class CellRows {

    /** Rows that go through a layer together, so that they stay in a fast cache; a multiple of the kernels' rows. */
    static final int CHUNK = 72;

    final int height;
    final int width;
    /** Rows before the first cell. */
    final int base;
    /** Rows from the first cell on that layers compute, a multiple of the kernels' rows. */
    final int rows;
    private final int stride;

    CellRows(int height, int width) {
        this.height = height;
        this.width = width;
        stride = width + 1;
        base = stride + 1;
        rows = (height * stride + HeadKernels.ROWS - 1) / HeadKernels.ROWS * HeadKernels.ROWS;
    }

    /** A number of columns that the kernels accept, at least {@code channels}. */
    static int pad(int channels) {
        return (channels + HeadKernels.COLUMNS - 1) / HeadKernels.COLUMNS * HeadKernels.COLUMNS;
    }

    /** Values of so many channels, all zero. */
    float[] values(int channels) {
        return new float[(base + rows + base) * pad(channels)];
    }

    int cells() {
        return height * width;
    }

    /** The row of a cell. */
    int row(int cell) {
        return base + cell / width * stride + cell % width;
    }

    /** What the taps of a convolution add to a row, those of the line above first. */
    int[] shifts(int radius) {
        final int side = 2 * radius + 1;
        final int[] shifts = new int[side * side];
        for (int i = 0; i < shifts.length; i++) {
            shifts[i] = (i / side - radius) * stride + i % side - radius;
        }
        return shifts;
    }

    /** Sets the rows that are no cells to zero. */
    void clearMargins(float[] values, int channels) {
        final int row = pad(channels);
        Arrays.fill(values, 0, base * row, 0);
        for (int y = 0; y < height; y++) {
            final int end = base + y * stride + width;
            Arrays.fill(values, end * row, (end + 1) * row, 0);
        }
        Arrays.fill(values, (base + height * stride) * row, values.length, 0);
    }
}
