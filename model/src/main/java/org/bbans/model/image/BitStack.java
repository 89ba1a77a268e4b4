package org.bbans.model.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * Bits with probabilities of 16 binary digits, on a stack of one head: the bytes are those of an
 * {@link org.bbans.codec.ans.AnsStack} of one head. Writing keeps a tape and pushes it backwards at the end.
 *
 * <p>Bit 1 has the slots from 0 to its probability, bit 0 the others.
 */
final class BitStack {

    /** Binary digits of a probability. */
    static final int PRECISION = 16;

    private static final int MASK = (1 << PRECISION) - 1;
    private static final long LOWEST = 1L << 31;

    private int[] tape = new int[1 << 16];
    private int used;

    private long head = LOWEST;
    private int[] words = {};
    private int at;
    private boolean empty;

    /** Begins to write. */
    void begin() {
        used = 0;
    }

    /** Writes a bit. The probability is that of a one, from 1 to 65535. */
    void write(int bit, int probability) {
        if (used == tape.length) {
            tape = Arrays.copyOf(tape, Math.multiplyExact(tape.length, 2));
        }
        tape[used++] = probability << 1 | bit;
    }

    /** Number of bits written so far. */
    int written() {
        return used;
    }

    /** What the bits written from number {@code from} on take, the sum of their -log2 p: an estimate, for people. */
    double cost(int from) {
        double product = 1;
        double cost = 0;
        for (int i = from; i < used; i++) {
            final int probability = tape[i] >>> 1;
            product *= ((tape[i] & 1) != 0 ? probability : (1 << PRECISION) - probability) * 0x1p-16;
            if (product < 0x1p-900) {
                cost -= StrictMath.log(product);
                product = 1;
            }
        }
        return (cost - StrictMath.log(product)) / StrictMath.log(2);
    }

    /** The stack's bytes, {@code reserved} bytes left free in front of them. */
    byte[] finish(int reserved) {
        int[] stack = new int[Math.max(16, used / 16)];
        int top = stack.length;
        long x = LOWEST;
        for (int i = used - 1; i >= 0; i--) {
            final int probability = tape[i] >>> 1;
            final boolean one = (tape[i] & 1) != 0;
            final long f = one ? probability : (1 << PRECISION) - probability;
            if (x >= f << 63 - PRECISION) {
                if (top == 0) {
                    final int[] grown = new int[Math.multiplyExact(stack.length, 2)];
                    System.arraycopy(stack, 0, grown, stack.length, stack.length);
                    top = stack.length;
                    stack = grown;
                }
                stack[--top] = (int) x;
                x >>>= 32;
            }
            final long q = x / f;
            x = (q << PRECISION) + (x - q * f) + (one ? 0 : probability);
        }
        final ByteBuffer out =
                ByteBuffer.allocate(Math.addExact(reserved + 8, Math.multiplyExact(4, stack.length - top)))
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.position(reserved);
        out.putLong(x);
        out.asIntBuffer().put(stack, top, stack.length - top);
        return out.array();
    }

    /**
     * Begins to read.
     *
     * @throws CorruptArchiveException if the bytes cannot be a stack
     */
    void open(byte[] bytes, int off) throws CorruptArchiveException {
        final int length = bytes.length - off;
        if (length < 8 || length % 4 != 0) {
            throw new CorruptArchiveException("image block: its stack cannot have " + length + " bytes");
        }
        final ByteBuffer in = ByteBuffer.wrap(bytes, off, length).order(ByteOrder.LITTLE_ENDIAN);
        head = in.getLong();
        if (head < LOWEST) {
            throw new CorruptArchiveException("image block: the stack's head is out of range");
        }
        words = new int[in.remaining() / 4];
        in.asIntBuffer().get(words);
        at = 0;
        empty = false;
    }

    /** Reads a bit. If the stack runs dry, arbitrary bits follow, and {@link #isInitial} is false. */
    int read(int probability) {
        long x = head;
        final int slot = (int) x & MASK;
        final int bit = slot - probability >>> 31;
        final int start = bit == 0 ? probability : 0;
        final int f = bit == 0 ? (1 << PRECISION) - probability : probability;
        x = f * (x >>> PRECISION) + slot - start;
        if (x < LOWEST) {
            x = x << 32 | next() & 0xFFFFFFFFL;
        }
        head = x;
        return bit;
    }

    private int next() {
        if (at == words.length) {
            empty = true;
            return 1;
        }
        return words[at++];
    }

    /** Whether all was read that was written, and nothing else. */
    boolean isInitial() {
        return head == LOWEST && at == words.length && !empty;
    }

    /** Whether more was read than there was. */
    boolean ranDry() {
        return empty;
    }
}
