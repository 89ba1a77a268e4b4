package org.bbans.codec.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** Reads single records of an archive, decoding only the block that holds them. */
public final class RecordReader implements Closeable {

    /** Opens an archive. */
    public RecordReader(Path file, ModelSource models) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The archive's summary. */
    public ArchiveInfo info() {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads record {@code i} with its prefix bytes.
     *
     * @throws IndexOutOfBoundsException if there is no such record
     */
    public byte[] read(long i) throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
