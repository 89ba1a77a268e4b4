package org.bbans.codec.archive;

import java.util.Objects;
import org.bbans.codec.format.UnsupportedArchiveException;

/**
 * How an archive is read. Immutable; each method gives a changed copy.
 *
 * @param threads blocks that are decoded at a time
 * @param keepGoing whether damaged blocks are replaced by zeros, or by what can be decoded of them, and reported
 *     instead of ending the reading
 * @param allowTrailing whether bytes after the archive's end, another archive among them, are left unread instead of
 *     being read or an error
 * @param membersApart whether reading ends behind each of several archives in a row, until
 *     {@link ArchiveInputStream#nextMember} goes on
 * @param memoryLimit bytes that all blocks of an archive being decoded at a time may take together, directories and
 *     streams of a collection that are open among them; an embedded model, summaries of blocks and one block may each
 *     take as much by itself. Fewer blocks are decoded at a time where more would not fit. Restoring what a wrapping
 *     describes is not counted
 * @param contentLimit bytes of content for each byte of archive, as if that had 128 KiB more than it has
 * @param workLimit multiply-adds of an embedded model for each byte of archive, as if that had 4 KiB more
 * @param listener is told what happens
 */
public record ReadOptions(int threads, boolean keepGoing, boolean allowTrailing, boolean membersApart, long memoryLimit,
        long contentLimit, long workLimit, ArchiveListener listener) {

    /** Bytes of content a thread that are looked ahead to find groups of blocks that can be worked on at a time. */
    static final long AHEAD = 1 << 24;

    /** The memory limit unless another one is given: 512 MiB, or half of the heap if that is less. */
    public static final long DEFAULT_MEMORY = Math.min(1 << 29, Runtime.getRuntime().maxMemory() / 2);

    /** The content limit unless another one is given. LZMA2 makes up to 6,900 zeros of a byte, models far more. */
    public static final long DEFAULT_CONTENT = 1 << 13;

    /** The work limit unless another one is given: some milliseconds for a byte. */
    public static final long DEFAULT_WORK = 1 << 25;

    /** What a byte of archive makes at most as a rule, and content that takes a moment even so, as bytes of archive. */
    private static final long QUICK = 1 << 14;
    private static final long USUAL = 1 << 9;

    /** What even the smallest archive may ask for, as bytes of archive: by default a gibibyte, and some seconds. */
    private static final long FREE_CONTENT = 1 << 17;
    private static final long FREE_WORK = 1 << 12;

    /** One thread, strict, with the default limits. */
    public static final ReadOptions DEFAULT =
            new ReadOptions(1, false, false, false, DEFAULT_MEMORY, DEFAULT_CONTENT, DEFAULT_WORK,
                    ArchiveListener.NONE);

    /** Checks the ranges. */
    public ReadOptions {
        Objects.requireNonNull(listener);
        if (threads < 1 || memoryLimit < 1 || contentLimit < 1 || workLimit < 1) {
            throw new IllegalArgumentException(threads + " threads, memory limit " + memoryLimit
                    + ", content limit " + contentLimit + ", work limit " + workLimit);
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

    /**
     * Makes sure that what is to be decoded is no more than the archive may make.
     *
     * @param what what it is, with its place
     * @param content bytes of content up to its end
     * @param archive bytes of archive up to its end
     * @throws UnsupportedArchiveException if that is more than the limit
     */
    public void checkContent(String what, long content, long archive) throws UnsupportedArchiveException {
        if (content / (archive + FREE_CONTENT) >= contentLimit) {
            throw new UnsupportedArchiveException(what + " is where " + archive + " bytes of archive make " + content
                    + " of content, the limit is " + contentLimit + " for each: this may fill a disk; "
                    + "--memory none allows it");
        }
    }

    /** Whether so many bytes of archive make unusually much content, which may take long. */
    public static boolean isUnusual(long content, long archive) {
        return content / (archive + QUICK) >= USUAL;
    }

    /**
     * Makes sure that an embedded model asks for no more work than it may.
     *
     * @param model what it is called
     * @param multiplyAdds what it has asked for, with what it is about to
     * @param archive bytes of archive for which this is
     * @throws UnsupportedArchiveException if that is more than the limit
     */
    void checkWork(String model, long multiplyAdds, long archive) throws UnsupportedArchiveException {
        if (multiplyAdds / (archive + FREE_WORK) >= workLimit) {
            throw new UnsupportedArchiveException(model + ", which comes with the archive, asks for " + multiplyAdds
                    + " multiply-adds for " + archive + " bytes of archive, the limit is " + workLimit
                    + " for each: this may take days; --memory none allows it");
        }
    }

    private static long mebibytes(long bytes) {
        return (bytes >> 20) + 1;
    }

    /** With so many threads. */
    public ReadOptions withThreads(int count) {
        return new ReadOptions(count, keepGoing, allowTrailing, membersApart, memoryLimit, contentLimit, workLimit,
                listener);
    }

    /** With or without saving what is undamaged. */
    public ReadOptions withKeepGoing(boolean on) {
        return new ReadOptions(threads, on, allowTrailing, membersApart, memoryLimit, contentLimit, workLimit,
                listener);
    }

    /** With or without bytes after the end. */
    public ReadOptions withAllowTrailing(boolean on) {
        return new ReadOptions(threads, keepGoing, on, membersApart, memoryLimit, contentLimit, workLimit,
                listener);
    }

    /** With or without an end behind each of several archives in a row. */
    public ReadOptions withMembersApart(boolean on) {
        return new ReadOptions(threads, keepGoing, allowTrailing, on, memoryLimit, contentLimit, workLimit,
                listener);
    }

    /** With this memory limit. */
    public ReadOptions withMemoryLimit(long bytes) {
        return new ReadOptions(threads, keepGoing, allowTrailing, membersApart, bytes, contentLimit, workLimit,
                listener);
    }

    /** With this content limit. */
    public ReadOptions withContentLimit(long bytes) {
        return new ReadOptions(threads, keepGoing, allowTrailing, membersApart, memoryLimit, bytes, workLimit,
                listener);
    }

    /** Without limits to memory, content and work: for archives whose maker is trusted. */
    public ReadOptions withoutLimits() {
        return withMemoryLimit(Long.MAX_VALUE).withContentLimit(Long.MAX_VALUE).withWorkLimit(Long.MAX_VALUE);
    }

    /** With this work limit. */
    public ReadOptions withWorkLimit(long multiplyAdds) {
        return new ReadOptions(threads, keepGoing, allowTrailing, membersApart, memoryLimit, contentLimit, multiplyAdds,
                listener);
    }

    /** With this listener. */
    public ReadOptions withListener(ArchiveListener newListener) {
        return new ReadOptions(threads, keepGoing, allowTrailing, membersApart, memoryLimit, contentLimit, workLimit,
                newListener);
    }
}
