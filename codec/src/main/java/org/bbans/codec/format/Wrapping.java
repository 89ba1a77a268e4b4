package org.bbans.codec.format;

import java.util.Arrays;

/**
 * What turns the content back into the file it was taken from, such as the parameters of a gzip stream. The container
 * keeps it and does not look inside.
 *
 * @param kind the wrapper's code, {@code 0 .. 255}
 * @param size bytes of the file
 * @param crc CRC-32C of the file
 * @param data the wrapper's own bytes, at most {@link #MAX_BYTES}
 */
public record Wrapping(int kind, long size, int crc, byte[] data) {

    /** Bytes that a wrapper may keep. */
    public static final int MAX_BYTES = 1 << 24;

    /** Checks the ranges. */
    public Wrapping {
        if (kind < 0 || kind > 255 || size < 0 || data.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "wrapping of kind " + kind + " of " + size + " bytes with " + data.length + " bytes");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Wrapping that && kind == that.kind && size == that.size && crc == that.crc
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * kind + Long.hashCode(size)) + crc) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "Wrapping[kind=" + kind + ", file of " + size + " bytes, " + data.length + " bytes]";
    }
}
