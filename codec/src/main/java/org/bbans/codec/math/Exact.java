package org.bbans.codec.math;

/**
 * Elementary functions that give the same bits on every machine: fixed sequences of {@code + - * / fma} on IEEE
 * binary32 or binary64 values. The constants and the order of operations belong to the format; the format document
 * lists them.
 *
 * <p>{@code Math.exp} and {@code StrictMath.exp} do not serve: the first differs between machines, the second has no
 * vector twin. Constants are public for the vector engines' sake.
 *
 * <p>Every function clamps its argument to a stated range first, written as {@code x > low ? x : low}, so that NaN
 * acts as the low end and no finite or infinite argument yields NaN or infinity.
 */
public final class Exact {

    /** Adding and subtracting it rounds a float of magnitude below 2^22 to the nearest integer, ties to even. */
    public static final float ROUND = 0x1.8p23f;
    /** Least argument of the float {@link #exp(float)}. */
    public static final float EXP_MIN = -87f;
    /** Greatest argument of the float {@link #exp(float)}. */
    static final float EXP_MAX = 88f;
    /** log2(e). */
    public static final float LOG2_E = 0x1.715476p0f;
    /** High part of ln 2: ten bits, so that its multiples up to 2^13 are exact. */
    public static final float LN2_HI = 0x1.63p-1f;
    /** ln 2 - {@link #LN2_HI}. */
    public static final float LN2_LO = -0x1.bd0106p-13f;
    /**
     * Coefficients of r^2 to r^7 in exp(r) = 1 + r + r^2 (E2 + E3 r + ... + E7 r^5), for r up to ln(2) / 2 in
     * magnitude.
     */
    public static final float E2 = 5.0000001201e-1f;
    /** Coefficient of r^3. */
    public static final float E3 = 1.6666665459e-1f;
    /** Coefficient of r^4. */
    public static final float E4 = 4.1665795894e-2f;
    /** Coefficient of r^5. */
    public static final float E5 = 8.3334519073e-3f;
    /** Coefficient of r^6. */
    public static final float E6 = 1.3981999507e-3f;
    /** Coefficient of r^7. */
    public static final float E7 = 1.9875691500e-4f;

    /** Greatest magnitude of the argument of {@link #exp2}. */
    static final float EXP2_MAX = 120f;
    /** Coefficients of 2^g = 1 + g (G1 + G2 g + ... + G5 g^4) for g from 0 to 1; all positive, hence monotone. */
    public static final float G1 = 0.6931515f;
    /** Coefficient of g^2. */
    public static final float G2 = 0.24016444f;
    /** Coefficient of g^3. */
    public static final float G3 = 0.05579991f;
    /** Coefficient of g^4. */
    public static final float G4 = 0.009017031f;
    /** Coefficient of g^5. */
    public static final float G5 = 0.00186713f;

    /** Adding and subtracting it rounds a double of magnitude below 2^51 to the nearest integer, ties to even. */
    static final double ROUND_DOUBLE = 0x1.8p52;
    /** Least argument of the double {@link #exp(double)}. */
    static final double EXP_DOUBLE_MIN = -708.0;
    /** Greatest argument of the double {@link #exp(double)}. */
    static final double EXP_DOUBLE_MAX = 709.0;
    /** log2(e). */
    static final double LOG2_E_DOUBLE = 0x1.71547652b82fep0;
    /** High part of ln 2: 33 bits, so that its multiples up to 2^20 are exact. */
    static final double LN2_HI_DOUBLE = 0x1.62e42feep-1;
    /** ln 2 - {@link #LN2_HI_DOUBLE}. */
    static final double LN2_LO_DOUBLE = 0x1.a39ef35793c76p-33;

    /** Greatest magnitude of the argument of {@link #phi}. */
    static final double PHI_MAX = 8.0;

    static final double[] RECIPROCAL_FACTORIAL = {
        1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
        1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0,
    };
    static final double[] PHI_NUMERATOR = {
        0.5, 0.5462972218002011, 0.29568945645527356, 0.09611773130181976, 0.019549091959615638, 0.0023562264035288673,
        1.3296748174854283e-4,
    };
    static final double[] PHI_DENOMINATOR = {
        1.0, 1.8904790044173292, 1.5997629227348702, 0.7893836205341541, 0.24684838241755713, 0.04933500277825371,
        0.005906204968754661, 3.3329969777839665e-4,
    };

