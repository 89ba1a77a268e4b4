package org.bbans.codec.content.tiff;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Reads the LZW strips of TIFF, up to their end word. */
final class LzwDecoder {

    private final InputStream in;
    private final short[] prefix = new short[1 << LzwEncoder.MOST_BITS];
    private final byte[] last = new byte[1 << LzwEncoder.MOST_BITS];
    private final short[] length = new short[1 << LzwEncoder.MOST_BITS];
    private final byte[] text = new byte[1 << LzwEncoder.MOST_BITS];
    private int word;
    private int wordBits;

    LzwDecoder(InputStream in) {
        this.in = in;
        for (int i = 0; i < LzwEncoder.CLEAR; i++) {
            last[i] = (byte) i;
            length[i] = 1;
        }
    }

    /**
     * Reads a strip.
     *
     * @param plainBytes bytes that it should have
     * @param out receives them
     * @return whether it has so many bytes, and begins with an empty table and ends with the end word
     */
    boolean read(long plainBytes, OutputStream out) throws IOException {
        long left = plainBytes;
        int free = LzwEncoder.FIRST;
        int bits = LzwEncoder.LEAST_BITS;
        int before = -1;
        if (next(bits) != LzwEncoder.CLEAR) {
            return false;
        }
        while (true) {
            int code = next(bits);
            if (code == LzwEncoder.END) {
                return left == 0;
            }
            if (code == LzwEncoder.CLEAR) {
                free = LzwEncoder.FIRST;
                bits = LzwEncoder.LEAST_BITS;
                before = -1;
                continue;
            }
            boolean isNew = before >= 0 && code == free;
            if (code < 0 || code >= free && !isNew || before >= 0 && free == prefix.length) {
                return false;
            }
            int n = isNew ? length[before] + 1 : length[code];
            if (n > left) {
                return false;
            }
            int at = n - 1;
            for (int c = isNew ? before : code, i = isNew ? n - 2 : n - 1; i >= 0; i--) {
                text[i] = last[c];
                c = prefix[c];
            }
            if (isNew) {
                text[at] = text[0];
            }
            out.write(text, 0, n);
            left -= n;
            if (before >= 0) {
                prefix[free] = (short) before;
                last[free] = text[0];
                length[free] = (short) (length[before] + 1);
                free++;
            }
            // A word early: the encoder has an entry more by now.
            bits = Math.max(bits,
                    Math.min(LzwEncoder.MOST_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(free + 1)));
            before = code;
        }
    }

    /** The next word; -1 if the strip ends. */
    private int next(int bits) throws IOException {
        while (wordBits < bits) {
            int b = in.read();
            if (b < 0) {
                return -1;
            }
            word = word << Byte.SIZE | b;
            wordBits += Byte.SIZE;
        }
        wordBits -= bits;
        return word >>> wordBits & (1 << bits) - 1;
    }
}
