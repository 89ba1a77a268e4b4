package org.bbans.model.causal;

import org.bbans.codec.Codec;
import org.bbans.codec.Tape;
import org.bbans.codec.ans.AnsStack;

/**
 * The likelihood p(x | z) of a group of records in lockstep: for one piece of pixels after the other, channel by
 * channel, it predicts all records' samples from their features and their known neighbours, and then writes their
 * intervals on a tape, or pops them. Both directions take the same steps in the same order.
 *
 * <p>Levels are sample-major: all records' sample 0, then all records' sample 1. Where pieces have several pixels, so
 * that there are few records, what is known is looked at in larger pieces still. For one thread.
 */
public final class CausalCodec implements Codec {

    private final Workspace workspace;
    private final int channels;
    private final KnownSamples samples;
    private final LivePredictor live;
    private final boolean looksAhead;
    /** Made when it is needed: decoders never do. */
    private Lookahead lookahead;
    private final SampleCoder coder;
    private final Piece piece;
    private final int[] level;
    private final Tape tape = new Tape();
    private float[][] condition;

    /** Makes a codec that keeps samples for itself. */
    public CausalCodec(Workspace workspace) {
        this(workspace, KnownSamples.of(workspace));
    }

    /** Makes a codec that keeps samples where others keep them too; in raster order. */
    public CausalCodec(Workspace workspace, KnownSamples.Raster samples) {
        this(workspace, (KnownSamples) samples);
    }

    private CausalCodec(Workspace workspace, KnownSamples samples) {
        this.workspace = workspace;
        this.samples = samples;
        channels = workspace.grid().channels();
        live = new LivePredictor(workspace, samples);
        looksAhead = Lookahead.pays(workspace);
        coder = SampleCoder.of(workspace);
        piece = new Piece(workspace);
        level = new int[workspace.lanes()];
    }

    /** Sets the number of records in lockstep from now on, at most that of the workspace. */
    public void group(int records) {
        piece.group(records);
    }

    /** Sets the condition: the decoder's last hidden layer, or the latents if it has none. Unread without latents. */
    public void given(float[][] rows) {
        condition = rows;
    }

    /**
     * Joins the predictions with counts of the levels so far from now on, or no longer if they are null. In raster
     * order alone, of models that {@link Lanes#learn}.
     */
    public void learn(ContextCounts counts) {
        if (counts != null && workspace.order().isJoint()) {
            throw new IllegalStateException("nothing is learnt in fronts");
        }
        coder.learn(counts);
    }

    @Override
    public int size() {
        return workspace.grid().dims() * piece.records;
    }

    @Override
    public void push(AnsStack stack, int[] x, int off) {
        tape.clear();
        trace(x, off, tape);
        tape.pushTo(stack);
    }

    /** Appends the intervals of all symbols to a tape; a symbol's owner is its record. */
    public void trace(int[] x, int off, Tape to) {
        final Predictor predictor;
        if (looksAhead) {
            lookahead = lookahead == null ? new Lookahead(workspace) : lookahead;
            lookahead.compute(condition, x, off, piece.records);
            predictor = lookahead;
        } else {
            live.begin(condition, piece.records);
            predictor = live;
        }
        coder.begin(x, off, piece.records);
        for (int i = 0; i < piece.pieces(); i++) {
            piece.set(i);
            for (int channel = 0; channel < channels; channel++) {
                piece.gather(x, off, channels, channel, level);
                coder.trace(predictor, piece, channel, level, to);
                if (!looksAhead) {
                    samples.set(piece, channel, level);
                }
            }
        }
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        live.begin(condition, piece.records);
        coder.begin(x, off, piece.records);
        for (int i = 0; i < piece.pieces(); i++) {
            piece.set(i);
            for (int channel = 0; channel < channels; channel++) {
                coder.pop(live, piece, channel, stack, level);
                piece.scatter(level, x, off, channels, channel);
                samples.set(piece, channel, level);
            }
        }
    }
}
