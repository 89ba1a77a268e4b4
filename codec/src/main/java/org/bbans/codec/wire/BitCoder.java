package org.bbans.codec.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Codes bits with probabilities that follow what came before, by a range coder with carries. One description serves
 * both directions: {@link #bit} takes the bit to write and returns it, or ignores what it is given and returns the bit
 * that was read.
 */
public abstract sealed class BitCoder {

    private BitCoder() {}

    private static final int PROBABILITY_BITS = 16;
    /** Contexts that {@link #number} takes. */
    public static final int NUMBER_CONTEXTS = 64;

    private static final int SLOWEST = 7;
    /** Of what is expected: probability of the opposite in 2^16, and how fast that changes. */
    private static final int UNLIKELY = 1 << 11;
    private static final byte EXPECTING = 2;
    private static final long TOP = 1L << 24;
    private static final long WORD = 0xFFFF_FFFFL;

    /** The probabilities of a family of bits, each that of a zero in 2^16, and how far each has come. */
    public static final class Contexts {

        private final int[] zero;
        private final byte[] rate;

        /** A model whose bits are all equally likely at first. */
        public Contexts(int contexts) {
            zero = new int[contexts];
            rate = new byte[contexts];
            Arrays.fill(zero, 1 << PROBABILITY_BITS - 1);
            Arrays.fill(rate, (byte) 1);
        }

        /** A model that expects this bit in all contexts. */
        public static Contexts expecting(int contexts, int bit) {
            Contexts model = new Contexts(contexts);
            for (int i = 0; i < contexts; i++) {
                model.expect(i, bit);
            }
            return model;
        }

        /** Makes a bit likely in a context that has not been used yet. */
        public void expect(int context, int bit) {
            zero[context] = bit == 1 ? UNLIKELY : (1 << PROBABILITY_BITS) - UNLIKELY;
            rate[context] = EXPECTING;
        }

        /** Makes a number likely that {@link BitCoder#tree} codes. */
        public void expect(int context, int bits, int value) {
            int node = 1;
            for (int i = bits - 1; i >= 0; i--) {
                expect(context + node, value >>> i & 1);
                node = node << 1 | value >>> i & 1;
            }
        }

        private void update(int context, int bit) {
            int shift = rate[context];
            zero[context] += (bit == 0 ? (1 << PROBABILITY_BITS) - zero[context] : -zero[context]) >> shift;
            zero[context] = Math.min(Math.max(zero[context], 32), (1 << PROBABILITY_BITS) - 32);
            if (shift < SLOWEST) {
                rate[context]++;
            }
        }
    }

    /** Codes a bit. */
    public abstract int bit(Contexts model, int context, int bit);

    /** Codes {@code bits} bits, the highest first, each in the context of those before: a tree from {@code context}. */
    public final int tree(Contexts model, int context, int bits, int value) {
        int node = 1;
        for (int i = bits - 1; i >= 0; i--) {
            node = node << 1 | bit(model, context + node, value >>> i & 1);
        }
        return node - (1 << bits);
    }

    /** Codes a number that may be negative, of a magnitude below 2^30, by {@link #number}. */
    public final int signed(Contexts model, int context, int value) {
        int coded = number(model, context, value << 1 ^ value >> Integer.SIZE - 1);
        return coded >>> 1 ^ -(coded & 1);
    }

    /** Codes a number below 2^31 whose size is learnt: number of bits, the bits. Takes {@link #NUMBER_CONTEXTS}. */
    public final int number(Contexts model, int context, int value) {
        int bits = tree(model, context, 5, Integer.SIZE - Integer.numberOfLeadingZeros(value));
        int n = bits == 0 ? 0 : 1;
        for (int i = bits - 2; i >= 0; i--) {
            n = n << 1 | bit(model, context + 32 + i, value >>> i & 1);
        }
        return n;
    }

    /** Writes to memory. */
    public static final class Writer extends BitCoder {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private long low;
        private long range = WORD;
        private int cache;
        private long pending = 1;

        @Override
        public int bit(Contexts model, int context, int bit) {
            long bound = (range >>> PROBABILITY_BITS) * model.zero[context];
            if (bit == 0) {
                range = bound;
            } else {
                low += bound;
                range -= bound;
            }
            model.update(context, bit);
            while (range < TOP) {
                range <<= Byte.SIZE;
                shift();
            }
            return bit;
        }

        /** Bytes so far, about. */
        public int size() {
            return out.size();
        }

        /** Ends the sequence and returns its bytes, without zeros at the end. */
        public byte[] finish() {
            // Of all numbers that lead a reader here, one with as many zeros at its end as can be.
            int zeros = Long.SIZE - 1 - Long.numberOfLeadingZeros(range);
            while ((low + (1L << zeros) - 1 >> zeros << zeros) - low >= range) {
                zeros--;
            }
            low = low + (1L << zeros) - 1 >> zeros << zeros;
            for (int i = 0; i < 5; i++) {
                shift();
            }
            byte[] bytes = out.toByteArray();
            int n = bytes.length;
            while (n > 1 && bytes[n - 1] == 0) {
                n--; // the reader takes zeros behind the end
            }
            return Arrays.copyOfRange(bytes, 1, n); // there is never a carry into the first byte
        }

        private void shift() {
            if (low < 0xFF00_0000L || low > WORD) {
                int carry = (int) (low >>> 32);
                int first = cache;
                do {
                    out.write(first + carry);
                    first = 0xFF;
                } while (--pending != 0);
                cache = (int) (low >>> 24) & 0xFF;
            }
            pending++;
            low = low << Byte.SIZE & WORD;
        }
    }

    /** Reads from memory; any bytes are some bits. */
    public static final class Reader extends BitCoder {

        private final byte[] in;
        private int at;
        private long range = WORD;
        private long code;

        /** A reader of the bytes from {@code off} on, and of zeros behind them. */
        public Reader(byte[] in, int off) {
            this.in = in;
            at = off;
            for (int i = 0; i < 4; i++) {
                code = code << Byte.SIZE & WORD | next();
            }
        }

        @Override
        public int bit(Contexts model, int context, int ignored) {
            long bound = (range >>> PROBABILITY_BITS) * model.zero[context];
            int bit = code < bound ? 0 : 1;
            if (bit == 0) {
                range = bound;
            } else {
                code -= bound;
                range -= bound;
            }
            model.update(context, bit);
            while (range < TOP) {
                range <<= Byte.SIZE;
                code = code << Byte.SIZE & WORD | next();
            }
            return bit;
        }

        private int next() {
            return at < in.length ? in[at++] & 0xFF : 0;
        }
    }
}
