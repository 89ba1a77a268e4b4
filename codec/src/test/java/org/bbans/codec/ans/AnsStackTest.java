package org.bbans.codec.ans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnsStackTest {

    private static final int P = AnsStack.MAX_PRECISION;
    private static final long LOWEST = 1L << 31;
    private static final long[] HEADS = {
        LOWEST, LOWEST + 1, (1L << 32) - 1, 1L << 32, (1L << 39) - 1, 1L << 39, (1L << 40) - 1, (1L << 62) + 12345,
        (1L << 55) - 1, 1L << 55, Long.MAX_VALUE - 1, Long.MAX_VALUE,
    };
    private static final int[] FREQS = {1, 2, 3, 255, 4095, 1 << 12, (1 << 23) - 1, 1 << 23, (1 << P) - 1, 1 << P};

    /** Every number of heads on every engine that this JVM has. */
    static Stream<Arguments> stacks() {
        return Stream.of(Engine.values()).filter(e -> e == Engine.SCALAR || Engines.vectorAvailable())
                .flatMap(e -> IntStream.of(1, 2, 4, 8, 16, 32).mapToObj(heads -> Arguments.of(heads, e)));
    }

    /** Every pair of an extreme head and an extreme frequency, both ways round, against the textbook's definition. */
    @Test
    void extremeStatesFollowTheDefinitionAndComeBack() {
        for (long head : HEADS) {
            for (int f : FREQS) {
                for (int s : new int[] {0, ((1 << P) - f) / 2, (1 << P) - f}) {
                    final String what = "head " + head + " start " + s + " freq " + f;
                    final AnsStack stack = stack(1, head, 7, 8);
                    final byte[] before = stack.toBytes();
                    stack.push(new int[] {s}, new int[] {f}, 0, 1, P);
                    assertThat(stack.toBytes()).as(what).isEqualTo(textbookPush(head, s, f));
                    final int[] slot = new int[1];
                    stack.peek(slot, 0, 1, P);
                    assertThat(slot[0]).as(what).isBetween(s, s + f - 1);
                    stack.pop(new int[] {s}, new int[] {f}, 0, 1, P);
                    assertThat(stack.toBytes()).as(what).isEqualTo(before);
                }
                // Pop first: the interval must hold the slot that the head shows.
                final int shown = (int) (head & (1 << P) - 1);
                final int s = Math.max(0, Math.min((1 << P) - f, shown - f / 2));
                final AnsStack stack = stack(1, head, 7, 8);
                final byte[] before = stack.toBytes();
                stack.pop(new int[] {s}, new int[] {f}, 0, 1, P);
                stack.push(new int[] {s}, new int[] {f}, 0, 1, P);
                assertThat(stack.toBytes()).as("pop of head %d start %d freq %d", head, s, f).isEqualTo(before);
            }
        }
    }

    /** The same pairs side by side, so that a vector holds different ones: one head's word must not move another's. */
    @ParameterizedTest
    @MethodSource("stacks")
    void extremeStatesSideBySideEqualTheTextbook(int heads, Engine engine) {
        final Random random = new Random(heads);
        for (int round = 0; round < 200; round++) {
            // From precision 13 on quotients are below 2^50.
            final int precision = round % 2 == 0 ? P : 1 + random.nextInt(P);
            final long[] h = new long[heads];
            final int[] start = new int[heads];
            final int[] freq = new int[heads];
            for (int i = 0; i < heads; i++) {
                freq[i] = Math.min(FREQS[random.nextInt(FREQS.length)], 1 << precision);
                start[i] = random.nextInt((1 << precision) - freq[i] + 1);
                h[i] = random.nextBoolean() ? HEADS[random.nextInt(HEADS.length)]
                        // Around a multiple of the frequency, where a quotient is most easily off by one.
                        : Math.max(LOWEST, (random.nextLong() >>> 1 + random.nextInt(32)) / freq[i] * freq[i]
                                - random.nextInt(2));
            }
            final AnsStack stack = stack(heads, h, 1, 2, 3);
            stack.setEngine(engine);
            final byte[] before = stack.toBytes();
            final Textbook textbook = new Textbook(heads);
            for (int i = 0; i < heads; i++) {
                textbook.heads[i] = BigInteger.valueOf(h[i]);
            }
            textbook.words = new int[] {1, 2, 3};
            for (int i = heads - 1; i >= 0; i--) {
                textbook.push(i, start[i], freq[i], precision);
            }
            stack.push(start, freq, 0, heads, precision);
            assertThat(stack.toBytes()).as("round %d", round).isEqualTo(textbook.toBytes());
            stack.pop(start, freq, 0, heads, precision);
            assertThat(stack.toBytes()).as("round %d", round).isEqualTo(before);
        }
    }

    /** Heads of every magnitude, batches of every length: push undoes pop, pop undoes push. */
    @ParameterizedTest
    @MethodSource("stacks")
    void batchesComeBack(int heads, Engine engine) {
        final Random random = new Random(heads);
        for (int round = 0; round < 300; round++) {
            final int n = random.nextInt(3 * heads + 2);
            final int precision = 1 + random.nextInt(P);
            final long[] h = new long[heads];
            for (int i = 0; i < heads; i++) {
                h[i] = Math.max(LOWEST, random.nextLong() >>> 1 + random.nextInt(32));
            }
            // Sometimes so few words that they are counted one by one.
            final int spare = round % 3 == 0 ? 0 : n;
            final AnsStack stack = stack(heads, h, random.ints((long) n + spare).toArray());
            stack.setEngine(engine);
            final byte[] before = stack.toBytes();
            final int[] start = new int[n + 2];
            final int[] freq = new int[n + 2];
            final int[] slot = new int[n + 2];
            // Sample: whatever interval is drawn around the slot that the head shows.
            for (int j = 0; j < n; j += heads) {
                final int m = Math.min(heads, n - j);
                stack.peek(slot, 2 + j, m, precision);
                for (int i = 2 + j; i < 2 + j + m; i++) {
                    start[i] = random.nextInt(slot[i] + 1);
                    freq[i] = slot[i] - start[i] + 1 + random.nextInt((1 << precision) - slot[i]);
                }
                stack.pop(start, freq, 2 + j, m, precision);
            }
            stack.push(start, freq, 2, n, precision);
            assertThat(stack.toBytes()).as("round %d, n %d, precision %d", round, n, precision).isEqualTo(before);
            stack.push(start, freq, 2, n, precision);
            for (int j = 0; j < n; j += heads) {
                final int m = Math.min(heads, n - j);
                stack.peek(slot, 2 + j, m, precision);
                for (int i = 2 + j; i < 2 + j + m; i++) {
                    assertThat(slot[i]).isBetween(start[i], start[i] + freq[i] - 1);
                }
                stack.pop(start, freq, 2 + j, m, precision);
            }
            assertThat(stack.toBytes()).as("round %d, n %d, precision %d", round, n, precision).isEqualTo(before);
        }
    }

    /** One batch equals its symbols pushed one head at a time: what another program would write. */
    @ParameterizedTest
    @MethodSource("stacks")
    void aBatchEqualsTheTextbook(int heads, Engine engine) {
        final Random random = new Random(17L * heads);
        final int n = 5 * heads + 3;
        final AnsStack stack = new AnsStack(heads);
        stack.setEngine(engine);
        final Textbook textbook = new Textbook(heads);
        for (int round = 0; round < 20; round++) {
            final int[] start = new int[n];
            final int[] freq = new int[n];
            for (int j = 0; j < n; j++) {
                freq[j] = 1 + (random.nextInt(1 << P) >>> random.nextInt(P));
                start[j] = random.nextInt((1 << P) - freq[j] + 1);
            }
            stack.push(start, freq, 0, n, P);
            for (int j = n - 1; j >= 0; j--) {
                textbook.push(j % heads, start[j], freq[j], P);
            }
            assertThat(stack.toBytes()).as("round %d", round).isEqualTo(textbook.toBytes());
            assertThat(stack.sizeInBytes()).isEqualTo(stack.toBytes().length);
        }
    }

    @Test
    void bytesComeBackAndOnlyAnEmptyStackIsInitial() {
        final AnsStack empty = new AnsStack(2);
        assertThat(empty.isInitial()).isTrue();
        assertThat(AnsStack.fromBytes(empty.toBytes(), 0, 16, 2).isInitial()).isTrue();
        assertThat(stack(2, new long[] {LOWEST, LOWEST}, 1).isInitial()).isFalse();
        assertThat(stack(2, new long[] {LOWEST, LOWEST + 1}).isInitial()).isFalse();
        final byte[] bytes = stack(2, new long[] {LOWEST + 5, Long.MAX_VALUE}, 1, -2, 3).toBytes();
        final byte[] shifted = new byte[bytes.length + 5];
        System.arraycopy(bytes, 0, shifted, 5, bytes.length);
        assertThat(AnsStack.fromBytes(shifted, 5, bytes.length, 2).toBytes()).isEqualTo(bytes);
    }

    /** All heads at their least, each symbol needs a word: the last one that is there is still found. */
    @ParameterizedTest
    @MethodSource("stacks")
    void underflowIsReported(int heads, Engine engine) {
        final int[] zero = new int[heads];
        final int[] one = new int[heads];
        Arrays.fill(one, 1);
        final long[] h = new long[heads];
        Arrays.fill(h, LOWEST);
        final AnsStack enough = stack(heads, h, new int[heads]);
        enough.setEngine(engine);
        enough.pop(zero, one, 0, heads, P);
        assertThat(enough.sizeInBytes()).isEqualTo(8L * heads);
        final AnsStack stack = stack(heads, h, new int[heads - 1]);
        stack.setEngine(engine);
        assertThatThrownBy(() -> stack.pop(zero, one, 0, heads, P)).isInstanceOf(StackUnderflowException.class);
    }

    @Test
    void malformedArgumentsAreRefused() {
        for (int heads : new int[] {-1, 0, 3, 64, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> new AnsStack(heads)).isInstanceOf(IllegalArgumentException.class);
        }
        final byte[] bytes = new AnsStack(4).toBytes();
        assertThatThrownBy(() -> AnsStack.fromBytes(bytes, 0, 31, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AnsStack.fromBytes(bytes, 0, 28, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AnsStack.fromBytes(bytes, 1, 32, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        bytes[15] = -1;
        assertThatThrownBy(() -> AnsStack.fromBytes(bytes, 0, 32, 4)).isInstanceOf(IllegalArgumentException.class);
        final AnsStack stack = new AnsStack(4);
        assertThatThrownBy(() -> stack.peek(new int[8], 0, 5, P)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> stack.push(new int[2], new int[2], 1, 2, P))
                .isInstanceOf(IndexOutOfBoundsException.class);
        for (int precision : new int[] {-1, 25}) {
            assertThatThrownBy(() -> stack.push(new int[1], new int[1], 0, 1, precision))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static AnsStack stack(int heads, long head, int... words) {
        return stack(heads, new long[] {head}, words);
    }

    private static AnsStack stack(int heads, long[] head, int... words) {
        final ByteBuffer b = ByteBuffer.allocate(8 * heads + 4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long h : head) {
            b.putLong(h);
        }
        for (int w : words) {
            b.putInt(w);
        }
        return AnsStack.fromBytes(b.array(), 0, b.capacity(), heads);
    }

    private static byte[] textbookPush(long head, int start, int freq) {
        final Textbook t = new Textbook(1);
        t.heads[0] = BigInteger.valueOf(head);
        t.words = new int[] {7, 8};
        t.push(0, start, freq, P);
        return t.toBytes();
    }

    /** The definition in unbounded integers. */
    private static final class Textbook {

        final BigInteger[] heads;
        int[] words = {};

        Textbook(int heads) {
            this.heads = new BigInteger[heads];
            Arrays.fill(this.heads, BigInteger.valueOf(LOWEST));
        }

        void push(int head, int start, int freq, int precision) {
            final BigInteger f = BigInteger.valueOf(freq);
            BigInteger x = heads[head];
            if (x.compareTo(f.shiftLeft(63 - precision)) >= 0) {
                final int[] grown = new int[words.length + 1];
                System.arraycopy(words, 0, grown, 1, words.length);
                grown[0] = x.intValue();
                words = grown;
                x = x.shiftRight(32);
            }
            final BigInteger[] q = x.divideAndRemainder(f);
            heads[head] = q[0].shiftLeft(precision).add(q[1]).add(BigInteger.valueOf(start));
        }

        byte[] toBytes() {
            final int length = 8 * heads.length + 4 * words.length;
            final ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            for (BigInteger h : heads) {
                b.putLong(h.longValueExact());
            }
            for (int w : words) {
                b.putInt(w);
            }
            return b.array();
        }
    }
}
