package org.bbans.codec.collection;

import java.util.List;

/** Where the bytes of a file lie in the streams of its batch. Whatever lies in a stream, lies there in order. */
public sealed interface StoredContent {

    /** Bytes of the file. */
    long size();

    /**
     * The next bytes of one stream.
     *
     * @param stream number of the stream
     * @param length number of bytes, at least 1
     */
    record Run(int stream, long length) {

        /** Checks the ranges. */
        public Run {
            if (stream < 0 || length < 1) {
                throw new IllegalArgumentException(length + " bytes of stream " + stream);
            }
        }
    }

    /** A file whose content is that of the file before. */
    record Repeat(long size) implements StoredContent {}

    /** The next bytes of streams, one run after the other; an empty file has none. */
    record Runs(List<Run> runs) implements StoredContent {

        /** Copies the list. */
        public Runs {
            runs = List.copyOf(runs);
        }

        @Override
        public long size() {
            return runs.stream().mapToLong(Run::length).sum();
        }
    }

    /**
     * A file that is made again from what was found in it.
     *
     * @param size bytes of the file
     * @param kind of the {@link org.bbans.codec.format.Wrapping}
     * @param recipe bytes of the wrapping's data, which are the next of stream 0, before those of {@code inside}
     * @param inside what the file holds
     */
    record Unwrapped(long size, int kind, int recipe, Runs inside) implements StoredContent {}
}
