package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bbans.codec.math.Exact;
import org.junit.jupiter.api.Test;

class TruncatedGaussianTest {

    private final int[] x = new int[1];
    private final int[] start = new int[1];
    private final int[] freq = new int[1];

    @Test
    void binsFollowEachOtherAndHaveTheirShares() {
        final Random random = new Random(4);
        for (int round = 0; round < 100; round++) {
            final int bins = 1 + random.nextInt(1 << random.nextInt(1 + TruncatedGaussian.MAX_BITS));
            final float mean = bins * (1.5f * random.nextFloat() - 0.25f);
            final float sigma = bins * (float) Math.pow(16, random.nextDouble() * 2 - 1);
            final TruncatedGaussian d = new TruncatedGaussian();
            d.set(new float[] {mean}, new float[] {sigma}, new int[] {bins});
            final double below = Exact.phi((0 - (double) mean) / sigma);
            final double mass = Exact.phi((bins - (double) mean) / sigma) - below;
            int next = 0;
            for (int i = 0; i < bins; i++) {
                x[0] = i;
                d.intervals(x, 0, 1, start, freq);
                assertThat(start[0]).isEqualTo(next);
                assertThat(freq[0]).isPositive();
                final double share =
                        (Exact.phi((i + 1 - (double) mean) / sigma) - Exact.phi((i - (double) mean) / sigma))
                                / mass;
                assertThat((double) freq[0]).isEqualTo(2 + share * ((1 << 24) - 2 * bins), within(2.0));
                next += freq[0];
            }
            assertThat(next).isEqualTo(1 << 24);
            for (int slot : new int[] {0, 1, random.nextInt(1 << 24), (1 << 24) - 1}) {
                d.search(new int[] {slot}, 0, 1, x, start, freq);
                assertThat(slot).isBetween(start[0], start[0] + freq[0] - 1);
                final int[] again = new int[1];
                d.intervals(x, 0, 1, again, freq);
                assertThat(again[0]).isEqualTo(start[0]);
            }
        }
    }
}
