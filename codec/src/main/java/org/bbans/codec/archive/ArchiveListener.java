package org.bbans.codec.archive;

import org.bbans.codec.format.BlockInfo;

/** Hears what happens while an archive is written or read; called on the thread that uses the stream. */
public interface ArchiveListener {

    /** Hears nothing. */
    ArchiveListener NONE = new ArchiveListener() {};

    /** A block is complete. Blocks come in order. */
    default void block(BlockInfo block) {}

    /**
     * So many bytes of content are done, never fewer than before; called several times a second while a large block is
     * worked on.
     */
    default void progress(long contentBytes) {}

    /**
     * Far more content than archive is about to be decoded by a model, or for a wrapping, which may take long; told
     * once for an archive.
     *
     * @param contentBytes bytes of content up to here
     * @param archiveBytes bytes of archive up to here
     */
    default void expands(long contentBytes, long archiveBytes) {}

    /**
     * A codec failed on a block, or did not decode what it had encoded; the block is coded without it and nothing is
     * lost.
     *
     * @param block the block's number
     * @param reason which codec and what went wrong
     */
    default void fellBack(int block, String reason) {}
}
