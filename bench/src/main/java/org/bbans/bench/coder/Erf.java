package org.bbans.bench.coder;

/**
 * The complementary error function as the handbook gives it, on {@link StrictMath}: accurate to double precision into
 * the tail, without tables of constants. What one writes in Java, whose library has none.
 */
final class Erf {

    private static final double SWITCH = 2.5;
    /** From here on erfc is below the least double. */
    private static final double UNDERFLOW = 27.3;
    private static final int FRACTION_TERMS = 40;

    private Erf() {}

    /** The distribution function of N(0, 1). */
    static double phi(double t) {
        return 0.5 * erfc(-t / StrictMath.sqrt(2));
    }

    static double erfc(double x) {
        final double a = Math.abs(x);
        if (a >= UNDERFLOW) {
            return x > 0 ? 0 : 2;
        }
        final double e = StrictMath.exp(-a * a) / StrictMath.sqrt(Math.PI);
        final double tail = a < SWITCH ? 1 - 2 * e * series(a) : e * fraction(a);
        return x > 0 ? tail : 2 - tail;
    }

    /** Abramowitz and Stegun, 7.1.6: the sum of 2^n x^(2n+1) / (1 * 3 * ... (2n+1)). */
    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return sum;
    }

    /** Abramowitz and Stegun, 7.1.14: 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))). */
    private static double fraction(double x) {
        double f = x;
        for (int n = FRACTION_TERMS; n > 0; n--) {
            f = x + 0.5 * n / f;
        }
        return 1 / f;
    }
}
