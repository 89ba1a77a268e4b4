package org.bbans.codec.format;

/** Tells a listener how many bytes are done: never fewer than before, though work may be tried once more. */
final class Progress {

    private final ArchiveListener listener;
    private long reached;

    Progress(ArchiveListener listener) {
        this.listener = listener;
    }

    void reach(long contentBytes) {
        reached = Math.max(reached, contentBytes);
        listener.progress(reached);
    }
}
