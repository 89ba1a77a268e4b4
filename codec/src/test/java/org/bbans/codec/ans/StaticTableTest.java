package org.bbans.codec.ans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A static table does what its intervals do. */
class StaticTableTest {

    private static final int P = StaticTable.PRECISION;
    private static final int SLOTS = 1 << P;
    private static final long LOWEST = 1L << 31;

    /** Every frequency, with heads around multiples of it: where a reciprocal's quotient is off first. */
    @Test
    void quotientsAreExact() {
        final Random random = new Random(1);
        final int[] symbols = new int[8];
        final int[] start = new int[8];
        final int[] freq = new int[8];
        for (int f = 1; f < SLOTS; f++) {
            final StaticTable table = new StaticTable(new int[] {SLOTS - f, f});
            final long[] heads = new long[8];
            final long most = Math.min(Long.MAX_VALUE / f, 1L << 63 - P);
            for (int i = 0; i < 8; i++) {
                symbols[i] = 1;
                start[i] = SLOTS - f;
                freq[i] = f;
                final long multiple = i < 3 ? most - i : 1 + (random.nextLong() >>> 1) % most;
                heads[i] = Math.max(LOWEST, multiple * f - i % 2);
            }
            final AnsStack expected = stack(heads);
            final AnsStack actual = stack(heads);
            final byte[] before = actual.toBytes();
            expected.push(start, freq, 0, 8, P);
            actual.push(table, symbols, 0, 8);
            assertThat(actual.toBytes()).as("frequency %d", f).isEqualTo(expected.toBytes());
            actual.pop(table, new int[8], 0, 8);
            assertThat(actual.toBytes()).as("frequency %d", f).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 32})
    void batchesEqualTheirIntervals(int heads) {
        final Random random = new Random(heads);
        for (int round = 0; round < 200; round++) {
            final int[] freqs = frequencies(random, 2 + random.nextInt(StaticTable.MAX_SYMBOLS - 1));
            final int[] starts = new int[freqs.length];
            for (int s = 1; s < freqs.length; s++) {
                starts[s] = starts[s - 1] + freqs[s - 1];
            }
            final StaticTable table = new StaticTable(freqs);
            final int off = random.nextInt(3);
            final int n = random.nextInt(20 * heads + 2);
            final int[] x = new int[off + n];
            final int[] start = new int[off + n];
            final int[] freq = new int[off + n];
            for (int j = 0; j < off + n; j++) {
                do {
                    x[j] = random.nextInt(freqs.length);
                } while (freqs[x[j]] == 0);
                start[j] = starts[x[j]];
                freq[j] = freqs[x[j]];
            }
            final AnsStack expected = new AnsStack(heads);
            expected.push(start, freq, off, n, P);
            final AnsStack actual = new AnsStack(heads);
            actual.push(table, x, off, n);
            assertThat(actual.toBytes()).as("round %d, n %d", round, n).isEqualTo(expected.toBytes());
            final int[] y = new int[off + n];
            System.arraycopy(x, 0, y, 0, off);
            actual.pop(table, y, off, n);
            assertThat(y).as("round %d, n %d", round, n).isEqualTo(x);
            assertThat(actual.isInitial()).isTrue();
        }
    }

    @Test
    void underflowIsReported() {
        final StaticTable table = new StaticTable(new int[] {1, SLOTS - 1});
        for (int heads = 1; heads <= AnsStack.MAX_HEADS; heads *= 2) {
            final AnsStack stack = new AnsStack(heads);
            final int[] x = new int[1 << 20];
            assertThatThrownBy(() -> stack.pop(table, x, 0, x.length)).isInstanceOf(StackUnderflowException.class);
        }
    }

    @Test
    void frequenciesThatAreNoDistributionAreRefused() {
        for (int[] freq : new int[][] {{}, {SLOTS}, {SLOTS, 0}, {SLOTS - 1}, {SLOTS - 1, 2}, {-1, SLOTS - 1, 2},
            {Integer.MAX_VALUE, 1}, new int[StaticTable.MAX_SYMBOLS + 1]}) {
            assertThatThrownBy(() -> new StaticTable(freq)).isInstanceOf(IllegalArgumentException.class);
        }
        final AnsStack stack = new AnsStack(8);
        final StaticTable table = new StaticTable(new int[] {1, SLOTS - 1});
        assertThatThrownBy(() -> stack.push(table, new int[3], 1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> stack.pop(table, new int[3], 1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** Two to 256 frequencies, some of them 0, that add up to all slots. */
    private static int[] frequencies(Random random, int symbols) {
        final int[] freq = new int[symbols];
        freq[0] = 1;
        freq[symbols - 1] = 1;
        final int bound = 1 + random.nextInt(symbols);
        for (int left = SLOTS - 2; left > 0; left--) {
            freq[random.nextInt(bound)]++;
        }
        return freq;
    }

    private static AnsStack stack(long[] heads) {
        final ByteBuffer b = ByteBuffer.allocate(8 * heads.length + 64).order(ByteOrder.LITTLE_ENDIAN);
        b.asLongBuffer().put(heads);
        return AnsStack.fromBytes(b.array(), 0, b.capacity(), heads.length);
    }
}
