package org.bbans.model.filesystem;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Reads a file's decoded bytes. */
final class ContentChannel implements SeekableByteChannel {

    private final CollectionFileSystem system;
    private final BatchContents.Content content;
    private long position;
    private boolean open = true;

    ContentChannel(CollectionFileSystem system, BatchContents.Content content) {
        this.system = system;
        this.content = content;
    }

    @Override
    public synchronized int read(ByteBuffer to) throws IOException {
        checkOpen();
        long left = content.size() - position;
        if (left <= 0) {
            return to.hasRemaining() ? -1 : 0;
        }
        byte[] bytes = new byte[(int) Math.min(left, Math.min(to.remaining(), 1 << 16))];
        int n;
        try {
            n = content.spool().read(content.from() + position, bytes, 0, bytes.length);
        } catch (IOException | RuntimeException e) {
            // The file system has been closed meanwhile.
            checkOpen();
            throw e;
        }
        to.put(bytes, 0, n);
        position += n;
        return n;
    }

    @Override
    public synchronized long position() throws IOException {
        checkOpen();
        return position;
    }

    @Override
    public synchronized SeekableByteChannel position(long to) throws IOException {
        checkOpen();
        if (to < 0) {
            throw new IllegalArgumentException("position " + to);
        }
        position = to;
        return this;
    }

    @Override
    public synchronized long size() throws IOException {
        checkOpen();
        return content.size();
    }

    @Override
    public int write(ByteBuffer from) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long to) {
        throw new NonWritableChannelException();
    }

    private void checkOpen() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public synchronized boolean isOpen() {
        return open && system.isOpen();
    }

    @Override
    public synchronized void close() throws IOException {
        if (open && content.owned()) {
            content.spool().close();
        }
        open = false;
    }
}
