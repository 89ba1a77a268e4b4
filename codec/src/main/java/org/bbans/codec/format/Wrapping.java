package org.bbans.codec.format;

import java.util.Arrays;

/**
 * What turns the content back into the file it was taken from, such as the parameters of a gzip stream. The container
 * keeps it and does not look inside.
 *
 * @param kind the wrapper's code, {@code 0 .. 255}
 * @param data the wrapper's own bytes, at most {@link #MAX_BYTES}
 */
public record Wrapping(int kind, byte[] data) {

    /** Bytes that a wrapper may keep. */
    public static final int MAX_BYTES = 1 << 24;

    /** Checks the ranges. */
    public Wrapping {
        if (kind < 0 || kind > 255 || data.length > MAX_BYTES) {
            throw new IllegalArgumentException("wrapping of kind " + kind + " with " + data.length + " bytes");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Wrapping that && kind == that.kind && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * kind + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "Wrapping[kind=" + kind + ", " + data.length + " bytes]";
    }
}
