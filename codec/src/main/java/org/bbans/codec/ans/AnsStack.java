package org.bbans.codec.ans;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A stack of symbols: range asymmetric numeral systems (Duda, arXiv:1311.2540, section 2.3) with N heads over one
 * shared stack of 32-bit words, as in craystack.
 *
 * <p>A head is an integer in [2^31, 2^63), so signed arithmetic suffices. The words lie at the end of an array and the
 * stack grows toward lower indices: from top to bottom is ascending order.
 *
 * <p>Symbol {@code j} of a batch lives on head {@code j % heads}. Pushing runs from the last symbol to the first and
 * popping from the first to the last, so popping meets the words in the order in which they lie.
 */
public final class AnsStack {

    /** Largest number of heads. */
    public static final int MAX_HEADS = 32;
    /** Largest precision: leaves 2^31 / 2^24 states per slot, which costs less than 10^-6 bits a symbol. */
    public static final int MAX_PRECISION = 24;

    private static final long LOWEST = 1L << 31;
    private static final int INITIAL_WORDS = 1024;

    private final long[] heads;
    private int[] words = new int[INITIAL_WORDS];
    private int top = INITIAL_WORDS;

    /**
     * An empty stack.
     *
     * @param heads a power of two, 1 to {@value #MAX_HEADS}
     */
    public AnsStack(int heads) {
        if (Integer.bitCount(heads) != 1 || heads < 1 || heads > MAX_HEADS) {
            throw new IllegalArgumentException("heads must be a power of two from 1 to " + MAX_HEADS + ": " + heads);
        }
        this.heads = new long[heads];
        Arrays.fill(this.heads, LOWEST);
    }

    /** Number of heads. */
    public int heads() {
        return heads.length;
    }

    /**
     * Pushes symbols {@code off + n - 1} down to {@code off}, given as intervals.
     *
     * @param start first slot of each interval
     * @param freq number of slots of each interval, at least 1
     * @param precision binary logarithm of the number of slots
     */
    public void push(int[] start, int[] freq, int off, int n, int precision) {
        Objects.checkFromIndexSize(off, n, start.length);
        Objects.checkFromIndexSize(off, n, freq.length);
        checkPrecision(precision);
        reserve(n);
        final long[] h = heads;
        final int[] w = words;
        final int mask = h.length - 1;
        int p = top;
        for (int j = n - 1; j >= 0; j--) {
            final long f = freq[off + j];
            long x = h[j & mask];
            // A head at or above freq * 2^(63 - precision) would leave the range: its low word goes to the stack.
            w[p - 1] = (int) x;
            final long full = f - 1 - (x >>> 63 - precision) >> 63;
            p += (int) full;
            x >>>= full & 32;
            final long q = x / f;
            h[j & mask] = (q << precision) + (x - q * f) + start[off + j];
        }
        top = p;
    }

    /** Writes the slot that each of the first {@code n <= heads} heads points to: the first half of pop. */
    public void peek(int[] slot, int off, int n, int precision) {
        Objects.checkFromIndexSize(0, n, heads.length);
        Objects.checkFromIndexSize(off, n, slot.length);
        checkPrecision(precision);
        final long mask = (1L << precision) - 1;
        for (int j = 0; j < n; j++) {
            slot[off + j] = (int) (heads[j] & mask);
        }
    }

    /**
     * Removes the {@code n <= heads} symbols that {@link #peek} showed, given their intervals: the second half of pop.
     *
     * @throws StackUnderflowException if there are too few words; the stack is then unusable
     */
    public void pop(int[] start, int[] freq, int off, int n, int precision) {
        Objects.checkFromIndexSize(0, n, heads.length);
        Objects.checkFromIndexSize(off, n, start.length);
        Objects.checkFromIndexSize(off, n, freq.length);
        checkPrecision(precision);
        final long[] h = heads;
        final int[] w = words;
        final long mask = (1L << precision) - 1;
        int p = top;
        // A symbol takes one word at most: with that many left there is no need to look before every one.
        final boolean plenty = w.length - p >= n;
        for (int j = 0; j < n; j++) {
            long x = h[j];
            x = freq[off + j] * (x >>> precision) + (x & mask) - start[off + j];
            if (plenty) {
                final long low = x - LOWEST >> 63;
                x = x << (low & 32) | w[p] & low >>> 32;
                p -= (int) low;
            } else if (x < LOWEST) {
                if (p == w.length) {
                    throw new StackUnderflowException();
                }
                x = x << 32 | w[p++] & 0xFFFF_FFFFL;
            }
            h[j] = x;
        }
        top = p;
    }

    /** Whether nothing is on the stack: the state in which an encoder begins and a decoder must end. */
    public boolean isInitial() {
        for (long x : heads) {
            if (x != LOWEST) {
                return false;
            }
        }
        return top == words.length;
    }

    /** Number of bytes that {@link #toBytes} returns. */
    public long sizeInBytes() {
        return 8L * heads.length + 4L * (words.length - top);
    }

    /** The heads as 8 bytes each, then the words from top to bottom as 4 bytes each, little-endian. */
    public byte[] toBytes() {
        final ByteBuffer b = ByteBuffer.allocate(Math.toIntExact(sizeInBytes())).order(ByteOrder.LITTLE_ENDIAN);
        b.asLongBuffer().put(heads);
        b.position(8 * heads.length);
        b.asIntBuffer().put(words, top, words.length - top);
        return b.array();
    }

    /**
     * The stack that {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException if {@code len} is impossible or a head is out of range
     */
    public static AnsStack fromBytes(byte[] bytes, int off, int len, int heads) {
        Objects.checkFromIndexSize(off, len, bytes.length);
        final AnsStack stack = new AnsStack(heads);
        if (len < 8 * heads || len % 4 != 0) {
            throw new IllegalArgumentException("a stack of " + heads + " heads cannot have " + len + " bytes");
        }
        final ByteBuffer b = ByteBuffer.wrap(bytes, off, len).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < heads; i++) {
            stack.heads[i] = b.getLong();
            if (stack.heads[i] < LOWEST) {
                throw new IllegalArgumentException("head " + i + " is out of range");
            }
        }
        stack.words = new int[b.remaining() / 4];
        b.asIntBuffer().get(stack.words);
        stack.top = 0;
        return stack;
    }

    private static void checkPrecision(int precision) {
        if (precision < 0 || precision > MAX_PRECISION) {
            throw new IllegalArgumentException("precision must be 0 to " + MAX_PRECISION + ": " + precision);
        }
    }

    private void reserve(int n) {
        if (top < n + 1) {
            final int used = words.length - top;
            final int[] grown = new int[Math.toIntExact(Math.max(2L * words.length, (long) used + n + 1))];
            System.arraycopy(words, top, grown, grown.length - used, used);
            words = grown;
            top = grown.length - used;
        }
    }
}
