package org.bbans.codec.content.tiff;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes the LZW strips of TIFF: words of 9 to 12 bits, the highest bit first, one bit longer a word early. When the
 * table begins anew is a matter of the {@link Rule}.
 */
final class LzwEncoder {

    static final int CLEAR = 256;
    static final int END = 257;
    static final int FIRST = 258;
    static final int LEAST_BITS = 9;
    static final int MOST_BITS = 12;

    /** When the table begins anew. */
    enum Rule {
        /** As libtiff has it: two words before there are all, or where the strip gets no shorter than it did. */
        CHECKED(2),
        /** When it has as many words as there can be, as imagecodecs has it. */
        FULL(0);

        private final int full;

        Rule(int less) {
            full = (1 << MOST_BITS) - less;
        }
    }

    /** Bytes between two looks at how short the strip gets. */
    private static final int CHECK = 10_000;
    private static final int NONE = -1;
    private static final int SLOT_BITS = 14;

    private final OutputStream out;
    private final Rule rule;
    /** For a slot: entry so far and next byte, and the entry of both; open addressing. */
    private final int[] keys = new int[1 << SLOT_BITS];
    private final short[] entries = new short[1 << SLOT_BITS];
    private int free;
    private int bits;
    private int prefix = NONE;
    private long word;
    private int wordBits;
    private long size;
    private long bytesIn;
    private long bitsOut;
    private long check = CHECK;
    private long ratio;

    LzwEncoder(OutputStream out, Rule rule) {
        this.out = out;
        this.rule = rule;
        reset();
    }

    private void reset() {
        Arrays.fill(keys, NONE);
        free = FIRST;
        bits = LEAST_BITS;
    }

    /** Bytes written. */
    long size() {
        return size;
    }

    /** Codes some bytes. */
    void write(byte[] b, int off, int len) throws IOException {
        for (int i = off; i < off + len; i++) {
            int next = b[i] & 0xFF;
            if (prefix == NONE) {
                put(CLEAR);
                bytesIn++;
                prefix = next;
                continue;
            }
            bytesIn++;
            int key = prefix << Byte.SIZE | next;
            int slot = key * 0x9E37_79B1 >>> Integer.SIZE - SLOT_BITS;
            while (keys[slot] != NONE && keys[slot] != key) {
                slot = slot + 1 & keys.length - 1;
            }
            if (keys[slot] == key) {
                prefix = entries[slot];
                continue;
            }
            put(prefix);
            prefix = next;
            keys[slot] = key;
            entries[slot] = (short) free++;
            grow();
        }
    }

    /** What follows a new entry: a longer word, or a new table. */
    private void grow() throws IOException {
        if (free == rule.full) {
            clear();
        } else if (free > (1 << bits) - 1) {
            bits++;
        } else if (rule == Rule.CHECKED && bytesIn >= check) {
            check = bytesIn + CHECK;
            long now = bytesIn > 0x007F_FFFF ? quotient(bytesIn, bitsOut >> Byte.SIZE)
                    : (bytesIn << Byte.SIZE) / bitsOut;
            if (now <= ratio) {
                clear();
            } else {
                ratio = now;
            }
        }
    }

    private static long quotient(long a, long b) {
        return b == 0 ? Integer.MAX_VALUE : a / b;
    }

    private void clear() throws IOException {
        ratio = 0;
        bytesIn = 0;
        bitsOut = 0;
        put(CLEAR);
        // Its own bits count, as they do in libtiff.
        reset();
    }

    /** Ends the strip. */
    void finish() throws IOException {
        if (prefix != NONE) {
            put(prefix);
            free++;
            if (free == rule.full) {
                put(CLEAR);
                bits = LEAST_BITS;
            } else if (free > (1 << bits) - 1) {
                bits++;
            }
        }
        put(END);
        if (wordBits > 0) {
            out.write((int) (word << Byte.SIZE - wordBits));
            size++;
        }
    }

    private void put(int code) throws IOException {
        word = word << bits | code;
        wordBits += bits;
        bitsOut += bits;
        while (wordBits >= Byte.SIZE) {
            wordBits -= Byte.SIZE;
            out.write((int) (word >>> wordBits));
            size++;
        }
    }
}
