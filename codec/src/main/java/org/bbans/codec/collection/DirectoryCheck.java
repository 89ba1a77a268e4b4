package org.bbans.codec.collection;

import java.util.List;
import org.bbans.codec.format.Wrapping;

/** Refuses contents that {@link Directory#parse} would not read again. */
final class DirectoryCheck {

    private final int streams;
    /** As many as a content may have, whose number is stored with one added. */
    private int left = Directory.MAX_PIECES - 1;

    private DirectoryCheck(int streams) {
        this.streams = streams;
    }

    /**
     * Checks the contents of a batch.
     *
     * @param streams that it has
     * @throws IllegalArgumentException if there is nothing before what is repeated, a run is of no stream, or there
     *     are too many segments, bytes of a recipe, runs of a loop, or wrappings around each other
     */
    static void check(List<CollectionEntry> entries, int streams) {
        DirectoryCheck check = new DirectoryCheck(streams);
        boolean isFirst = true;
        for (CollectionEntry entry : entries) {
            if (entry.content() instanceof StoredContent.Segments content) {
                check.segments(content.segments(), 0);
                isFirst = false;
            } else {
                require(entry.content() == null || !isFirst, "nothing before that could be repeated");
            }
        }
    }

    private void segments(List<? extends StoredContent.Segment> segments, int depth) {
        require(segments.size() <= left, "too many segments");
        left -= segments.size();
        for (StoredContent.Segment segment : segments) {
            if (segment instanceof StoredContent.Run run) {
                require(run.stream() < streams, "a run of stream " + run.stream());
            } else if (segment instanceof StoredContent.Loop loop) {
                require(loop.body().size() <= Directory.MAX_BODY, loop.body().size() + " runs of a loop");
                segments(loop.body(), depth);
            } else if (segment instanceof StoredContent.Wrapped wrapped) {
                require(depth < Directory.MAX_DEPTH, "wrappings around each other");
                require(wrapped.recipe() <= Wrapping.MAX_BYTES, wrapped.recipe() + " bytes of a recipe");
                segments(wrapped.inside().segments(), depth + 1);
            }
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
