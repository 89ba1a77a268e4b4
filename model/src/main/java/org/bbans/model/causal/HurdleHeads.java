package org.bbans.model.causal;

import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.net.SparseInputs;
import org.bbans.model.spec.ModelSpec;

/** What gives a hurdle's marks, for all lanes of a piece, and its levels, for some. A workspace. */
public abstract sealed class HurdleHeads {

    /** There are no channels. */
    private static final float[][] NONE = {};

    private final Context headInputs;
    private final Tail markTail;
    /** The trunk of the levels' head. */
    final Trunk trunk;
    private final Tail levelTail;

    private HurdleHeads(Network network, Kernels kernels, Context headInputs, PixelOrder order, int records,
                        int lanes) {
        this.headInputs = headInputs;
        final ModelSpec spec = network.spec;
        markTail = new Tail(network.markTail, spec.activation(), kernels, lanes);
        final Network.Head head = network.head.orElseThrow();
        trunk = new Trunk(head, spec, kernels, order, records, lanes);
        levelTail = new Tail(head.tails().get(0), spec.activation(), kernels, lanes);
    }

    /**
     * A workspace.
     *
     * @param records greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    public static HurdleHeads of(Network network, Kernels kernels, Context headInputs, PixelOrder order, int records,
                          int lanes) {
        return network.mark.isPresent() ? new Separate(network, kernels, headInputs, order, records, lanes)
            : new Shared(network, kernels, headInputs, order, records, lanes);
    }

    /** Notes the lanes that are not zero, {@code symbol[0 .. lanes)}, and returns their number. */
    static int select(int[] symbol, int lanes, int[] active) {
        int n = 0;
        for (int j = 0; j < lanes; j++) {
            active[n] = j;
            n += -symbol[j] >>> 31;
        }
        return n;
    }

    /** The logits of the marks of a piece, one row. Samples that they see have been set. */
    public final float[][] marks(Piece piece) {
        return markTail.forward(forMarks(piece, headInputs.gather(piece)), NONE, 0, piece.lanes);
    }

    /** The outputs for the levels of the lanes {@code active[0 .. n)} of the piece whose marks were asked for last. */
    public final float[][] levels(Piece piece, int[] active, int n) {
        return levelTail.forward(forLevels(piece, active, n), NONE, 0, Kernels.lanesFor(n));
    }

    /** What goes into the mark's tail, for all lanes. */
    abstract float[][] forMarks(Piece piece, SparseInputs inputs);

    /** What goes into the levels' tail, for some lanes of the same piece. */
    abstract float[][] forLevels(Piece piece, int[] active, int n);

    private static void compact(float[] from, int[] active, int n, float[] to) {
        for (int s = 0; s < n; s++) {
            to[s] = from[active[s]];
        }
    }

    /** The mark has a trunk of its own; that of the levels is evaluated for some lanes alone. */
    private static final class Separate extends HurdleHeads {

        private final Trunk markTrunk;
        /** The inputs of some lanes alone. */
        private final SparseInputs some;
        private SparseInputs inputs;

        Separate(Network network, Kernels kernels, Context headInputs, PixelOrder order, int records, int lanes) {
            super(network, kernels, headInputs, order, records, lanes);
            markTrunk = new Trunk(network.mark.orElseThrow(), network.spec, kernels, order, records, lanes);
            some = new SparseInputs(network.spec.headInputs(), lanes);
        }

        @Override
        float[][] forMarks(Piece piece, SparseInputs all) {
            inputs = all;
            return markTrunk.forward(piece, all);
        }

        @Override
        float[][] forLevels(Piece piece, int[] active, int n) {
            some.clear();
            for (int k = 0; k < inputs.count; k++) {
                final float[] row = some.spare();
                compact(inputs.rows[k], active, n, row);
                some.add(row, inputs.index[k]);
            }
            return trunk.forward(piece, active, n, some);
        }
    }

    /** The mark is an output of the levels' trunk, whose outputs of some lanes go on. */
    private static final class Shared extends HurdleHeads {

        private final float[][] some;
        private float[][] hidden;

        Shared(Network network, Kernels kernels, Context headInputs, PixelOrder order, int records, int lanes) {
            super(network, kernels, headInputs, order, records, lanes);
            some = new float[network.head.orElseThrow().first().outputs()][lanes];
        }

        @Override
        float[][] forMarks(Piece piece, SparseInputs all) {
            hidden = trunk.forward(piece, all);
            return hidden;
        }

        @Override
        float[][] forLevels(Piece piece, int[] active, int n) {
            for (int u = 0; u < some.length; u++) {
                compact(hidden[u], active, n, some[u]);
            }
            return some;
        }
    }
}
