package org.bbans.model.causal;

import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;

/** The outputs of both heads of a hurdle for all samples of {@link KnownRecords}. A workspace. */
final class KnownHurdle {

    private final KnownRecords records;
    private final HurdleHeads heads;
    private final PixelStore marks;
    /** Of samples that are not zero; others have stale numbers. */
    private final PixelStore levels;
    private final int[] symbol;
    private final int[] active;

    /**
     * A workspace.
     *
     * @param capacity greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    KnownHurdle(Network network, Kernels kernels, int capacity, int lanes) {
        final ModelSpec spec = network.spec;
        records = new KnownRecords(network, kernels, capacity, lanes);
        heads = HurdleHeads.of(network, kernels, records.inputs(), records.order(), capacity, lanes);
        marks = new PixelStore(1, spec.pixels(), capacity, lanes);
        levels = new PixelStore(spec.likelihood().outputs(), spec.pixels(), capacity, lanes);
        symbol = new int[lanes];
        active = new int[lanes];
    }

    /** Computes all outputs for records, as {@link KnownRecords#visit} takes them. */
    void compute(float[][] given, int[] x, int off, int count) {
        records.visit(given, x, off, count, piece -> {
            marks.put(piece, heads.marks(piece));
            piece.gather(x, off, 1, 0, symbol);
            final int n = HurdleHeads.select(symbol, piece.used, active);
            if (n > 0) {
                levels.put(piece, active, n, heads.levels(piece, active, n));
            }
        });
    }

    /** What {@link HurdleHeads#marks} gives for a piece of any order, overwritten by the next call. */
    float[][] marks(Piece piece) {
        return marks.get(piece);
    }

    /** What {@link HurdleHeads#levels} gives for lanes of a piece that are not zero, likewise. */
    float[][] levels(Piece piece, int[] active, int n) {
        return levels.get(piece, active, n);
    }
}
