package org.bbans.codec.archive;

/** Tells a listener how many bytes are done: never fewer than before, though work may be tried once more. */
final class BlockProgress {

    private final ArchiveListener listener;
    private long reached;

    BlockProgress(ArchiveListener listener) {
        this.listener = listener;
    }

    void reach(long contentBytes) {
        reached = Math.max(reached, contentBytes);
        listener.progress(reached);
    }
}
