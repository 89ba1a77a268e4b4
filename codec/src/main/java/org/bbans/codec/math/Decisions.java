package org.bbans.codec.math;

/**
 * What coding in binary decisions takes beside {@link Exact}: log odds and the logistic function by tables, and hashes
 * of contexts. Equal on all machines.
 */
public final class Decisions {

    /** Magnitude to which log odds are clamped before {@link #probability}. */
    public static final float LOG_ODDS_MAX = 11.99f;

    private static final float LN2 = 0.6931472f;
    /** The logistic function at (i - 512) / 32, and its difference to the next i. */
    private static final float[] SIGMOID = new float[2048];
    /** log2 of 1 + (i + 1/2) / 1024. */
    private static final float[] LOG2 = new float[1024];
    /** ln(p / (1 - p)) for p = (i + 1/2) / 1024. */
    private static final float[] STRETCH = new float[1024];

    static {
        for (int i = 0; i < 1024; i++) {
            SIGMOID[2 * i] = Exact.sigmoid((i - 512) * 0.03125f);
            SIGMOID[2 * i + 1] = Exact.sigmoid((i - 511) * 0.03125f) - SIGMOID[2 * i];
        }
        for (int i = 0; i < LOG2.length; i++) {
            LOG2[i] = logarithm(1f + (i + 0.5f) * 0x1p-10f);
        }
        for (int i = 0; i < STRETCH.length; i++) {
            final float p = (i + 0.5f) * 0x1p-10f;
            STRETCH[i] = log2(p / (1f - p)) * LN2;
        }
    }

    private Decisions() {}

    /** log2 of a number from 1 to 2, by the series of atanh; for tables. */
    private static float logarithm(float m) {
        final double t = (m - 1.0) / (m + 1.0);
        final double u = t * t;
        double sum = 0;
        for (int i = 21; i >= 1; i -= 2) {
            sum = sum * u + 1.0 / i;
        }
        return (float) (2.0 * 1.4426950408889634 * t * sum);
    }

    /** A hash of two numbers. */
    public static int hash(int x, int y) {
        int h = x * 0x9E3779B1 ^ (y + 0x7F4A7C15) * 0x85EBCA6B;
        h ^= h >>> 15;
        h *= 0x2C1B3C6D;
        return h ^ h >>> 13;
    }

    /** log2 of a positive number, to some ten binary digits. */
    public static float log2(float x) {
        final int i = Float.floatToRawIntBits(x);
        return (i >> 23) - 127 + LOG2[i >> 13 & 1023];
    }

    /** ln(a / b) of positive numbers: the log odds of what has the weight a against what has the weight b. */
    public static float logOdds(float a, float b) {
        return (log2(a) - log2(b)) * LN2;
    }

    /** ln(p / (1 - p)) of the probability (i + 1/2) / 1024, i from 0 to 1023. */
    public static float stretch(int i) {
        return STRETCH[i];
    }

    /** The logistic function of (t - 512) / 32, linear between whole t. */
    public static float sigmoid(float t) {
        float v = t > 0f ? t : 0f;
        v = v < 1023.9f ? v : 1023.9f;
        final int i = (int) v;
        return Math.fma(v - i, SIGMOID[2 * i + 1], SIGMOID[2 * i]);
    }

    /** The probability with these log odds. */
    public static float probability(float logOdds) {
        return sigmoid(Math.fma(logOdds, 32f, 512f));
    }
}
