package org.bbans.codec.io;

import java.io.IOException;
import java.io.InputStream;

/** A stream that is made to be read in runs of bytes; a single one is a run of one. */
public abstract class BulkInputStream extends InputStream {

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public abstract int read(byte[] b, int off, int len) throws IOException;
}
