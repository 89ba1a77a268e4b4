package org.bbans.codec.content;

import java.nio.charset.StandardCharsets;

/**
 * The beginning of a content.
 *
 * @param bytes holds it
 * @param length bytes of it
 * @param size bytes of the whole content, or {@link LayoutDetector#UNKNOWN_SIZE}
 */
record FileStart(byte[] bytes, int length, long size) {

    /** The byte at a place, or -1 beyond what is known. */
    int u8(long at) {
        return at >= 0 && at < length ? bytes[(int) at] & 0xFF : -1;
    }

    /** Four bytes, most significant first; only where they are known. */
    long u32(int at) {
        return (long) u8(at) << 24 | u8(at + 1) << 16 | u8(at + 2) << 8 | u8(at + 3);
    }

    /** Two bytes, least significant first; only where they are known. */
    int u16le(long at) {
        return u8(at) | u8(at + 1) << 8;
    }

    /** Four bytes, least significant first; only where they are known. */
    long u32le(long at) {
        return u16le(at) | (long) u16le(at + 2) << 16;
    }

    /** Characters of one byte; only where they are known. */
    String text(long at, int n) {
        return new String(bytes, (int) at, n, StandardCharsets.ISO_8859_1);
    }

    boolean sizeIsKnown() {
        return size != LayoutDetector.UNKNOWN_SIZE;
    }

    /** Whether the content may have so many bytes, and perhaps others behind them, but not many. */
    boolean mayHave(long bytes) {
        return sizeIsKnown() ? size >= bytes && size - bytes <= bytes : length <= bytes;
    }

    /** How many whole records of so many bytes there are behind so many others; 0 if the size is not known. */
    long whole(long leading, long recordBytes) {
        return sizeIsKnown() ? Math.max(0, size - leading) / recordBytes : 0;
    }

    /** Whether the content may have at least so many bytes. */
    boolean mayHaveAtLeast(long bytes) {
        return !sizeIsKnown() || size >= bytes;
    }

    boolean startsWith(String ascii) {
        return length >= ascii.length()
                && new String(bytes, 0, ascii.length(), StandardCharsets.ISO_8859_1).equals(ascii);
    }
}
