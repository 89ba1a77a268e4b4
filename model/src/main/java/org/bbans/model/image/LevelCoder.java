package org.bbans.model.image;

import org.bbans.codec.math.Decisions;

/** Codes samples in binary decisions, whose probabilities a mixture of logistics gives. */
abstract sealed class LevelCoder permits DecisionCoder, SearchCoder {

    private static final float LEAST = 0x1p-22f;

    final int levels;

    private final BitStack stack;
    private final boolean decoding;
    private final int components;

    /** The mixture of the sample being coded. */
    private float[] weight;
    private float[] slope;
    private float[] offset;
    private int at;
    private float center;

    LevelCoder(BitStack stack, boolean decoding, int levels, ImageShape shape) {
        this.stack = stack;
        this.decoding = decoding;
        this.levels = levels;
        components = shape.logistics();
    }

    /** Takes the mixture in row {@code row} of a head for the sample that follows. */
    final void take(HeadLearner head, int row) {
        weight = head.weight;
        slope = head.slope;
        offset = head.offset;
        at = row * components;
        center = head.prediction[row] + 0.5f;
    }

    /** The mixture's distribution function between {@code cut - 1} and {@code cut}. */
    final float below(int cut) {
        final float t = cut - center;
        final float[] w = weight;
        final float[] s = slope;
        final float[] o = offset;
        final int end = at + components;
        float even = 0f;
        float odd = 0f;
        for (int k = at; k < end; k += 2) {
            even = Math.fma(w[k], Decisions.sigmoid(Math.fma(t, s[k], o[k])), even);
            odd = Math.fma(w[k + 1], Decisions.sigmoid(Math.fma(t, s[k + 1], o[k + 1])), odd);
        }
        return even + odd;
    }

    /** What lies between two values of the distribution function, and never nothing. */
    static float mass(float from, float to) {
        final float m = to - from;
        return (m > 0f ? m : 0f) + LEAST;
    }

    /** A probability as {@link BitStack} takes it. */
    static int rounded(float p) {
        final int probability = (int) (p * 65536f);
        return probability < 1 ? 1 : Math.min(probability, 65535);
    }

    /** Codes a decision that is 1 with a probability; {@code wanted} is ignored by a decoder. */
    final int put(float p, int wanted) {
        final int probability = rounded(p);
        if (decoding) {
            return stack.read(probability);
        }
        stack.write(wanted, probability);
        return wanted;
    }
}
