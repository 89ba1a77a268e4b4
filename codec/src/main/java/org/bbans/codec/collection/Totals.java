package org.bbans.codec.collection;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * How many bytes of each stream contents take. Forgetting them takes as long as adding them has, however many streams
 * there are.
 */
final class Totals {

    private final long[] bytes;
    /** Streams of which bytes are taken, in the order of their first ones. */
    private int[] used = new int[8];
    private int size;

    /** Nothing yet of so many streams. */
    Totals(int streams) {
        bytes = new long[streams];
    }

    void clear() {
        streams().forEach(stream -> bytes[stream] = 0);
        size = 0;
    }

    /** Bytes of a stream. */
    long of(int stream) {
        return bytes[stream];
    }

    /** Streams of which bytes are taken. */
    IntStream streams() {
        return Arrays.stream(used, 0, size);
    }

    /** Adds what a content takes. */
    void add(StoredContent.Segments content) throws CorruptArchiveException {
        add(content.segments(), 1);
    }

    private void add(List<? extends StoredContent.Segment> segments, long times) throws CorruptArchiveException {
        for (StoredContent.Segment segment : segments) {
            if (segment instanceof StoredContent.Run run) {
                // Neither factor nor product is beyond 2^63: a loop's size has been checked.
                add(run.stream(), times * run.size());
            } else if (segment instanceof StoredContent.Loop loop) {
                add(loop.body(), loop.times());
            } else {
                StoredContent.Wrapped wrapped = (StoredContent.Wrapped) segment;
                add(0, wrapped.recipe());
                add(wrapped.inside().segments(), 1);
            }
        }
    }

    private void add(int stream, long n) throws CorruptArchiveException {
        if (n == 0) {
            return;
        }
        if (bytes[stream] == 0) {
            used = size == used.length ? Arrays.copyOf(used, 2 * size) : used;
            used[size++] = stream;
        }
        bytes[stream] += n;
        if (bytes[stream] < 0) {
            throw new CorruptArchiveException("a directory is damaged: a stream of more than 2^63 bytes");
        }
    }
}
