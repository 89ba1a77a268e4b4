package org.bbans.codec.format;

import java.io.IOException;
import java.io.OutputStream;

/** Writes an archive of the bytes that are written to it. */
public final class ArchiveOutputStream extends OutputStream {

    /** Writes the header. */
    public ArchiveOutputStream(OutputStream out, ArchiveOptions options) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void write(int b) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Completes the archive; the stream below stays open. */
    public void finish() throws IOException {
        throw new UnsupportedOperationException();
    }
}
