package org.bbans.model.causal;

import org.bbans.codec.Tape;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Bernoulli;
import org.bbans.codec.distribution.DistributionCodec;

/** Codes the samples of a channel of a piece: which batches of symbols they are, and by which distributions. */
abstract sealed class SampleCoder {

    final SampleDistribution distribution;
    final DistributionCodec codec;

    private SampleCoder(Workspace w) {
        distribution = SampleDistribution.of(w);
        codec = new DistributionCodec(distribution.distribution(), w.lanes());
    }

    /** The coder of a model's likelihood. */
    static SampleCoder of(Workspace w) {
        return w.spec().likelihood().match(c -> new Plain(w), h -> new Hurdle(w), m -> new Plain(w),
                b -> new Plain(w));
    }

    /** Notes the lanes that are not zero, {@code symbol[0 .. lanes)}, and returns their number. */
    static int select(int[] symbol, int lanes, int[] some) {
        int n = 0;
        for (int j = 0; j < lanes; j++) {
            some[n] = j;
            n += -symbol[j] >>> 31;
        }
        return n;
    }

    /**
     * Begins a group, forgetting the records before.
     *
     * @param x takes or has the levels, sample-major from {@code off}
     */
    void begin(int[] x, int off, int records) {
        distribution.begin();
    }

    /** Joins the distribution of levels with counts from now on, or no longer if they are null; a hurdle alone can. */
    void learn(ContextCounts counts) {
        if (counts != null) {
            throw new IllegalStateException("only levels of a hurdle are learnt");
        }
    }

    /** Appends the intervals of levels {@code level[lane]} to a tape; a symbol's owner is its record. */
    abstract void trace(Predictor predictor, Piece piece, int channel, int[] level, Tape tape);

    /** Pops levels into {@code level[lane]}. */
    abstract void pop(Predictor predictor, Piece piece, int channel, AnsStack stack, int[] level);

    /** One batch, of all lanes. */
    private static final class Plain extends SampleCoder {

        Plain(Workspace w) {
            super(w);
        }

        @Override
        void trace(Predictor predictor, Piece piece, int channel, int[] level, Tape tape) {
            predict(predictor, piece, channel);
            codec.trace(level, piece.used, piece.record, tape);
            distribution.known(channel, level, piece.record, piece.used);
        }

        @Override
        void pop(Predictor predictor, Piece piece, int channel, AnsStack stack, int[] level) {
            predict(predictor, piece, channel);
            codec.pop(stack, level, 0, piece.used);
            distribution.known(channel, level, piece.record, piece.used);
        }

        private void predict(Predictor predictor, Piece piece, int channel) {
            distribution.set(predictor.outputs(piece, channel), channel, predictor.reference(piece, channel),
                    piece.record, piece.used);
        }
    }

    /**
     * First which samples are zero, then the levels of those that are not. Only these lanes go through what follows the
     * marks, through the table and the search: where most samples are zero, these can be large at little cost.
     */
    private static final class Hurdle extends SampleCoder {

        private final Bernoulli mark;
        private final DistributionCodec markCodec;
        /** The lanes whose sample is not zero, and their records. */
        private final int[] some;
        private final int[] owner;
        /** One batch. */
        private final int[] symbol;
        /** Null unless levels are learnt while they are coded. */
        private LevelMixer mixer;

        Hurdle(Workspace w) {
            super(w);
            mark = Bernoulli.of(w.engine());
            markCodec = new DistributionCodec(mark, w.lanes());
            some = new int[w.lanes()];
            owner = new int[w.lanes()];
            symbol = new int[w.lanes()];
        }

        @Override
        void begin(int[] x, int off, int records) {
            super.begin(x, off, records);
            if (mixer != null) {
                mixer.begin(x, off, records);
            }
        }

        @Override
        void learn(ContextCounts counts) {
            mixer = counts == null ? null : new LevelMixer(distribution.distribution(), counts, some.length);
        }

        @Override
        void trace(Predictor predictor, Piece piece, int channel, int[] level, Tape tape) {
            mark.set(predictor.marks(piece), 0);
            for (int j = 0; j < piece.used; j++) {
                symbol[j] = Math.min(level[j], 1);
            }
            markCodec.trace(symbol, piece.used, piece.record, tape);
            final int n = select(level, piece.used, some);
            if (n > 0) {
                predictLevels(predictor, piece, n);
                for (int s = 0; s < n; s++) {
                    symbol[s] = level[some[s]];
                }
                if (mixer == null) {
                    codec.trace(symbol, n, owner, tape);
                } else {
                    mixer.trace(piece.pixel(0), owner, n, symbol, tape);
                }
            }
            distribution.known(channel, level, piece.record, piece.used);
        }

        @Override
        void pop(Predictor predictor, Piece piece, int channel, AnsStack stack, int[] level) {
            mark.set(predictor.marks(piece), 0);
            markCodec.pop(stack, level, 0, piece.used);
            final int n = select(level, piece.used, some);
            if (n > 0) {
                predictLevels(predictor, piece, n);
                if (mixer == null) {
                    codec.pop(stack, symbol, 0, n);
                } else {
                    mixer.pop(piece.pixel(0), owner, n, stack, symbol);
                }
                for (int s = 0; s < n; s++) {
                    level[some[s]] = symbol[s];
                }
            }
            distribution.known(channel, level, piece.record, piece.used);
        }

        private void predictLevels(Predictor predictor, Piece piece, int n) {
            for (int s = 0; s < n; s++) {
                owner[s] = piece.record[some[s]];
            }
            distribution.set(predictor.levels(piece, some, n), 0, null, owner, n);
        }
    }
}
