package org.bbans.codec.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.LongConsumer;

/** A content that can be read at any place. */
public abstract class ContentView {

    private static final int BUFFER = 1 << 16;

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

    /**
     * Reads from the beginning.
     *
     * @return fails if the content ends before its size
     */
    public final InputStream open() {
        return open(0);
    }

    /** Reads from a place on, 0 to {@link #size}; the stream fails if the content ends before its size. */
    public final InputStream open(long from) {
        Objects.checkFromIndexSize(from, 0, size);
        return new BufferedInputStream(new Reader(this, from),
                (int) Math.max(1, Math.min(BUFFER, size - from)));
    }

    /** The first bytes, at most so many. */
    public final byte[] start(int most) throws IOException {
        try (InputStream in = new Reader(this, 0)) {
            return in.readNBytes((int) Math.min(most, size));
        }
    }

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

    /** This content, for one thread that reads many short stretches, each near the one before. */
    public final ContentView paged() {
        ContentView whole = this;
        return new ContentView(size) {

            private final byte[] page = new byte[(int) Math.min(BUFFER, size())];
            private long from;
            private int filled;

            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                if (len >= page.length) {
                    return whole.read(at, b, off, len);
                }
                if (at < from || at >= from + filled) {
                    from = at;
                    filled = Math.max(0, whole.read(at, page, 0, page.length));
                }
                int n = (int) Math.min(len, from + filled - at);
                System.arraycopy(page, (int) (at - from), b, off, n);
                return n == 0 && len > 0 ? -1 : n;
            }
        };
    }

    /** This content, which says of each time that something is read how many bytes that were. */
    public final ContentView counted(LongConsumer read) {
        ContentView whole = this;
        return new ContentView(size) {
            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                int n = whole.read(at, b, off, len);
                read.accept(Math.max(0, n));
                return n;
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

    /** The bytes that a spool has now; it must not be closed as long as this is read. */
    public static ContentView of(Spool spool) {
        return new ContentView(spool.size()) {
            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                return spool.read(at, b, off, len);
            }
        };
    }

    /**
     * The bytes of a file, which must stay open as long as this is read.
     *
     * @throws FileSystemException if it is one without a size, as those of /proc are: they would be taken for empty
     */
    public static ContentView of(FileChannel file) throws IOException {
        checkSize(file, null);
        return new ContentView(file.size()) {
            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                return file.read(ByteBuffer.wrap(b, off, len), at);
            }
        };
    }

    /**
     * The bytes of a file, which is opened for each time that something is read, so that there may be any number.
     *
     * @throws FileSystemException if it is one without a size, as those of /proc are: they would be taken for empty
     */
    public static ContentView of(Path file) throws IOException {
        long size = Files.size(file);
        if (size == 0) {
            try (FileChannel channel = FileChannel.open(file)) {
                checkSize(channel, file.toString());
            }
        }
        return new ContentView(size) {
            @Override
            public int read(long at, byte[] b, int off, int len) throws IOException {
                try (FileChannel channel = FileChannel.open(file)) {
                    int n = channel.read(ByteBuffer.wrap(b, off, len), at);
                    if (n < 0 && len > 0 && at < size) {
                        throw new FileSystemException(file.toString(), null, "has become shorter while it was read");
                    }
                    return n;
                }
            }
        };
    }

    private static void checkSize(FileChannel file, String name) throws IOException {
        if (file.size() == 0 && file.read(ByteBuffer.allocate(1), 0) > 0) {
            throw new FileSystemException(name, null, "has no size, but bytes to read; make a file of these first");
        }
    }

    private static final class Reader extends BulkInputStream {

        private final ContentView content;
        private long at;

        Reader(ContentView content, long from) {
            this.content = content;
            at = from;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (at == content.size || len == 0) {
                return len == 0 ? 0 : -1;
            }
            int n = content.read(at, b, off, (int) Math.min(len, content.size - at));
            if (n <= 0) {
                throw new IOException("a content has become shorter while it was read");
            }
            at += n;
            return n;
        }

        @Override
        public long skip(long n) {
            long skipped = Math.max(0, Math.min(n, content.size - at));
            at += skipped;
            return skipped;
        }
    }
}
