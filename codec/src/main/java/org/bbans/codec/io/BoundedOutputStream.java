package org.bbans.codec.io;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;

/** Passes no more than so many bytes on. */
public final class BoundedOutputStream extends OutputStream {

    private final OutputStream out;
    private final Supplier<? extends IOException> tooMany;
    private long left;

    /**
     * Passes bytes on to a stream, which is left open.
     *
     * @param most bytes that may be written
     * @param tooMany makes what is thrown instead of writing more
     */
    public BoundedOutputStream(OutputStream out, long most, Supplier<? extends IOException> tooMany) {
        this.out = out;
        this.tooMany = tooMany;
        left = most;
    }

    /** Bytes that may still be written. */
    public long left() {
        return left;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        if (len > left) {
            throw tooMany.get();
        }
        out.write(b, off, len);
        left -= len;
    }
}
