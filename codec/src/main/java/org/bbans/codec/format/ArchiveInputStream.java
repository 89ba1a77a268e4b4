package org.bbans.codec.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** Reads the content of an archive. */
public final class ArchiveInputStream extends InputStream {

    /** Reads the header. */
    public ArchiveInputStream(InputStream in, ModelSource models, ReadOptions options) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Opens a file; to be preferred with {@code keepGoing}, which then finds the blocks by the index. */
    public static ArchiveInputStream open(Path file, ModelSource models, ReadOptions options) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** What the archive says before its first block. */
    public ArchiveHeader header() {
        throw new UnsupportedOperationException();
    }

    /** What could not be restored; complete when the end has been read. */
    public List<Damage> damages() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read() throws IOException {
        throw new UnsupportedOperationException();
    }
}
