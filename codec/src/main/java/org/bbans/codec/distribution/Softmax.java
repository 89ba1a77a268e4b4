package org.bbans.codec.distribution;

/**
 * The integer softmax that {@link Categorical} and {@link Bernoulli} share. Float logits become integers t in units of
 * ln(2) / 2^15; a symbol's weight is 2^-((max t - t) / 2^15) in units of 2^-21, by a cubic and a shift; below
 * 2^-21 it is 0. From there on everything is integer arithmetic.
 */
final class Softmax {

    /** 2^15 / ln 2. */
    static final float SCALE = 0x1.715476p15f;
    /** Greatest magnitude of t, so that a difference fits an int: logits of about 11,000. */
    static final int LIMIT = 1 << 29;
    /** Number of bits of t below the binary point. */
    static final int FRACTION = 15;
    /** Binary logarithm of the greatest weight. With up to 256 levels the total is at most 2^29. */
    static final int WEIGHT_BITS = 21;
    /** 1 - 2^-f = f (A - f (B - f C)) with relative error below 1.2e-4 in 2^-f; in units of 2^-16. */
    static final int A = 45324;
    /** See {@link #A}. */
    static final int B = 15149;
    /** See {@link #A}. */
    static final int C = 2596;

    private Softmax() {}

    /** A logit as an integer: truncated toward zero, NaN is 0. */
    static int quantize(float logit) {
        return Math.max(-LIMIT, Math.min(LIMIT, (int) (logit * SCALE)));
    }

    /** The weight of a logit that lies {@code d >= 0} below the greatest. */
    static int weight(int d) {
        return mantissa(d) >> Math.min(d >> FRACTION, 31);
    }

    /** 2^-f for the fractional part f of {@code d}, in units of 2^-21. */
    static int mantissa(int d) {
        final int f = d & (1 << FRACTION) - 1;
        final int g = A - ((B - (C * f >> FRACTION)) * f >> FRACTION);
        return (1 << WEIGHT_BITS) - (g * f >> 10);
    }

    /**
     * floor(cumulative * slots / total), exact: {@code cumulative <= total <= 2^29}, {@code slots < 2^24}.
     *
     * <p>The product is below 2^53 and so exact in binary64. A quotient that is no integer lies at least 2^-29 below
     * the next integer, and is below 2^24, where rounding moves it by at most 2^-30.
     */
    static int scale(int cumulative, int slots, int total) {
        return (int) ((double) ((long) cumulative * slots) / total);
    }
}
