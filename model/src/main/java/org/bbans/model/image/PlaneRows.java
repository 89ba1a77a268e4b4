package org.bbans.model.image;

import java.util.Arrays;
import org.bbans.codec.format.RasterShape;

/**
 * A plane's rows around those that are coded: samples, errors of their predictions, and scales. Three rows of padding
 * lie above each record, and {@value #PAD} columns on each side.
 */
final class PlaneRows {

    /** Columns of padding on each side of a row. */
    static final int PAD = 4;
    /** Rows of padding above a record. */
    static final int ABOVE = 3;

    /** Distance of a pixel and the one above it. */
    final int stride;
    /** Distance of a pixel and that at its place in the record before. */
    final int recordStride;

    float[] samples = {};
    float[] errors = {};
    float[] scales = {};

    private final int width;
    private final int paddedHeight;
    private final int history;
    private long origin;
    /** Of the first pixel of the latest record. */
    private float firstSample;
    private float firstError;
    private float firstScale;

    /** Rows of a raster, whose records look at those before them or not. */
    PlaneRows(ImageGrid grid, boolean reference) {
        width = grid.width();
        stride = width + 2 * PAD;
        paddedHeight = grid.height() + ABOVE;
        recordStride = paddedHeight * stride;
        history = reference ? paddedHeight + ABOVE + 1 : ABOVE;
        origin = -history;
        firstSample = grid.levels() >> 1;
        firstError = grid.levels() * 0x1p-4f;
        firstScale = firstError;
    }

    /** Bytes of memory that so many rows take in all planes of a raster, with padding above them counted as rows. */
    static long memory(RasterShape raster, long rows) {
        // Three numbers for a sample, and one more while these move to a larger array.
        return 4L * Float.BYTES * raster.channels() * (raster.width() + 2 * PAD) * rows;
    }

    /** Index of a row's first pixel. */
    int place(int record, int row) {
        return (int) (paddedRow(record, row) - origin) * stride + PAD;
    }

    private long paddedRow(int record, int row) {
        return (long) record * paddedHeight + ABOVE + row;
    }

    /** Makes room for a block's rows; those before, as far as they may be looked at, are kept. */
    void shift(int firstRecord, int firstRow, int lastRecord, int lastRow) {
        final long start = paddedRow(firstRecord, firstRow) - (firstRow == 0 ? ABOVE : 0) - history;
        final int size = Math.toIntExact((paddedRow(lastRecord, lastRow) - start + 1) * stride);
        samples = shifted(samples, size);
        errors = shifted(errors, size);
        scales = shifted(scales, size);
        origin = start;
    }

    private float[] shifted(float[] rows, int size) {
        final float[] to = rows.length == size ? rows : new float[size];
        final int kept = Math.min(history * stride, rows.length);
        System.arraycopy(rows, rows.length - kept, to, 0, kept);
        Arrays.fill(to, kept, size, 0f);
        return to;
    }

    /** Fills the padding that the row of a first pixel begins with. */
    void launch(int row, int at) {
        if (row == 0) {
            final int from = at - ABOVE * stride - PAD;
            Arrays.fill(samples, from, at, firstSample);
            Arrays.fill(errors, from, at, firstError);
            Arrays.fill(scales, from, at, firstScale);
        } else {
            Arrays.fill(samples, at - PAD, at, samples[at - stride]);
            Arrays.fill(errors, at - PAD, at, errors[at - stride]);
            Arrays.fill(scales, at - PAD, at, scales[at - stride]);
        }
    }

    /** Sets a pixel's scale. */
    void putScale(FrontLanes lanes, int lane, float scale) {
        put(scales, lanes, lane, scale);
    }

    /** Sets a pixel's sample and its error. */
    void putSample(FrontLanes lanes, int lane, float sample, float error) {
        put(samples, lanes, lane, sample);
        put(errors, lanes, lane, error);
        if (lanes.row[lane] == 0 && lanes.column[lane] == 0) {
            firstSample = sample;
            firstError = error;
            firstScale = scales[lanes.at[lane]];
        }
    }

    /** Where the row is a record's first or the pixel a row's last, the padding beside it gets the number too. */
    private void put(float[] rows, FrontLanes lanes, int lane, float v) {
        final int at = lanes.at[lane];
        final int column = lanes.column[lane];
        rows[at] = v;
        if (lanes.row[lane] == 0) {
            final int n = Math.min(PAD, width + PAD - 1 - column);
            for (int y = 1; y <= ABOVE; y++) {
                Arrays.fill(rows, at - y * stride + 1, at - y * stride + 1 + n, v);
            }
        }
        if (column == width - 1) {
            Arrays.fill(rows, at + 1, at + 1 + PAD, v);
        }
    }
}
