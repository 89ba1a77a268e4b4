package org.bbans.codec.ans;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;

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

    /** Least value of a head. */
    static final long LOWEST = 1L << 31;
    private static final int INITIAL_WORDS = 1024;

    private final long[] heads;
    private AnsKernel kernel = AnsKernel.of(Engine.SCALAR);
    private int[] words = new int[INITIAL_WORDS];
    private int top = INITIAL_WORDS;

    /**
     * An empty stack, on the scalar engine.
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
     * The engine of the following batches; the bits are the same.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public void setEngine(Engine engine) {
        kernel = AnsKernel.of(engine);
    }

    /**
     * Whether the vector engine has loops of its own for the stack. They use several shapes, and on Java 17 would be
     * slower than plain ones anyway (0.8 times as fast), which both engines then use.
     */
    public static boolean hasVectorLoops() {
        return Engines.vectorAvailable() && Engines.severalShapes();
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
        top = kernel.push(heads, words, top, start, freq, off, n, precision);
    }

    /** Writes the slot that each of the first {@code n <= heads} heads points to: the first half of pop. */
    public void peek(int[] slot, int off, int n, int precision) {
        Objects.checkFromIndexSize(0, n, heads.length);
        Objects.checkFromIndexSize(off, n, slot.length);
        checkPrecision(precision);
        kernel.peek(heads, slot, off, n, precision);
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
        top = kernel.pop(heads, words, top, start, freq, off, n, precision);
    }

    /**
     * Replaces the lowest 2^{@value #MAX_PRECISION} states of every head by others, one to one: an exclusive or with
     * numbers that depend on the key and the head alone. A second call with the key undoes it.
     *
     * <p>Symbols that were pushed with probabilities that are not quite theirs leave bits that are not quite random;
     * what is popped from these is no sample of its distribution. Mixed they are random on average over keys.
     */
    public void mix(int key) {
        for (int i = 0; i < heads.length; i++) {
            int h = (key * MAX_HEADS + i) * 0x9E37_79B1;
            h = (h ^ h >>> 15) * 0x85EB_CA77;
            h = (h ^ h >>> 13) * 0xC2B2_AE3D;
            heads[i] ^= h >>> Integer.SIZE - MAX_PRECISION;
        }
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
     * The stack that {@link #toBytes} wrote, on the scalar engine.
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
        final int needed = Math.addExact(n, AnsKernel.SLACK);
        if (top < needed) {
            final int used = words.length - top;
            final int[] grown = new int[Math.toIntExact(Math.max(2L * words.length, (long) used + needed))];
            System.arraycopy(words, top, grown, grown.length - used, used);
            words = grown;
            top = grown.length - used;
        }
    }
}
