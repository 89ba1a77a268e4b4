package org.bbans.codec.collection;

import java.io.IOException;
import java.io.InputStream;
import org.bbans.codec.io.BulkInputStream;

/** The first bytes of a stream. */
final class FirstBytes extends BulkInputStream {

    private final InputStream in;
    private long left;

    FirstBytes(InputStream in, long length) {
        this.in = in;
        left = length;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        if (left == 0) {
            return len == 0 ? 0 : -1;
        }
        int n = in.read(b, off, (int) Math.min(len, left));
        left -= Math.max(n, 0);
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        long skipped = in.skip(Math.min(n, left));
        left -= skipped;
        return skipped;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
