package org.bbans.model.causal;

import org.bbans.model.net.SparseInputs;

/** Keeps the activations of pixels of a group of records for the pixels that see them. */
abstract sealed class ActivationCache {

    /**
     * A cache of every pixel, or of as many as a pixel of the order looks back to.
     *
     * @param units number of activations of a pixel
     * @param back in raster order, the number of the last pixels that are kept
     */
    static ActivationCache of(Workspace w, int units, int back) {
        return w.order().isJoint() ? new Joint(units, w.grid().pixels() * w.records(), w.lanes())
                : new Ring(back, units, w.lanes());
    }

    /** {@code [unit][lane]}: where the activations of a piece are to be written. */
    abstract float[][] rows(Piece piece);

    /** Keeps what has been written to {@link #rows}, which stay as they are until those of the next piece. */
    abstract void keep(Piece piece);

    /** Adds the activations of the neighbours in hand, which have been kept. */
    abstract void add(Piece piece, SparseInputs to, int input);

    /** The last pixels of the raster order: written and read in place. */
    private static final class Ring extends ActivationCache {

        private final float[][][] rows;

        Ring(int pixels, int units, int lanes) {
            rows = new float[pixels][units][lanes];
        }

        @Override
        float[][] rows(Piece piece) {
            return rows[piece.pixel(0) % rows.length];
        }

        @Override
        void keep(Piece piece) {}

        @Override
        void add(Piece piece, SparseInputs to, int input) {
            final float[][] tap = rows[piece.neighbour() % rows.length];
            to.addAll(tap, 0, tap.length, input);
        }
    }

    /** All pixels in their order, so that what the pixels of a piece see lies together. */
    private static final class Joint extends ActivationCache {

        /** {@code [unit][place * records + record]}. */
        private final float[][] kept;
        private final float[][] rows;

        Joint(int units, int pixels, int lanes) {
            kept = new float[units][pixels];
            rows = new float[units][lanes];
        }

        @Override
        float[][] rows(Piece piece) {
            return rows;
        }

        @Override
        void keep(Piece piece) {
            for (int u = 0; u < rows.length; u++) {
                piece.keep(rows[u], kept[u]);
            }
        }

        @Override
        void add(Piece piece, SparseInputs to, int input) {
            piece.add(kept, to, input);
        }
    }
}
