package org.bbans.codec.content.deflate;

import java.io.IOException;
import java.util.Arrays;

/** The canonical prefix code of given lengths (RFC 1951 section 3.2.2), for reading and writing. A workspace. */
final class PrefixCode {

    static final int MAX_BITS = 15;
    private static final int FAST_BITS = 10;

    /** Code words, first bit lowest. */
    final short[] word = new short[288];
    final byte[] bits = new byte[288];
    /** For the next bits of a stream: symbol and number of bits from bit 12 on; 0 if the word is longer. */
    private final short[] fast = new short[1 << FAST_BITS];
    private final int[] count = new int[MAX_BITS + 1];
    private final int[] next = new int[MAX_BITS + 2];
    private final short[] sorted = new short[288];

    /**
     * Sets the code.
     *
     * @return false if the lengths are too short for a code, or leave words without a symbol; a code of one word of one
     *     bit, or of none, may leave some
     */
    boolean set(byte[] lengths, int off, int n) {
        Arrays.fill(count, 0);
        for (int i = 0; i < n; i++) {
            bits[i] = lengths[off + i];
            count[bits[i]]++;
        }
        Arrays.fill(bits, n, bits.length, (byte) 0);
        int used = n - count[0];
        count[0] = 0;
        int left = 1;
        for (int b = 1; b <= MAX_BITS; b++) {
            left = (left << 1) - count[b];
            if (left < 0) {
                return false;
            }
        }
        if (left > 0 && !(used == 0 || used == 1 && count[1] == 1)) {
            return false;
        }
        assign(n);
        return true;
    }

    private void assign(int n) {
        int value = 0;
        int place = 0;
        int[] first = new int[MAX_BITS + 2];
        for (int b = 1; b <= MAX_BITS; b++) {
            value = value + count[b - 1] << 1;
            next[b] = value;
            first[b] = place;
            place += count[b];
        }
        Arrays.fill(fast, (short) 0);
        for (int i = 0; i < n; i++) {
            int b = bits[i];
            if (b == 0) {
                continue;
            }
            sorted[first[b]++] = (short) i;
            int w = Integer.reverse(next[b]++) >>> 32 - b;
            word[i] = (short) w;
            if (b <= FAST_BITS) {
                for (int k = w; k < 1 << FAST_BITS; k += 1 << b) {
                    fast[k] = (short) (i | b << 12);
                }
            }
        }
    }

    /** Reads a symbol; -1 if there is no such word. */
    int read(BitInput in) throws IOException {
        int entry = fast[in.peek(FAST_BITS)];
        if (entry != 0) {
            in.skip(entry >>> 12 & 0xF);
            return entry & 0xFFF;
        }
        int code = 0;
        int first = 0;
        int place = 0;
        for (int b = 1; b <= MAX_BITS; b++) {
            code |= in.bits(1);
            int n = count[b];
            if (code - n < first) {
                return sorted[place + code - first];
            }
            place += n;
            first = first + n << 1;
            code <<= 1;
        }
        return -1;
    }
}
