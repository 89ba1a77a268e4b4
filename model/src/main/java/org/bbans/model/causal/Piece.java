package org.bbans.model.causal;

import java.util.Arrays;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.SparseInputs;

/**
 * A cursor over the pieces of an order: pixels that are coded or looked at together, of all records of a group. Pixel p
 * of the piece of record j has lane {@code p * records + j}. The neighbours in hand are at one place relative to each
 * pixel of the piece.
 */
final class Piece {

    final PixelOrder order;
    /** Number of records. */
    int records;
    /** The record of each lane. */
    final int[] record;
    /** Place of the first pixel in the order. */
    int from;
    /** Number of pixels. */
    int count;
    /** Number of lanes with a pixel. */
    int used;
    /** The least number of lanes that the kernels take. */
    int lanes;
    private final int width;
    /** Row of the first pixel. */
    private int top;
    /** Columns of the first pixel and of the last one. */
    private int begin;
    private int last;
    /** The first pixel of the piece whose neighbour in hand lies in the record. */
    private int first;
    /** The pixel of the piece after the last such one. */
    private int end;
    /** Place of the first such neighbour in the order; the others follow it. */
    private int seen;
    /** The places where pieces begin, and that behind the last. */
    private int[] starts = {};

    Piece(Workspace w) {
        order = w.order();
        width = w.grid().width();
        record = new int[w.lanes()];
    }

    /** Sets the number of records. */
    void group(int count) {
        if (count != records) {
            records = count;
            starts = order.pieces(count);
            Arrays.setAll(record, j -> j % count);
        }
    }

    /** Number of pieces of a record. */
    int pieces() {
        return starts.length - 1;
    }

    /** Moves to piece {@code i} of the order; the neighbours in hand are its pixels themselves. */
    void set(int i) {
        from = starts[i];
        count = starts[i + 1] - from;
        used = count * records;
        lanes = Kernels.lanesFor(used);
        top = pixel(0) / width;
        begin = pixel(0) - top * width;
        last = begin + order.step * (count - 1);
        first = 0;
        end = count;
        seen = from;
    }

    /** A pixel of the piece, counted in raster order. */
    int pixel(int p) {
        return order.pixels[from + p];
    }

    /** The pixel that a lane belongs to, counted in raster order. */
    int pixelOf(int lane) {
        return order.pixels[from + lane / records];
    }

    /**
     * Moves the cursor to the neighbours at (dy, dx), dy at most 0; returns whether any lies in the record. As pixels
     * of a front are farther from each other than any sees, only the first one's can be beyond the right edge and only
     * the last one's beyond the left; of a row, as many as the neighbours are away.
     */
    boolean look(int dy, int dx) {
        if (order.down > 0) {
            first = Math.max(begin + dx >= width ? 1 : 0, -dy - top);
            end = last + dx < 0 ? count - 1 : count;
        } else {
            first = top + dy < 0 ? count : Math.max(0, -begin - dx);
            end = count - Math.max(0, last + dx - width + 1);
        }
        if (first >= end) {
            return false;
        }
        seen = order.places[pixel(first) + dy * width + dx];
        return true;
    }

    /** The first neighbour in hand, counted in raster order. */
    int neighbour() {
        return order.pixels[seen];
    }

    /** Copies the numbers of the neighbours in hand, {@code from[place * records + record]}; 0 outside the record. */
    void copy(float[] from, float[] to) {
        System.arraycopy(from, seen * records, to, first * records, (end - first) * records);
        clearOutside(to);
    }

    /** Adds copies of the neighbours in hand from several rows, for as many inputs from {@code input} on. */
    void add(float[][] from, SparseInputs to, int input) {
        for (int i = 0; i < from.length; i++) {
            final float[] spare = to.spare();
            copy(from[i], spare);
            to.add(spare, input + i);
        }
    }

    /** Writes the piece's own numbers to where {@link #copy} finds them. */
    void keep(float[] from, float[] to) {
        System.arraycopy(from, 0, to, this.from * records, used);
    }

    /** Sets the lanes to 0 whose neighbour in hand lies outside the record. */
    void clearOutside(float[] row) {
        if (first > 0) {
            Arrays.fill(row, 0, first * records, 0f);
        }
        if (end < count) {
            Arrays.fill(row, end * records, used, 0f);
        }
    }

    /** Adds 1 to the lanes whose neighbour in hand lies in the record. */
    void count(float[] row) {
        for (int j = first * records; j < end * records; j++) {
            row[j]++;
        }
    }

    /**
     * Takes the piece's symbols from an array that is sample-major.
     *
     * @param all {@code [(pixel * each + which) * records + record]} from {@code off}
     */
    void gather(int[] all, int off, int each, int which, int[] symbol) {
        for (int p = 0; p < count; p++) {
            System.arraycopy(all, off + (pixel(p) * each + which) * records, symbol, p * records, records);
        }
    }

    /** Writes the piece's symbols to an array that is sample-major: undoes {@link #gather}. */
    void scatter(int[] symbol, int[] all, int off, int each, int which) {
        for (int p = 0; p < count; p++) {
            System.arraycopy(symbol, p * records, all, off + (pixel(p) * each + which) * records, records);
        }
    }
}
