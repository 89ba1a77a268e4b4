package org.bbans.model.causal;

/** Rows of numbers for all pixels of a group of records, written row by row and read by the pieces of any order. */
final class PixelStore {

    /** {@code [row][pixel * records + record]}. */
    private final float[][] all;
    /** {@code [row][lane]}. */
    private final float[][] rows;

    /** Makes {@code count} rows, without numbers. */
    PixelStore(Workspace w, int count) {
        all = new float[count][w.grid().pixels() * w.records()];
        rows = new float[count][w.lanes()];
    }

    /** Writes {@code from[row][lane]} for all lanes of a piece of the raster order or of rows. */
    void put(Piece piece, float[][] from) {
        for (int r = 0; r < all.length; r++) {
            piece.keep(from[r], all[r]);
        }
    }

    /** Writes {@code from[row][s]} for the lanes {@code some[s]} of a piece, s below n. */
    void put(Piece piece, int[] some, int n, float[][] from) {
        for (int s = 0; s < n; s++) {
            final int at = at(piece, some[s]);
            for (int r = 0; r < all.length; r++) {
                all[r][at] = from[r][s];
            }
        }
    }

    /** The numbers of the lanes of a piece, {@code [row][lane]}, overwritten by the next call. */
    float[][] get(Piece piece) {
        for (int r = 0; r < all.length; r++) {
            for (int p = 0; p < piece.count; p++) {
                System.arraycopy(all[r], piece.pixel(p) * piece.records, rows[r], p * piece.records, piece.records);
            }
        }
        return rows;
    }

    /** The numbers of the lanes {@code some[s]} of a piece, {@code [row][s]}, overwritten by the next call. */
    float[][] get(Piece piece, int[] some, int n) {
        for (int s = 0; s < n; s++) {
            final int at = at(piece, some[s]);
            for (int r = 0; r < all.length; r++) {
                rows[r][s] = all[r][at];
            }
        }
        return rows;
    }

    private static int at(Piece piece, int lane) {
        return piece.pixelOf(lane) * piece.records + lane % piece.records;
    }
}
