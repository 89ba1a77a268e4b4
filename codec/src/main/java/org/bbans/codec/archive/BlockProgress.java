package org.bbans.codec.archive;

/** Tells a listener how many bytes are done: never fewer than before, though work may be tried once more. */
final class BlockProgress {

    private final ArchiveListener listener;
    private final long before;
    private long reached;

    BlockProgress(ArchiveListener listener) {
        this(listener, 0);
    }

    /** Tells of bytes behind some that are done. */
    BlockProgress(ArchiveListener listener, long before) {
        this.listener = listener;
        this.before = before;
    }

    void reach(long contentBytes) {
        reached = Math.max(reached, contentBytes);
        listener.progress(before + reached);
    }
}
