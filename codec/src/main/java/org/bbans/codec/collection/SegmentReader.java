package org.bbans.codec.collection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.BoundedOutputStream;
import org.bbans.codec.io.BulkInputStream;
import org.bbans.codec.io.Spool;

/**
 * Makes contents of what the streams of a batch hold, one content after the other. What wrappings hold is restored, and
 * the CRCs of those that have none of their own are summed up.
 */
final class SegmentReader {

    private static final int CHUNK = 1 << 16;

    private final StreamCursors cursors;
    private final Path temporaryFolder;
    private final byte[] chunk = new byte[CHUNK];
    /** Wrapped segments without a CRC of their own: those not restored yet, and the sum of the others' CRCs. */
    private int unchecked;
    private int checks;
    /** Of the content that was asked about last; null if none was. */
    private Totals needed;

    /**
     * A reader.
     *
     * @param cursors at the beginnings of the streams
     * @param temporaryFolder where what wrappings hold is put together
     * @param unchecked wrapped segments of all contents that have no CRC of their own
     */
    SegmentReader(StreamCursors cursors, Path temporaryFolder, int unchecked) {
        this.cursors = cursors;
        this.temporaryFolder = temporaryFolder;
        this.unchecked = unchecked;
    }

    /**
     * Opens a content, which comes next, to be read segment by segment.
     *
     * @param losses receives what is lost, for which zeros are read; null if somebody else has looked at that
     */
    InputStream open(StoredContent.Segments content, List<Damage> losses) {
        return new SegmentsInput(content, losses);
    }

    /** Makes sure that what was restored is right, if all of it was. */
    void check(int sum) throws CorruptArchiveException {
        if (unchecked == 0 && checks != sum) {
            throw new CorruptArchiveException(
                    "of the small files that were taken apart, one at least differs from what was compressed");
        }
    }

