package org.bbans.codec.content.number;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DistinctValuesTest {

    /** Numbers that people have, among them those whose product with a constant is small. */
    @Test
    void asManyAsThereMayBeAreFound() {
        Random random = new Random(1);
        long inverse = 1;
        for (int i = 0; i < 6; i++) {
            inverse *= 2 - 0x9E3779B97F4A7C15L * inverse;
        }
        for (long factor : new long[] {1, 1 << 16, 1L << 48, inverse, random.nextLong() | 1}) {
            long[] values = LongStream.range(0, DistinctValues.MOST).map(k -> k * factor).toArray();
            DistinctValues set = DistinctValues.of(values);
            assertThat(set).isNotNull();
            assertThat(set.all()).isEqualTo(values);
            assertThat(set.rank(values[4_711])).isEqualTo(4_711);
            assertThat(set.add(random.nextLong())).isFalse();
        }
    }

    @Test
    void valuesThatWereChosenToMeetAreGivenUp() {
        long[] values = LongStream.range(0, Long.MAX_VALUE).filter(k -> DistinctValues.mix(k) >>> 52 == 0).limit(1_000)
                .toArray();
        DistinctValues set = new DistinctValues();
        assertThat(LongStream.of(values).takeWhile(set::add).count()).isBetween(200L, 400L);
        assertThat(DistinctValues.of(values)).isNull();
    }
}
