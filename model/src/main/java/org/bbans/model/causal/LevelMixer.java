package org.bbans.model.causal;

import java.util.Arrays;
import org.bbans.codec.Tape;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Coins;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.math.Decisions;

/**
 * Codes levels in binary decisions, the highest bit first. An online logistic mixer joins the probability that a
 * distribution gives a bit with the counts of {@link ContextCounts}. The mixer begins anew with every group, for what
 * it learns depends on latents.
 */
final class LevelMixer {

    private static final int CONTEXTS = ContextCounts.CONTEXTS;
    private static final int INPUTS = 1 + CONTEXTS;
    /** Classes of how sure the distribution is, by which weights are chosen. */
    private static final int STRENGTHS = 4;
    private static final int SLOTS = 1 << Distribution.PRECISION;
    private static final float RATE = 0.003f;
    private static final float MODEL_WEIGHT = 0.9f;
    /** The weight that a count begins with, by depth: lower bits depend more on the neighbours' exact values. */
    private static final float[] COUNT_WEIGHT = {0f, 0f, 0.02f, 0.05f, 0.05f, 0.08f, 0.12f, 0.12f};

    private final Distribution distribution;
    private final ContextCounts counts;
    private final DistributionCodec coins;
    private final int[] one;
    private final int[] bit;
    /** 1 and the bits so far, in binary. */
    private final int[] node;
    private final int[] middle;
    /** The slots below the levels that the bits so far leave, below those whose next bit is 1, and below the rest. */
    private final int[] low;
    private final int[] cut;
    private final int[] high;
    private final int[] unused;
    private final float[] probability;
    private final int[] set;
    private final float[] input;
    private final float[] weights = new float[ContextCounts.BITS * STRENGTHS * INPUTS];

    /**
     * A mixer.
     *
     * @param distribution of 256 levels
     * @param lanes greatest number of symbols at once
     */
    LevelMixer(Distribution distribution, ContextCounts counts, int lanes) {
        this.distribution = distribution;
        this.counts = counts;
        one = new int[lanes];
        coins = new DistributionCodec(new Coins(one), lanes);
        bit = new int[lanes];
        node = new int[lanes];
        middle = new int[lanes];
        low = new int[lanes];
        cut = new int[lanes];
        high = new int[lanes];
        unused = new int[lanes];
        probability = new float[lanes];
        set = new int[lanes];
        input = new float[lanes * INPUTS];
    }

    /** Begins a group whose levels become known in {@code x}, sample-major from {@code off}. */
    void begin(int[] x, int off, int records) {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % INPUTS == 0 ? MODEL_WEIGHT : COUNT_WEIGHT[i / INPUTS / STRENGTHS];
        }
        counts.begin(x, off, records);
    }

    /**
     * Appends the intervals of the bits of {@code level[0 .. n)} to a tape.
     *
     * @param pixel their pixel, counted in raster order
     * @param some their records
     */
    void trace(int pixel, int[] some, int n, int[] level, Tape tape) {
        start(pixel, some, n);
        for (int depth = 0; depth < ContextCounts.BITS; depth++) {
            predict(depth, n);
            for (int s = 0; s < n; s++) {
                bit[s] = level[s] >> ContextCounts.BITS - 1 - depth & 1;
            }
            coins.trace(bit, n, some, tape);
            learn(depth, n);
        }
    }

    /** Pops the levels of records {@code some[0 .. n)} at a pixel into {@code level[0 .. n)}. */
    void pop(int pixel, int[] some, int n, AnsStack stack, int[] level) {
        start(pixel, some, n);
        for (int depth = 0; depth < ContextCounts.BITS; depth++) {
            predict(depth, n);
            coins.pop(stack, bit, 0, n);
            learn(depth, n);
        }
        for (int s = 0; s < n; s++) {
            level[s] = node[s] - (1 << ContextCounts.BITS);
        }
    }

    private void start(int pixel, int[] some, int n) {
        counts.pixel(pixel, some, n);
        Arrays.fill(node, 0, n, 1);
        Arrays.fill(low, 0, n, 0);
        Arrays.fill(high, 0, n, SLOTS);
    }

    /** Sets the probabilities of the next bits. */
    private void predict(int depth, int n) {
        final int half = 1 << ContextCounts.BITS - 1 - depth;
        for (int s = 0; s < n; s++) {
            middle[s] = (2 * node[s] + 1) * half - (1 << ContextCounts.BITS);
        }
        distribution.intervals(middle, 0, n, cut, unused);
        if (depth < ContextCounts.PLAIN_BITS) {
            for (int s = 0; s < n; s++) {
                one[s] = slots((int) (((long) (high[s] - cut[s]) << Distribution.PRECISION) / (high[s] - low[s])));
            }
            return;
        }
        counts.read(depth, node, n);
        for (int s = 0; s < n; s++) {
            final float model = Decisions.logOdds(high[s] - cut[s], cut[s] - low[s]);
            final int strength = Math.min(STRENGTHS - 1, (int) Math.abs(model) >> 1);
            final int from = s * INPUTS;
            set[s] = (depth * STRENGTHS + strength) * INPUTS;
            input[from] = model;
            float dot = weights[set[s]] * model;
            for (int i = 0; i < CONTEXTS; i++) {
                final float x = ContextCounts.logOdds(counts.counts[s * CONTEXTS + i]);
                input[from + 1 + i] = x;
                dot = Math.fma(weights[set[s] + 1 + i], x, dot);
            }
            dot = dot > -Decisions.LOG_ODDS_MAX ? dot : -Decisions.LOG_ODDS_MAX;
            dot = dot < Decisions.LOG_ODDS_MAX ? dot : Decisions.LOG_ODDS_MAX;
            probability[s] = Decisions.probability(dot);
            one[s] = slots((int) (probability[s] * SLOTS));
        }
    }

    private static int slots(int wanted) {
        return Math.max(1, Math.min(SLOTS - 1, wanted));
    }

    /** Takes the bits that turned out. */
    private void learn(int depth, int n) {
        for (int s = 0; s < n; s++) {
            node[s] = 2 * node[s] + bit[s];
            if (bit[s] != 0) {
                low[s] = cut[s];
            } else {
                high[s] = cut[s];
            }
        }
        if (depth < ContextCounts.PLAIN_BITS) {
            return;
        }
        for (int s = 0; s < n; s++) {
            final float step = (bit[s] - probability[s]) * RATE;
            for (int i = 0; i < INPUTS; i++) {
                weights[set[s] + i] = Math.fma(step, input[s * INPUTS + i], weights[set[s] + i]);
            }
        }
        counts.update(depth, node, n);
    }
}
