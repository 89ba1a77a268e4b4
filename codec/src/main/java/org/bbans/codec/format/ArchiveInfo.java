package org.bbans.codec.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An archive's summary, from its header and index alone.
 *
 * @param header what the archive says before its first block; an embedded model is not read
 * @param embeddedModelSize bytes of the embedded model file, or 0
 * @param blocks all blocks, in order
 * @param contentSize bytes of content
 * @param fileSize bytes of the archive
 * @param sha256 of the content
 */
public record ArchiveInfo(ArchiveHeader header, long embeddedModelSize, List<BlockInfo> blocks, long contentSize,
                          long fileSize, byte[] sha256) {

    /** Records in the content. */
    public long records() {
        return header.layout().records(contentSize);
    }

    /**
     * Reads header and index.
     *
     * @throws FormatException if they are damaged or not understood
     * @throws IOException if the file cannot be read
     */
    public static ArchiveInfo read(Path file) throws IOException {
        throw new UnsupportedOperationException();
    }
}
