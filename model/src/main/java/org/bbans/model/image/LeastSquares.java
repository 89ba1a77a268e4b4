package org.bbans.model.image;

import java.util.Arrays;

/**
 * Predictions of a plane's samples by least squares, fitted anew at every pixel to the pixels before it.
 *
 * <p>With f the features of a pixel and its sample last, all relative to their grounds and divided by the pixel's
 * scale, P(y, x) = f f' are its products. The sums at a pixel are
 * <pre>
 * C(y, x) = down C(y - 1, x) + P(y - 1, x)              columns, over the rows above
 * A(y, x) = across A(y, x - 1) + C(y, x + AHEAD)        along the row, twice
 * B(y, x) = across B(y, x - 1) + A(y, x)
 * R(y, x) = along R(y, x - 1) + P(y, x - 1)             the row itself
 * S(y, x) = above B(y, x) + R(y, x)
 * </pre>
 * so weights fall with the distance and nothing is ever subtracted. They are all positive, hence errors do not grow.
 * The C and P of the row above of a record's first row are those that the record before left there.
 */
final class LeastSquares {

    /**
     * How fast the weights fall.
     *
     * @param down factor from row to row
     * @param across factor from column to column, above the pixel
     * @param along factor from column to column, in the pixel's row
     * @param above weight of the rows above
     */
    record Decay(float down, float across, float along, float above) {}

    /** The near surroundings, and wider ones. */
    private static final Decay[] WINDOWS = {
        new Decay(0.7f, 0.6f, 0.8f, 0.7f), new Decay(0.94f, 0.85f, 0.94f, 0.3f),
    };
    /** Numbers that a pixel gets. */
    static final int RESULTS = 4;

    /** Columns that the sums look ahead in the rows above. */
    static final int AHEAD = 3;
    /** Factor of the diagonal. */
    static final float RIDGE_FACTOR = 1.0003f;
    /** Summand of the diagonal. */
    static final float RIDGE = 1f;
    /** Weight of a pixel's own error in the scale that its products are divided by. */
    static final float OWN_ERROR = 0.25f;
    /** Least pivot. */
    static final float LEAST_PIVOT = 1e-3f;

    private static final int UNIT = ImageKernels.UNIT;

    private final ImageKernels kernels;
    private final int windows;
    private final int width;
    /** Behind a row's columns are one that products may reach into, and one of zeros. */
    private final int zeros;
    private final int features;
    private final int stride;
    /** Number of products, and that up to whole vectors. */
    private final int pairs;
    private final int size;
    private final float[][] columns;
    private final float[][] rows;
    /** Of the latest row at every column. */
    private final float[] products;
    private final float[] scaled;
    private final float[] sums;
    private final float[] triangle;
    private final float[] partial;

    LeastSquares(int features, int width, FrontOrder order, int windows, ImageKernels kernels) {
        this.kernels = kernels;
        this.windows = windows;
        this.width = width;
        zeros = width + 1;
        this.features = features;
        final int n = features;
        stride = (n + UNIT) / UNIT * UNIT;
        pairs = (n + 1) * (n + 2) / 2;
        size = (pairs + UNIT - 1) / UNIT * UNIT;
        final int places = Math.toIntExact((long) order.recordSlots() * (zeros + 1) * size);
        columns = new float[windows][places];
        rows = new float[windows][Math.toIntExact((long) order.recordSlots() * order.rowSlots() * 3 * size)];
        products = new float[places];
        scaled = new float[stride + UNIT];
        sums = new float[UNIT * size];
        triangle = new float[(pairs - 1 + n) * UNIT];
        partial = new float[n * UNIT];
    }

    /** Distance of the features of two pixels in {@link #predict}. */
    int stride() {
        return stride;
    }

    /** Begins a row: its sums hold the columns before {@link #AHEAD} then. */
    void launch(int recordSlot, int rowSlot) {
        for (int window = 0; window < windows; window++) {
            Arrays.fill(rows[window], rowSlot * 3 * size, (rowSlot + 1) * 3 * size, 0f);
            for (int x = 0; x < AHEAD; x++) {
                slide(window, recordSlot, rowSlot, x, zeros, 0);
            }
        }
    }

    /**
     * Predicts a front's pixels, each the next one of its row.
     *
     * @param f features relative to their grounds, {@link #stride} numbers a pixel
     * @param out {@link #RESULTS} numbers a pixel, relative to the sample's ground: by the near surroundings and the
     *     first {@code least} features, the first {@code middle}, all; by the wider surroundings, if there are two, and
     *     all features
     */
    void predict(FrontLanes front, float[] f, int least, int middle, float[] out) {
        for (int i = 0; i < front.count; i += UNIT) {
            final int lanes = Math.min(UNIT, front.count - i);
            for (int window = 0; window < windows; window++) {
                for (int lane = 0; lane < lanes; lane++) {
                    final int x = front.column[i + lane];
                    slide(window, front.recordSlot[i + lane], front.rowSlot[i + lane], x + AHEAD,
                            x == 0 ? zeros : x - 1,
                            lane);
                }
                transpose(f, i, lanes);
                kernels.solve(triangle, features, partial);
                for (int lane = 0; lane < lanes; lane++) {
                    final int to = RESULTS * (i + lane);
                    if (window == 0) {
                        out[to] = partial[(least - 1) * UNIT + lane];
                        out[to + 1] = partial[(middle - 1) * UNIT + lane];
                    }
                    out[to + 2 + window] = partial[(features - 1) * UNIT + lane];
                }
            }
        }
    }

    /** Keeps the products of the features and the sample of a pixel, divided by its scale. */
    void store(int recordSlot, int x, float[] f, int off, float sample, float inverseScale) {
        for (int k = 0; k < features; k++) {
            scaled[k] = f[off + k] * inverseScale;
        }
        scaled[features] = sample * inverseScale;
        kernels.products(scaled, features + 1, products, (recordSlot * (zeros + 1) + x) * size);
    }

    private void slide(int window, int recordSlot, int rowSlot, int ahead, int before, int lane) {
        final int column = recordSlot * (zeros + 1);
        final int up = (column + (ahead < width ? ahead : zeros)) * size;
        kernels.slide(WINDOWS[window], size, products, up, (column + before) * size, columns[window], up,
                rows[window], rowSlot * 3 * size, sums, lane * size);
    }

    /** Copies four rows of n numbers to columns: side by side this is faster than one by one. */
    private static void transpose4(float[] rows, int row, int width, float[] to, int lane, int n) {
        for (int q = 0; q < n; q++) {
            to[q * UNIT + lane] = rows[row + q];
            to[q * UNIT + lane + 1] = rows[row + width + q];
            to[q * UNIT + lane + 2] = rows[row + 2 * width + q];
            to[q * UNIT + lane + 3] = rows[row + 3 * width + q];
        }
    }

    private void transpose(float[] f, int first, int lanes) {
        // All but the last product, the sample's square: rows of the matrix, then the right side.
        for (int lane = 0; lane < UNIT; lane += 4) {
            transpose4(sums, lane * size, size, triangle, lane, pairs - 1);
        }
        for (int i = 0; i < features; i++) {
            final int at = (ImageKernels.triangle(i, features) + i) * UNIT;
            for (int lane = 0; lane < UNIT; lane++) {
                triangle[at + lane] = Math.fma(triangle[at + lane], RIDGE_FACTOR, RIDGE);
            }
        }
        final int at = (pairs - 1) * UNIT;
        for (int k = 0; k < features; k++) {
            for (int lane = 0; lane < lanes; lane++) {
                triangle[at + k * UNIT + lane] = f[(first + lane) * stride + k];
            }
        }
    }
}
