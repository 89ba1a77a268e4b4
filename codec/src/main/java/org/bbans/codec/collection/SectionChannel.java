package org.bbans.codec.collection;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Bytes of a collection as if they were a file. */
final class SectionChannel implements SeekableByteChannel {

    private final StreamCursors.Sections sections;
    private final long from;
    private final long size;
    private long position;
    /** Gives what stands at the position; null before the first read there. */
    private InputStream in;
    private boolean closed;

    SectionChannel(StreamCursors.Sections sections, long from, long size) {
        this.sections = sections;
        this.from = from;
        this.size = size;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (position >= size) {
            return -1;
        }
        if (in == null) {
            in = sections.open(from + position, size - position);
        }
        byte[] bytes = new byte[(int) Math.min(to.remaining(), Math.min(size - position, 1 << 16))];
        int n = in.read(bytes, 0, bytes.length);
        if (n > 0) {
            to.put(bytes, 0, n);
            position += n;
        }
        return n;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long to) throws IOException {
        if (to != position) {
            forget();
            position = to;
        }
        return this;
    }

    private void forget() throws IOException {
        if (in != null) {
            in.close();
            in = null;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int write(ByteBuffer from) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long to) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        forget();
    }
}
