package org.bbans.model.causal;

/**
 * Gives the outputs of the likelihood's network for the pixels of a piece, computed when they are asked for or before.
 * Pieces come in order, and channels of a piece in order; samples that the outputs depend on are known by then.
 */
sealed interface Predictor permits LivePredictor, Lookahead {

    /** The outputs for a channel of a piece, {@code [output][lane]}, overwritten by the next call for this channel. */
    float[][] outputs(Piece piece, int channel);

    /** The levels that the means among the last outputs of a channel are relative to; null if they are absolute. */
    float[] reference(Piece piece, int channel);

    /** The logits of a hurdle's marks of a piece, {@code [lane]}, overwritten by the next call. */
    float[] marks(Piece piece);

    /**
     * The outputs for a hurdle's levels of the lanes {@code some[0 .. n)} of the piece whose marks were asked for last,
     * {@code [output][s]} for lane {@code some[s]}, overwritten by the next call.
     */
    float[][] levels(Piece piece, int[] some, int n);
}
