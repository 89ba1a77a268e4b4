package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.bbans.codec.math.Exact;
import org.junit.jupiter.api.Test;

class NormalShareTest {

    private static final double REACH = Math.sqrt(NormalShare.REACH_SQUARED);

    /** Smooth as both sides are, a fine grid finds the greatest error; a quarter of the bound is left for rounding. */
    @Test
    void polynomialLiesWithinTheDoubt() {
        double worst = 0;
        for (int i = 0; i <= 1 << 20; i++) {
            final double t = REACH * (i / (double) (1 << 19) - 1);
            worst = Math.max(worst, Math.abs(NormalShare.estimate(t) - NormalShare.SLOTS * Exact.phi(t)));
        }
        assertThat(worst).isBetween(1e-5, 0.75 * NormalShare.DOUBT);
    }

    @Test
    void givesWhatIsDefined() {
        final Random random = new Random(1);
        for (int i = 0; i < 1_000_000; i++) {
            check(3 * random.nextGaussian());
        }
        for (double t : new double[] {Double.NEGATIVE_INFINITY, -1e300, -8, -REACH, -0.0, 0, 1e-300, REACH, 8, 1e300,
            Double.POSITIVE_INFINITY, Double.NaN}) {
            check(t);
            check(Math.nextUp(t));
            check(Math.nextDown(t));
        }
    }

    /** Where SLOTS * phi(t) reaches an integer: the double at which it does, and its neighbours. */
    @Test
    void integersAreNotMissed() {
        final Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            final int share = random.nextInt(NormalShare.SLOTS - 2) + 1;
            double low = -8;
            double high = 8;
            for (double middle = 0; low < middle && middle < high; middle = (low + high) / 2) {
                if (NormalShare.exactly(middle) < share) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            for (double t = low - 4 * Math.ulp(low); t <= high + 4 * Math.ulp(high); t = Math.nextUp(t)) {
                check(t);
            }
        }
    }

    private static void check(double t) {
        final int share = NormalShare.of(t);
        if (share != NormalShare.exactly(t)) {
            assertThat(share).as("floor(SLOTS * phi(%s))", t).isEqualTo(NormalShare.exactly(t));
        }
    }
}