    private Exact() {}

    /**
     * e^x for x clamped to [{@link #EXP_MIN}, {@link #EXP_MAX}]; relative error below 2e-7.
     *
     * <p>Range reduction after Cody and Waite, polynomial of the Cephes library's {@code expf}.
     */
    public static float exp(float x) {
        float v = x > EXP_MIN ? x : EXP_MIN;
        v = v < EXP_MAX ? v : EXP_MAX;
        final float t = Math.fma(v, LOG2_E, ROUND);
        final float n = t - ROUND;
        float r = Math.fma(n, -LN2_HI, v);
        r = Math.fma(n, -LN2_LO, r);
        float p = Math.fma(E7, r, E6);
        p = Math.fma(p, r, E5);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r * r, r) + 1f;
        // The low bits of t hold the integer n; those of ROUND above them are shifted out.
        return p * Float.intBitsToFloat((Float.floatToRawIntBits(t) + 127) << 23);
    }

    /** 1 / (1 + e^-x), as {@code 1 / (1 + exp(-x))} with {@link #exp(float)}. */
    public static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /**
     * 2^t for t clamped to +-{@link #EXP2_MAX}; relative error below 3e-7, and never decreasing in t.
     *
     * <p>Monotone by construction: t = n + g exactly with g from 0 to 1, every coefficient is positive, so each
     * rounded Horner step is monotone in g, and the result is kept below 2^(n+1).
     */
    public static float exp2(float t) {
        float v = t > -EXP2_MAX ? t : -EXP2_MAX;
        v = v < EXP2_MAX ? v : EXP2_MAX;
        final float m = (v - 0.5f) + ROUND;
        final float g = v - (m - ROUND);
        float p = Math.fma(G5, g, G4);
        p = Math.fma(p, g, G3);
        p = Math.fma(p, g, G2);
        p = Math.fma(p, g, G1);
        p = Math.fma(p, g, 1f);
        p = p < 2f ? p : 2f;
        return p * Float.intBitsToFloat((Float.floatToRawIntBits(m) + 127) << 23);
    }

    /** e^x for x clamped to [{@link #EXP_DOUBLE_MIN}, {@link #EXP_DOUBLE_MAX}]; relative error below 4e-16. */
    public static double exp(double x) {
        double v = x > EXP_DOUBLE_MIN ? x : EXP_DOUBLE_MIN;
        v = v < EXP_DOUBLE_MAX ? v : EXP_DOUBLE_MAX;
        final double t = Math.fma(v, LOG2_E_DOUBLE, ROUND_DOUBLE);
        final double n = t - ROUND_DOUBLE;
        double r = Math.fma(n, -LN2_HI_DOUBLE, v);
        r = Math.fma(n, -LN2_LO_DOUBLE, r);
        final double p = horner(RECIPROCAL_FACTORIAL, r);
        return p * Double.longBitsToDouble((Double.doubleToRawLongBits(t) + 1023) << 52);
    }

    /**
     * The cumulative distribution function of N(0, 1); relative error of the smaller tail below 3e-13.
     *
     * <p>The tail beyond |x| is exp(-x^2/2) P(|x|) / Q(|x|), with a rational minimax approximation on [0, 8] whose
     * coefficients are all positive; |x| is clamped to {@link #PHI_MAX}, NaN acts as {@code -PHI_MAX}.
     */
    public static double phi(double x) {
        double a = Math.abs(x);
        a = a < PHI_MAX ? a : PHI_MAX;
        final double tail = exp(-0.5 * a * a) * (horner(PHI_NUMERATOR, a) / horner(PHI_DENOMINATOR, a));
        return x > 0 ? 1.0 - tail : tail;
    }

    /** The polynomial with coefficients {@code c}, constant term first, by Horner's rule with fma. */
    public static double horner(double[] c, double x) {
        double p = c[c.length - 1];
        for (int i = c.length - 2; i >= 0; i--) {
            p = Math.fma(p, x, c[i]);
        }
        return p;
    }
}