    /** Writes a content, which comes next. */
    void write(StoredContent.Segments content, OutputStream out) throws IOException {
        for (StoredContent.Segment segment : content.segments()) {
            if (segment instanceof StoredContent.Wrapped wrapped) {
                rewrap(wrapped, out);
            } else {
                InputStream in = new SegmentsInput(new StoredContent.Segments(List.of(segment)));
                for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                    out.write(chunk, 0, n);
                }
            }
        }
    }

    private void rewrap(StoredContent.Wrapped wrapped, OutputStream out) throws IOException {
        byte[] recipe = wrapped.recipe() == 0 ? new byte[0] : new SegmentsInput(new StoredContent.Segments(List.of(
                new StoredContent.Run(0, wrapped.recipe())))).readAllBytes();
        BoundedOutputStream bytes = new BoundedOutputStream(out, wrapped.size(),
                () -> new CorruptArchiveException("a file is larger than its directory says"));
        try (SegmentsInput inside = new SegmentsInput(wrapped.inside())) {
            Wrapping wrapping = new Wrapping(wrapped.kind(), wrapped.size(), wrapped.crc(), recipe);
            if (StoredContent.Wrapped.isChecked(wrapped.size())) {
                Wrappings.rewrap(wrapping, inside, bytes, () -> false);
            } else {
                // What is inside adds to the sum meanwhile.
                int crc = Wrappings.restore(wrapping, inside, bytes);
                checks += crc;
                unchecked--;
            }
            if (inside.read() >= 0 || bytes.left() > 0) {
                throw new CorruptArchiveException(
                        "a file that was taken apart has another size than its directory says");
            }
        }
    }

    /** Leaves out a content, which comes next. */
    void skip(StoredContent.Segments content) throws IOException {
        skip(content.segments(), 1);
    }

    private void skip(List<? extends StoredContent.Segment> segments, long times) throws IOException {
        for (StoredContent.Segment segment : segments) {
            if (segment instanceof StoredContent.Run run) {
                cursors.of(run.stream()).skip(times * run.size());
            } else if (segment instanceof StoredContent.Loop loop) {
                skip(loop.body(), loop.times());
            } else {
                StoredContent.Wrapped wrapped = (StoredContent.Wrapped) segment;
                if (wrapped.recipe() > 0) {
                    cursors.of(0).skip(wrapped.recipe());
                }
                skip(wrapped.inside().segments(), 1);
            }
        }
    }

    /** What damages some bytes that a content needs, which comes next. */
    Optional<Damage> damage(StoredContent.Segments content) throws CorruptArchiveException {
        if (!cursors.anyDamaged()) {
            return Optional.empty();
        }
        if (needed == null) {
            needed = new Totals(cursors.size());
        }
        needed.clear();
        needed.add(content);
        return needed.streams().mapToObj(stream -> {
            StreamCursors.Cursor cursor = cursors.of(stream);
            return cursor.damages(cursor.at(), needed.of(stream));
        }).flatMap(List::stream).findFirst();
    }

    /** How many of a content's wrapped segments have no CRC of their own. */
    static int unchecked(StoredContent.Segments content) {
        int n = 0;
        for (StoredContent.Segment segment : content.segments()) {
            if (segment instanceof StoredContent.Wrapped wrapped) {
                n += (StoredContent.Wrapped.isChecked(wrapped.size()) ? 0 : 1) + unchecked(wrapped.inside());
            }
        }
        return n;
    }

    /** Lets exactly so many bytes pass. */
    /** Gives segments, one after the other. */
    private final class SegmentsInput extends BulkInputStream {

        private List<StoredContent.Segment> segments;
        private int next;
        /** Runs of the current segment, and which of them is next. */
        private List<StoredContent.Run> runs = List.of();
        private int nextRun;
        private long timesLeft;
        /** What is left of the current run. */
        private int stream;
        private long left;
        /** A wrapping that has been put together. */
        private Spool whole;
        private InputStream inWhole;
        /** Receives what is lost; null if somebody else has looked at that. */
        private final List<Damage> losses;
        /** Bytes that were read, and how many zeros stand for a wrapping. */
        private long given;
        private long zeros;

        SegmentsInput(StoredContent.Segments content) {
            this(content, null);
        }

        SegmentsInput(StoredContent.Segments content, List<Damage> losses) {
            segments = content.segments();
            this.losses = losses;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = len == 0 ? 0 : some(b, off, len);
            given += Math.max(n, 0);
            return n;
        }

        private int some(byte[] b, int off, int len) throws IOException {
            while (true) {
                if (zeros > 0) {
                    int n = (int) Math.min(len, zeros);
                    Arrays.fill(b, off, off + n, (byte) 0);
                    zeros -= n;
                    return n;
                }
                if (inWhole != null) {
                    int n = inWhole.read(b, off, len);
                    if (n > 0) {
                        return n;
                    }
                    close();
                } else if (left > 0) {
                    int n = run(cursors.of(stream), b, off, (int) Math.min(len, left));
                    left -= n;
                    return n;
                } else if (nextRun < runs.size() || timesLeft > 1) {
                    if (nextRun == runs.size()) {
                        timesLeft--;
                        nextRun = 0;
                    }
                    StoredContent.Run run = runs.get(nextRun++);
                    stream = run.stream();
                    left = run.size();
                } else if (next < segments.size()) {
                    begin(segments.get(next++));
                } else {
                    return -1;
                }
            }
        }

        private int run(StreamCursors.Cursor cursor, byte[] b, int off, int len) throws IOException {
            if (losses == null || !cursor.isDamaged()) {
                return cursor.read(b, off, len);
            }
            long from = cursor.at();
            int n = len;
            if (cursor.isGone()) {
                Arrays.fill(b, off, off + len, (byte) 0);
                cursor.skip(len);
            } else {
                n = cursor.read(b, off, len);
            }
            for (Damage damage : cursor.damages(from, n)) {
                long begin = Math.max(from, damage.contentOffset());
                long end = Math.min(from + n, StreamCursors.Cursor.end(damage));
                lose(given + begin - from, end - begin, damage.reason());
            }
            return n;
        }

        private void lose(long from, long length, String reason) {
            int last = losses.size() - 1;
            Damage before = last < 0 ? null : losses.get(last);
            if (before != null && before.contentOffset() + before.length() == from && before.length() > 0
                    && before.reason().equals(reason)) {
                losses.set(last, new Damage(before.contentOffset(), before.length() + length, reason));
            } else {
                losses.add(new Damage(from, length, reason));
            }
        }

        private void begin(StoredContent.Segment segment) throws IOException {
            if (segment instanceof StoredContent.Wrapped wrapped) {
                StoredContent.Segments alone = new StoredContent.Segments(List.of(segment));
                Optional<Damage> damage = losses == null ? Optional.empty() : damage(alone);
                if (damage.isPresent() && given == 0 && segments.size() == 1
                        && Wrappings.holdsContent(wrapped.kind())) {
                    // All of the content: what is left of it is worth more unpacked than as zeros.
                    cursors.of(0).skip(wrapped.recipe());
                    losses.add(new Damage(0, 0, Wrappings.notPacked(wrapped.kind())));
                    segments = wrapped.inside().segments();
                    next = 0;
                    return;
                }
                if (damage.isPresent()) {
                    SegmentReader.this.skip(alone);
                    zeros = wrapped.size();
                    lose(given, zeros, damage.get().reason());
                    return;
                }
                whole = new Spool(temporaryFolder);
                rewrap(wrapped, whole);
                inWhole = whole.open();
                return;
            }
            runs = segment instanceof StoredContent.Loop loop ? loop.body() : List.of((StoredContent.Run) segment);
            timesLeft = segment instanceof StoredContent.Loop loop ? loop.times() : 1;
            nextRun = 0;
        }

        @Override
        public void close() throws IOException {
            if (whole != null) {
                whole.close();
                whole = null;
                inWhole = null;
            }
        }
    }
}
