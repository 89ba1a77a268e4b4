package org.bbans.codec.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers and words at places of a content, through a page in memory. A place that is not within the content is an
 * {@link EOFException}.
 */
public final class Fields {

    private static final int PAGE = 1 << 16;
    /** Read in front of a place too, so that a few steps back need no other page. */
    private static final int BEFORE = 1 << 10;

    private final ContentView content;
    private final byte[] page;
    private long from;
    private int filled;
    private boolean isBigEndian;

    /** The numbers of a content, least significant byte first. */
    public Fields(ContentView content) {
        this.content = content;
        page = new byte[(int) Math.min(PAGE, content.size())];
    }

    /** Bytes of the content. */
    public long size() {
        return content.size();
    }

    /** Where the numbers are. */
    public ContentView content() {
        return content;
    }

    /** Sets whether the most significant byte comes first in what is read from here on. */
    public void bigEndian(boolean isBig) {
        isBigEndian = isBig;
    }

    private int index(long at, int bytes) throws IOException {
        if (at < 0 || at > size() - bytes) {
            throw new EOFException();
        }
        if (at < from || at + bytes > from + filled) {
            from = Math.max(0, at - BEFORE);
            filled = 0;
            while (filled < page.length && from + filled < size()) {
                int n = content.read(from + filled, page, filled, page.length - filled);
                if (n <= 0) {
                    break;
                }
                filled += n;
            }
            if (at + bytes > from + filled) {
                throw new EOFException();
            }
        }
        return (int) (at - from);
    }

    /** A byte. */
    public int u8(long at) throws IOException {
        return page[index(at, 1)] & 0xFF;
    }

    /** Two bytes. */
    public int u16(long at) throws IOException {
        int i = index(at, 2);
        int first = page[i] & 0xFF;
        int second = page[i + 1] & 0xFF;
        return isBigEndian ? first << 8 | second : second << 8 | first;
    }

    /** Four bytes. */
    public long u32(long at) throws IOException {
        index(at, 4);
        long first = u16(at);
        long second = u16(at + 2);
        return isBigEndian ? first << 16 | second : second << 16 | first;
    }

    /** Eight bytes; those above 2^63 - 1 are {@link Long#MAX_VALUE}, which is no place or size of anything. */
    public long u63(long at) throws IOException {
        index(at, 8);
        long first = u32(at);
        long second = u32(at + 4);
        long value = isBigEndian ? first << 32 | second : second << 32 | first;
        return value < 0 ? Long.MAX_VALUE : value;
    }

    /** Characters of one byte. */
    public String text(long at, int bytes) throws IOException {
        return new String(page, index(at, bytes), bytes, StandardCharsets.ISO_8859_1);
    }

    /** Whether these characters of one byte stand at a place; false too if that is not within the content. */
    public boolean has(long at, String ascii) throws IOException {
        return at <= size() - ascii.length() && text(at, ascii.length()).equals(ascii);
    }

    /** Whether all of a few bytes are zero. */
    public boolean isZero(long at, int bytes) throws IOException {
        int i = index(at, bytes);
        return Arrays.equals(page, i, i + bytes, new byte[bytes], 0, bytes);
    }

    /** The content's beginning, at most a page. */
    public byte[] start() throws IOException {
        if (page.length > 0) {
            index(0, 1);
        }
        return Arrays.copyOf(page, filled);
    }
}
