package org.bbans.codec.archive;

import java.util.Objects;
import org.bbans.codec.format.UnsupportedArchiveException;

/**
 * How an archive is read. Immutable; each method gives a changed copy.
 *
 * @param threads blocks that are decoded at a time
 * @param keepGoing whether damaged blocks are replaced by zeros and reported instead of ending the reading
 * @param allowTrailing whether bytes after the archive's end, another archive among them, are left unread instead of
 *     being read or an error
 * @param membersApart whether reading ends behind each of several archives in a row, until
 *     {@link ArchiveInputStream#nextMember} goes on
 * @param memoryLimit bytes that all blocks being decoded at a time may take together, and an embedded model by itself;
 *     fewer blocks are decoded at a time where more would not fit
 * @param workLimit multiply-adds for a byte of content that an embedded model may ask for
 * @param listener is told what happens
 */
public record ReadOptions(int threads, boolean keepGoing, boolean allowTrailing, boolean membersApart, long memoryLimit,
        long workLimit, ArchiveListener listener) {

    /** Bytes of content a thread that are looked ahead to find groups of blocks that can be worked on at a time. */
    static final long AHEAD = 1 << 24;

    /** The memory limit unless another one is given: 512 MiB, or half of the heap if that is less. */
    public static final long DEFAULT_MEMORY = Math.min(1 << 29, Runtime.getRuntime().maxMemory() / 2);

    /** The work limit unless another one is given: some milliseconds for a byte. */
    public static final long DEFAULT_WORK = 1 << 22;

    /** One thread, strict, with the default limits. */
    public static final ReadOptions DEFAULT =
            new ReadOptions(1, false, false, false, DEFAULT_MEMORY, DEFAULT_WORK, ArchiveListener.NONE);

    /** Checks the ranges. */
    public ReadOptions {
        Objects.requireNonNull(listener);
        if (threads < 1 || memoryLimit < 1 || workLimit < 1) {
            throw new IllegalArgumentException(threads + " threads, memory limit " + memoryLimit
                    + ", work limit " + workLimit);
        }
    }

    /**
     * Makes sure that there is memory for something.
     *
     * @param what what it is, with its place
     * @param need bytes that it takes
     * @param taken bytes that are taken meanwhile
     * @throws UnsupportedArchiveException if that is more than the limit
     */
    public void checkMemory(String what, long need, long taken) throws UnsupportedArchiveException {
        if (need > memoryLimit - taken) {
            throw new UnsupportedArchiveException(what + " takes about " + mebibytes(need) + " MiB to decode"
                    + (taken == 0 ? "" : ", what lies open beside it " + mebibytes(taken)) + ", the limit is "
                    + (memoryLimit >> 20) + " MiB: allow more with --memory");
        }
    }

    private static long mebibytes(long bytes) {
        return (bytes >> 20) + 1;
    }

    /** With so many threads. */
    public ReadOptions withThreads(int count) {
        return new ReadOptions(count, keepGoing, allowTrailing, membersApart, memoryLimit, workLimit, listener);
    }

    /** With or without saving what is undamaged. */
    public ReadOptions withKeepGoing(boolean on) {
        return new ReadOptions(threads, on, allowTrailing, membersApart, memoryLimit, workLimit, listener);
    }

    /** With or without bytes after the end. */
    public ReadOptions withAllowTrailing(boolean on) {
        return new ReadOptions(threads, keepGoing, on, membersApart, memoryLimit, workLimit, listener);
    }

    /** With or without an end behind each of several archives in a row. */
    public ReadOptions withMembersApart(boolean on) {
        return new ReadOptions(threads, keepGoing, allowTrailing, on, memoryLimit, workLimit, listener);
    }

    /** With this memory limit. */
    public ReadOptions withMemoryLimit(long bytes) {
        return new ReadOptions(threads, keepGoing, allowTrailing, membersApart, bytes, workLimit, listener);
    }

    /** With this work limit. */
    public ReadOptions withWorkLimit(long multiplyAdds) {
        return new ReadOptions(threads, keepGoing, allowTrailing, membersApart, memoryLimit, multiplyAdds, listener);
    }

    /** With this listener. */
    public ReadOptions withListener(ArchiveListener newListener) {
        return new ReadOptions(threads, keepGoing, allowTrailing, membersApart, memoryLimit, workLimit, newListener);
    }
}
