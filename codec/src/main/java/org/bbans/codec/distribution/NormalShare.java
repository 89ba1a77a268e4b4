package org.bbans.codec.distribution;

import org.bbans.codec.math.Exact;

/**
 * floor(SLOTS * phi(t)) of {@link GaussianBuckets}, almost always without the exponential and the division of {@link
 * Exact#phi}: a polynomial that lies within {@link #DOUBT} of SLOTS * phi(t) decides, unless an integer lies as near.
 */
final class NormalShare {

    /** Number of slots that are shared out by phi. */
    static final int SLOTS = (1 << Distribution.PRECISION) - 2 * GaussianBuckets.BUCKETS;
    /**
     * Coefficients of SLOTS * phi(t) = SLOTS / 2 + t P(t^2), constant term first: interpolated at the 30 Chebyshev
     * nodes on [-3.5, 3.5], with an error of 3.8e-5.
     */
    static final double[] P = {
        6689872.674651094, -1114978.7785499615, 167246.81343077394, -19910.3270057879, 1935.7164131249128,
        -158.36945830778205, 11.163495232824769, -0.6898739185111529, 0.0377605199195803, -0.0018287010158102891,
        7.680963998730504e-5, -2.6696008879612585e-6, 7.071915362908008e-8, -1.2418183276224221e-9,
        1.0631348983508472e-11,
    };
    /** Square of the greatest magnitude of t that the polynomial serves. */
    static final double REACH_SQUARED = 3.5 * 3.5;
    /** Bound of the polynomial's error. */
    static final double DOUBT = 0x1p-14;
    /** Added to a double below 2^52 it leaves that number, rounded to an integer, in the low bits. */
    static final double INTEGERS = 0x1p52;

    private NormalShare() {}

    /** floor(SLOTS * phi(t)). */
    static int of(double t) {
        final double estimate = estimate(t);
        final double nearest = estimate + INTEGERS - INTEGERS;
        final double past = estimate - nearest;
        if (t * t < REACH_SQUARED && Math.abs(past) > DOUBT) {
            return (int) estimate;
        }
        return exactly(t);
    }

    /** floor(SLOTS * phi(t)), by definition. */
    static int exactly(double t) {
        return (int) (SLOTS * Exact.phi(t));
    }

    /** The polynomial. */
    static double estimate(double t) {
        return Math.fma(Exact.horner(P, t * t), t, SLOTS / 2.0);
    }
}
