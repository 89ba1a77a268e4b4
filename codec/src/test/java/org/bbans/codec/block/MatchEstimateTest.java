package org.bbans.codec.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MatchEstimateTest {

    private static final int SIZE = 500;
    private static final int RECORDS = 400;

    private static byte[] random(int length, int levels) {
        Random random = new Random(levels);
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) random.nextInt(levels);
        }
        return data;
    }

    /** Runs of one to eight equal bytes. */
    private static byte[] runs(int length) {
        Random random = new Random(3);
        byte[] data = new byte[length];
        for (int i = 0; i < length;) {
            int end = Math.min(length, i + 1 + random.nextInt(8));
            Arrays.fill(data, i, end, (byte) random.nextInt(4));
            i = end;
        }
        return data;
    }

    @Test
    void isWithinTwiceWhatLzma2Reaches() throws Exception {
        for (byte[] data : List.of(random(SIZE * RECORDS, 256), random(SIZE * RECORDS, 20), runs(SIZE * RECORDS))) {
            assertThat((double) MatchEstimate.bytes(data, SIZE)).isBetween(0.95 * OpaqueBlock.lzma2(data).length,
                    2.0 * OpaqueBlock.lzma2(data).length);
        }
    }

    @Test
    void recordsThatRepeatCountOnce() {
        byte[] once = random(SIZE * RECORDS, 256);
        byte[] thrice = Arrays.copyOf(once, 3 * once.length);
        System.arraycopy(once, 0, thrice, once.length, once.length);
        System.arraycopy(once, 0, thrice, 2 * once.length, once.length);
        assertThat(MatchEstimate.bytes(thrice, SIZE)).isEqualTo(MatchEstimate.bytes(once, SIZE));
    }

    /** The same on every machine, for the choice between model and LZMA2 hangs on it. */
    @Test
    void isPinned() {
        assertThat(new long[] {MatchEstimate.bytes(random(SIZE * RECORDS, 20), SIZE),
            MatchEstimate.bytes(runs(SIZE * RECORDS), SIZE)}).containsExactly(119669, 52185);
    }
}
