package org.bbans.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.bbans.codec.ans.AnsStack;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against pushing every batch by itself, the last one first. */
class TapeTest {

    private static final int OWNERS = 5;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 32})
    void batchesArePushedBackwards(int heads) {
        final Random random = new Random(heads);
        final Tape tape = Tape.withOwners();
        for (int trial = 0; trial < 200; trial++) {
            tape.clear();
            final int batches = random.nextInt(trial < 2 ? 1 << 12 : 12);
            final int[][][] batch = new int[batches][][];
            final double[] bits = new double[OWNERS];
            double sum = 0;
            int size = 0;
            for (int b = 0; b < batches; b++) {
                // Often whole turns of the heads, sometimes nothing.
                final int n = random.nextBoolean() ? heads * random.nextInt(4) : random.nextInt(40);
                final int[] freq = random.ints(n, 1, 1 << random.nextInt(24) + 1).toArray();
                final int[] start = Arrays.stream(freq).map(f -> random.nextInt((1 << 24) - f + 1)).toArray();
                final int[] owner = random.ints(n, 0, OWNERS).toArray();
                tape.add(Arrays.copyOf(start, n + 3), Arrays.copyOf(freq, n + 3), Arrays.copyOf(owner, n + 3), n);
                batch[b] = new int[][] {start, freq};
                final int from = size;
                assertThat(IntStream.range(0, n).map(i -> tape.start(from + i)).toArray()).isEqualTo(start);
                assertThat(IntStream.range(0, n).map(i -> tape.freq(from + i)).toArray()).isEqualTo(freq);
                assertThat(IntStream.range(0, n).map(i -> tape.owner(from + i)).toArray()).isEqualTo(owner);
                for (int i = 0; i < n; i++, size++) {
                    bits[owner[i]] += 24 - Math.log(freq[i]) / Math.log(2);
                    sum += 24 - Math.log(freq[i]) / Math.log(2);
                }
            }
            final AnsStack expected = new AnsStack(heads);
            for (int b = batches - 1; b >= 0; b--) {
                expected.push(batch[b][0], batch[b][1], 0, batch[b][0].length, 24);
            }
            final AnsStack stack = new AnsStack(heads);
            tape.pushTo(stack);
            assertThat(stack.toBytes()).as("trial %d", trial).isEqualTo(expected.toBytes());
            assertThat(tape.size()).isEqualTo(size);
            assertThat(tape.bits()).isCloseTo(sum, within(1e-6 * (1 + sum)));
            assertThat(tape.bitsByOwner(OWNERS)).usingComparatorWithPrecision(1e-6 * (1 + sum)).containsExactly(bits);
        }
    }
}
