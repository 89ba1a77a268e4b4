package org.bbans.codec.content.png;

import org.bbans.codec.wire.BitCoder;

/**
 * The filters of a PNG's rows, and the codes of which one a row has: in the context of the row before's and of the one
 * that libpng would take, which is the first of those whose bytes, as signed ones, have the least sum of magnitudes.
 */
final class RowFilter {

    static final int FILTERS = 5;
    private static final int BITS = 3;

    private final BitCoder coder;
    private final BitCoder.Contexts model = new BitCoder.Contexts(FILTERS * FILTERS << BITS);
    private final int step;
    private int previous;

    RowFilter(BitCoder coder, int step) {
        this.coder = coder;
        this.step = step;
        for (int context = 0; context < FILTERS * FILTERS; context++) {
            model.expect(context << BITS, BITS, context % FILTERS);
        }
    }

    /**
     * Codes the filter of a row.
     *
     * @param row the row without filter
     * @param above the row above it, zeros for the first
     * @param n bytes of the row
     * @param filter the filter, ignored by a coder that reads
     * @return the filter; no filter if not below {@link #FILTERS}
     */
    int code(byte[] row, byte[] above, int n, int filter) {
        int coded = coder.tree(model, FILTERS * previous + expected(row, above, n) << BITS, BITS, filter);
        previous = Math.min(coded, FILTERS - 1);
        return coded;
    }

    private int expected(byte[] row, byte[] above, int n) {
        long none = 0;
        long left = 0;
        long up = 0;
        long mean = 0;
        long paeth = 0;
        for (int i = 0; i < n; i++) {
            int x = row[i];
            int a = i < step ? 0 : row[i - step] & 0xFF;
            int b = above[i] & 0xFF;
            int c = i < step ? 0 : above[i - step] & 0xFF;
            none += Math.abs(x);
            left += Math.abs((byte) (x - a));
            up += Math.abs((byte) (x - b));
            mean += Math.abs((byte) (x - (a + b >>> 1)));
            paeth += Math.abs((byte) (x - paeth(a, b, c)));
        }
        long least = Math.min(Math.min(Math.min(none, left), Math.min(up, mean)), paeth);
        return none == least ? 0 : left == least ? 1 : up == least ? 2 : mean == least ? 3 : 4;
    }

    /** Filters a row. */
    void apply(int filter, byte[] row, byte[] above, int n, byte[] filtered, int off) {
        for (int i = 0; i < n; i++) {
            filtered[off + i] = (byte) (row[i] - prediction(filter, row, above, i));
        }
    }

    /** Takes the filter off a row, in place. */
    void undo(int filter, byte[] row, byte[] above, int n) {
        for (int i = 0; i < n; i++) {
            row[i] += (byte) prediction(filter, row, above, i);
        }
    }

    private int prediction(int filter, byte[] row, byte[] above, int i) {
        int a = i < step ? 0 : row[i - step] & 0xFF;
        int b = above[i] & 0xFF;
        return switch (filter) {
            case 0 -> 0;
            case 1 -> a;
            case 2 -> b;
            case 3 -> a + b >>> 1;
            default -> paeth(a, b, i < step ? 0 : above[i - step] & 0xFF);
        };
    }

    private static int paeth(int a, int b, int c) {
        int toA = Math.abs(b - c);
        int toB = Math.abs(a - c);
        int toC = Math.abs(a + b - 2 * c);
        return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
    }
}
