package org.bbans.codec.collection;

import java.util.List;

/** Where the bytes of a file lie in the streams of its batch. Whatever lies in a stream, lies there in order. */
public sealed interface StoredContent {

    /** Bytes of the file. */
    long size();

    /** A file whose content is that of the file before. */
    record Repeat(long size) implements StoredContent {}

    /** Segments, one after the other; an empty file has none. */
    record Segments(List<Segment> segments) implements StoredContent {

        /**
         * Copies the list.
         *
         * @throws IllegalArgumentException if there are more than 2^63 bytes
         */
        public Segments {
            segments = List.copyOf(segments);
            long size = 0;
            for (Segment segment : segments) {
                size += segment.size();
                if (size < 0) {
                    throw new IllegalArgumentException("more than 2^63 bytes");
                }
            }
        }

        @Override
        public long size() {
            return segments.stream().mapToLong(Segment::size).sum();
        }
    }

    /** Some bytes of a content. */
    sealed interface Segment {

        /** Number of bytes. */
        long size();
    }

    /**
     * The next bytes of one stream.
     *
     * @param stream number of the stream
     * @param size number of bytes, at least 1
     */
    record Run(int stream, long size) implements Segment {

        /** Checks the ranges. */
        public Run {
            if (stream < 0 || size < 1) {
                throw new IllegalArgumentException(size + " bytes of stream " + stream);
            }
        }
    }

    /**
     * Runs that are there several times, one sequence of them behind the other.
     *
     * @param times how often, at least 2
     * @param body a sequence, at least one run
     */
    record Loop(long times, List<Run> body) implements Segment {

        /**
         * Copies the list.
         *
         * @throws IllegalArgumentException if there are more than 2^63 bytes, too few times, or no runs
         */
        public Loop {
            body = List.copyOf(body);
            long size = new Segments(List.copyOf(body)).size();
            if (times < 2 || size < 1 || size > Long.MAX_VALUE / times) {
                throw new IllegalArgumentException(times + " times " + body.size() + " runs");
            }
        }

        @Override
        public long size() {
            return times * body.stream().mapToLong(Run::size).sum();
        }
    }

    /**
     * Bytes that are made again from what was found in them.
     *
     * @param size number of bytes
     * @param kind of the {@link org.bbans.codec.format.Wrapping}
     * @param crc CRC-32C of the bytes; 0 unless it {@linkplain #isChecked has one}
     * @param recipe bytes of the wrapping's data, which are the next of stream 0, before those of {@code inside}
     * @param inside what the wrapping holds
     */
    record Wrapped(long size, int kind, int crc, int recipe, Segments inside) implements Segment {

        private static final int CHECKED_BYTES = 1 << 12;

        /** Checks the ranges. */
        public Wrapped {
            if (size < 0 || recipe < 0 || crc != 0 && !isChecked(size)) {
                throw new IllegalArgumentException("a wrapping of " + size + " bytes");
            }
        }

        /** Whether a wrapped segment of so many bytes has a CRC of its own; a batch has the sum of all others. */
        public static boolean isChecked(long size) {
            return size >= CHECKED_BYTES;
        }
    }
}
