package org.bbans.codec.archive;

import java.util.Objects;

/**
 * How an archive is read. Immutable; each method gives a changed copy.
 *
 * @param threads blocks that are decoded at a time
 * @param keepGoing whether damaged blocks are replaced by zeros and reported instead of ending the reading
 * @param allowTrailing whether bytes after the archive's end are left unread instead of being an error
 * @param memoryLimit bytes that all blocks being decoded at a time may take together
 * @param listener is told what happens
 */
public record ReadOptions(int threads, boolean keepGoing, boolean allowTrailing, long memoryLimit,
        ArchiveListener listener) {

    /** Bytes of content a thread that are looked ahead to find groups of blocks that can be worked on at a time. */
    static final long AHEAD = 1 << 24;

    /** One thread, strict, no memory limit beyond those of the format. */
    public static final ReadOptions DEFAULT = new ReadOptions(1, false, false, Long.MAX_VALUE, ArchiveListener.NONE);

    /** Checks the ranges. */
    public ReadOptions {
        Objects.requireNonNull(listener);
        if (threads < 1 || memoryLimit < 1) {
            throw new IllegalArgumentException(threads + " threads, memory limit " + memoryLimit);
        }
    }

    /** With so many threads. */
    public ReadOptions withThreads(int count) {
        return new ReadOptions(count, keepGoing, allowTrailing, memoryLimit, listener);
    }

    /** With or without saving what is undamaged. */
    public ReadOptions withKeepGoing(boolean on) {
        return new ReadOptions(threads, on, allowTrailing, memoryLimit, listener);
    }

    /** With or without bytes after the end. */
    public ReadOptions withAllowTrailing(boolean on) {
        return new ReadOptions(threads, keepGoing, on, memoryLimit, listener);
    }

    /** With this memory limit. */
    public ReadOptions withMemoryLimit(long bytes) {
        return new ReadOptions(threads, keepGoing, allowTrailing, bytes, listener);
    }

    /** With this listener. */
    public ReadOptions withListener(ArchiveListener newListener) {
        return new ReadOptions(threads, keepGoing, allowTrailing, memoryLimit, newListener);
    }
}
