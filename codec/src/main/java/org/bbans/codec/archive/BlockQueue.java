package org.bbans.codec.archive;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bbans.codec.format.BlockInfo;

/**
 * What comes next in the content of an archive, with the sums of what that takes: an archive may have millions of
 * blocks of a byte, so nothing walks over all of them at each step.
 */
final class BlockQueue {

    /** Bytes of memory for an entry beside its block's: payload, content, task and result are objects. */
    private static final int ENTRY_MEMORY = 512;

    /** Entries a thread: a group of the smallest blocks is looked ahead of no further. */
    private static final int MAX_ENTRIES = 1 << 10;

    private final int threads;
    private final Deque<Upcoming> entries = new ArrayDeque<>();
    /** Of all entries: bytes of memory, bytes of content in blocks being decoded, and blocks that need no others. */
    private long memory;
    private long rawBytes;
    private int independent;

    /** What comes next in the content. */
    sealed interface Upcoming {}

    /**
     * A block that is decoded by some thread.
     *
     * @param memory bytes that this takes
     * @param done bytes of content that are decoded
     * @param raw the content
     */
    record Decoding(BlockInfo block, long memory, AtomicInteger done, Future<byte[]> raw)
            implements
                Upcoming {}

    /** A block that is decoded while it is read. */
    record Streaming(StreamedBlock block) implements Upcoming {}

    /** Bytes of blocks that were not found. */
    record Lost(long length) implements Upcoming {}

    /** Why nothing else comes. */
    record Failed(IOException cause) implements Upcoming {}

    BlockQueue(int threads) {
        this.threads = threads;
    }

    void add(Upcoming last) {
        entries.add(last);
        count(last, 1);
    }

    /** Takes what comes first; null if there is nothing. */
    Upcoming poll() {
        Upcoming first = entries.poll();
        if (first != null) {
            count(first, -1);
        }
        return first;
    }

    private void count(Upcoming entry, int sign) {
        memory += sign * ENTRY_MEMORY;
        if (entry instanceof Decoding decoding) {
            memory += sign * decoding.memory();
            rawBytes += sign * decoding.block().rawSize();
            independent += decoding.block().codec().isRows() ? 0 : sign;
        }
    }

    void clear() {
        while (poll() != null) {
            // Each is taken out of the sums.
        }
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** What comes first; null if there is nothing. */
    Upcoming first() {
        return entries.peek();
    }

    /** What comes last; null if there is nothing. */
    Upcoming last() {
        return entries.peekLast();
    }

    /** Bytes of memory that all takes. */
    long memory() {
        return memory;
    }

    /**
     * Whether there is enough for all threads. Blocks of one group keep one thread busy: others need blocks of the
     * groups behind.
     */
    boolean isFull() {
        return entries.size() > threads && (threads == 1 || independent > threads
                || rawBytes > ReadOptions.AHEAD * threads || entries.size() > MAX_ENTRIES * threads);
    }
}
