package org.bbans.codec.wire;

import java.io.ByteArrayOutputStream;

/** Unsigned integers below 2^63, seven bits a byte, least significant first; the top bit says that more follow. */
public final class Varint {

    static final int MAX_BYTES = 9;

    private Varint() {}

    public static int size(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    public static void write(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest > 0x7f) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** Four bytes, least significant first. */
    public static void writeInt(ByteArrayOutputStream out, int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += 8) {
            out.write(value >>> shift);
        }
    }
}
