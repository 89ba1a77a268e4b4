package org.bbans.codec.content.anatomy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.bbans.codec.block.Spool;

/** A content that can be read at any place. */
public abstract class ContentView {

    private final long size;

    private ContentView(long size) {
        this.size = size;
    }

    /** Bytes of the content. */
    public final long size() {
        return size;
    }

    /**
     * Reads at a place.
     *
     * @param at place of the first byte, 0 to {@link #size}
     * @return bytes read, perhaps fewer than wanted; -1 at the end
     */
    public abstract int read(long at, byte[] b, int off, int len) throws IOException;

    /** A stretch of this content as one of its own. */
    public final ContentView slice(long from, long length) {
        Objects.checkFromIndexSize(from, length, size);
        ContentView whole = this;
        return new ContentView(length) {
            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                int most = (int) Math.min(len, length - at);
                return most == 0 && len > 0 ? -1 : whole.read(from + at, b, off, most);
            }
        };
    }

    /** The bytes of an array, which is kept. */
    public static ContentView of(byte[] bytes) {
        return new ContentView(bytes.length) {
            @Override
            public int read(long at, byte[] b, int off, int len) {
                int n = (int) Math.min(len, bytes.length - at);
                System.arraycopy(bytes, (int) at, b, off, n);
                return n == 0 && len > 0 ? -1 : n;
            }
        };
    }

    /** The bytes of a spool, which must not be closed or written to as long as this is read. */
    public static ContentView of(Spool spool) {
        return new ContentView(spool.size()) {
            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                return spool.read(at, b, off, len);
            }
        };
    }

    /** The bytes of a file, which must stay open as long as this is read. */
    public static ContentView of(FileChannel file) throws IOException {
        return new ContentView(file.size()) {
            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                return file.read(ByteBuffer.wrap(b, off, len), at);
            }
        };
    }
}
