package org.bbans.codec.distribution;

/**
 * A number that is uniform within a bin of one grid, read on a grid of another width: both grids have an edge at 0, bin
 * k of a grid of width w is [k w, (k + 1) w) with integer edges, and a symbol is the bin of the other grid, counted
 * from the first one that the row's bin meets.
 *
 * <p>With o the length that the symbol's bin and those before it have in common with the row's bin, of width w, F is
 * floor(2^24 o / w).
 */
public final class Rescaling implements Distribution {

    /** Binary logarithm of the greatest width of a bin. */
    public static final int MAX_BITS = 15;

    private int[] indices = {};
    private int[] widths = {};
    private int[] others = {};

    /**
     * Gives each row its parameters; the arrays are not copied.
     *
     * @param index which bin the number is in; negative ones lie below 0
     * @param width of that bin's grid, 1 to 2^{@value #MAX_BITS}
     * @param other width of the grid of the symbols, likewise
     */
    public void set(int[] index, int[] width, int[] other) {
        indices = index;
        widths = width;
        others = other;
    }

    /** The bin that symbol 0 stands for: the first one of width {@code other} that a bin of another width meets. */
    public static long first(int index, int width, int other) {
        return Math.floorDiv((long) index * width, (long) other);
    }

    /** The greatest number of symbols; a row may have fewer. */
    @Override
    public int levels() {
        return (1 << MAX_BITS) + 1;
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            interval(j, x[j], start, freq);
        }
    }

    /** The slot's place in the bin is the last integer whose share of the slots begins no later. */
    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            final long place = (slot[j] + 1L) * widths[j] - 1 >> PRECISION;
            final long low = (long) indices[j] * widths[j];
            x[j] = (int) (Math.floorDiv(low + place, (long) others[j]) - first(indices[j], widths[j], others[j]));
            interval(j, x[j], start, freq);
        }
    }

    private void interval(int j, int symbol, int[] start, int[] freq) {
        final long width = widths[j];
        final long low = indices[j] * width;
        final long edge = (first(indices[j], widths[j], others[j]) + symbol) * others[j] - low;
        final long from = Math.max(0, edge);
        final long to = Math.min(width, edge + others[j]);
        start[j] = (int) ((from << PRECISION) / width);
        freq[j] = (int) ((to << PRECISION) / width) - start[j];
    }
}
