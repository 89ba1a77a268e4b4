package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RescalingTest {

    /** Every slot is found, symbols follow each other without gaps, shares are those of the lengths. */
    @Test
    void slotsAreDividedAsTheBinIs() {
        final Random random = new Random(2);
        for (int round = 0; round < 300; round++) {
            final int[] index = {random.nextInt(2001) - 1000};
            final int[] width = {1 + random.nextInt(1 << random.nextInt(16))};
            final int[] other = {1 + random.nextInt(1 << random.nextInt(16))};
            final Rescaling d = new Rescaling();
            d.set(index, width, other);
            final int[] x = new int[1];
            final int[] start = new int[1];
            final int[] freq = new int[1];
            int slot = 0;
            int symbol = 0;
            while (slot < 1 << 24) {
                d.search(new int[] {slot}, 0, 1, x, start, freq);
                assertThat(x[0]).isEqualTo(symbol);
                assertThat(start[0]).isEqualTo(slot);
                assertThat(freq[0]).isPositive();
                final long low = (Rescaling.first(index[0], width[0], other[0]) + symbol) * other[0];
                final long common = Math.min((long) (index[0] + 1) * width[0], low + other[0])
                        - Math.max((long) index[0] * width[0], low);
                assertThat(freq[0] / (double) (1 << 24)).isEqualTo((double) common / width[0], within(1.2e-7));
                d.search(new int[] {slot + freq[0] - 1}, 0, 1, x, start, freq);
                assertThat(x[0]).isEqualTo(symbol);
                d.intervals(x, 0, 1, start, freq);
                assertThat(start[0]).isEqualTo(slot);
                slot += freq[0];
                symbol++;
            }
            assertThat(slot).isEqualTo(1 << 24);
        }
    }

    /** What q(z | x) and p(x | z) have in common cancels: their ratio is how much wider the grid becomes. */
    @Test
    void ratioOfBothDirectionsIsTheScale() {
        final Random random = new Random(3);
        final int[] freq = new int[1];
        final int[] other = new int[1];
        for (int round = 0; round < 1000; round++) {
            final int[] x = {random.nextInt(200_001) - 100_000};
            final int[] scaled = {500 + random.nextInt(30_000)};
            final int[] unit = {4096};
            final Rescaling d = new Rescaling();
            d.set(x, scaled, unit);
            final int[] symbol = new int[1];
            d.search(new int[] {random.nextInt(1 << 24)}, 0, 1, symbol, new int[1], freq);
            final int[] z = {(int) (Rescaling.first(x[0], scaled[0], 4096) + symbol[0])};
            d.set(z, unit, scaled);
            final int[] back = {(int) (x[0] - Rescaling.first(z[0], 4096, scaled[0]))};
            d.intervals(back, 0, 1, new int[1], other);
            assertThat((double) other[0] / freq[0]).isEqualTo(scaled[0] / 4096.0, within(0.01));
        }
    }
}
