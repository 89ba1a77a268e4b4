package org.bbans.model;

import org.bbans.model.kernel.Kernels;

/** The heads of a hurdle: one for the marks of all lanes of a piece, one for the levels of some. A workspace. */
final class HurdleHeads {

    /** There are no channels. */
    private static final float[][] NONE = {};

    private final HeadInputs headInputs;
    private final Trunk markTrunk;
    private final Tail markTail;
    private final Trunk levelTrunk;
    private final Tail levelTail;
    /** The inputs of some lanes alone. */
    private final InputRows compact;
    private InputRows inputs;

    /**
     * A workspace.
     *
     * @param records greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    HurdleHeads(Network network, Kernels kernels, HeadInputs headInputs, PixelOrder order, int records, int lanes) {
        this.headInputs = headInputs;
        final ModelSpec spec = network.spec;
        final Network.Head markHead = network.mark.orElseThrow();
        markTrunk = new Trunk(markHead, spec, kernels, order, records, lanes);
        markTail = new Tail(markHead.tails().get(0), kernels, lanes);
        final Network.Head levelHead = network.head.orElseThrow();
        levelTrunk = new Trunk(levelHead, spec, kernels, order, records, lanes);
        levelTail = new Tail(levelHead.tails().get(0), kernels, lanes);
        compact = new InputRows(spec.headInputs(), lanes);
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
    float[][] marks(Piece piece) {
        inputs = headInputs.gather(piece);
        return markTail.forward(markTrunk.forward(piece, inputs), NONE, 0, piece.lanes);
    }

    /** The outputs for the levels of the lanes {@code active[0 .. n)} of the piece whose marks were asked for last. */
    float[][] levels(Piece piece, int[] active, int n) {
        compact.clear();
        for (int k = 0; k < inputs.count; k++) {
            final float[] from = inputs.rows[k];
            final float[] to = compact.spare();
            for (int s = 0; s < n; s++) {
                to[s] = from[active[s]];
            }
            compact.add(to, inputs.index[k]);
        }
        return levelTail.forward(levelTrunk.forward(piece, active, n, compact), NONE, 0, Kernels.lanesFor(n));
    }
}
