package org.bbans.codec.collection;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.zip.CRC32C;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.io.BulkInputStream;
import org.bbans.codec.io.Spool;

/** Where one is in the streams of a batch. Few streams are open at once, however many there are. */
final class StreamCursors implements Closeable {

    /** Streams that are decoded while they are read; what others hold is decoded in one go and kept. */
    private static final int MAX_OPEN = 16;

    private static final int CHUNK = 1 << 16;
    /** Bytes of a stream that are not decoded before others that are wanted, if that can be had. */
    private static final long LONG_WAY = 1 << 20;

    private final Sections sections;
    private final Path temporaryFolder;
    private final ModelSource models;
    private final ReadOptions options;
    /** Bytes that directories take. */
    private final long memory;
    private final List<Cursor> cursors = new ArrayList<>();
    /** Cursors whose streams are open, the one that was used last at the end. */
    private final Deque<Cursor> open = new ArrayDeque<>();
    /** Whether a stream has been found to be damaged. */
    private boolean anyDamaged;
    /** What was decoded in one go; null if nothing was. */
    private Spool kept;

    /** Gives the bytes behind the directory. */
    interface Sections {
        InputStream open(long from, long length) throws IOException;
    }

    /**
     * Cursors at the beginnings of all streams.
     *
     * @param totals how many bytes each stream has to hold
     * @param temporaryFolder where what is decoded in one go is kept
     * @param memory bytes that directories take
     */
    StreamCursors(List<Directory.Stream> streams, Totals totals, Sections sections, Path temporaryFolder,
            ModelSource models, ReadOptions options, long memory) {
        this.sections = sections;
        this.temporaryFolder = temporaryFolder;
        this.models = models;
        this.options = options;
        this.memory = memory;
        long from = 0;
        for (int i = 0; i < streams.size(); i++) {
            cursors.add(new Cursor(i, streams.get(i), from, totals.of(i)));
            from += streams.get(i).size();
        }
    }

    /** Whether a stream has been found to be damaged. */
    boolean anyDamaged() {
        return anyDamaged;
    }

    /** Number of streams. */
    int size() {
        return cursors.size();
    }

    /** That of a stream. */
    Cursor of(int stream) {
        return cursors.get(stream);
    }

    /** Finds out which streams are damaged; adds what is wrong with them. */
    void examine(List<String> problems) throws IOException {
        for (Cursor cursor : cursors) {
            cursor.examine(problems);
        }
    }

    /** Makes sure that what no file needs is sound, too. */
    void checkUnused() throws IOException {
        for (Cursor cursor : cursors) {
            if (cursor.total == 0 && cursor.damages.isEmpty()) {
                cursor.open();
                cursor.finish();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Cursor cursor : cursors) {
            cursor.close();
        }
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }

    /**
     * A place in a stream, which is opened when a byte of it is needed and closed behind its last one. If too many are
     * open, the rest of one is decoded and kept.
     */
    final class Cursor implements Closeable {

        private final int number;
        private final Directory.Stream stream;
        private final long from;
        private final long total;
        private long at;
        private long decodedTo;
        /** Where the rest from {@code keptAt} on begins among what is kept; -1 if it is not kept. */
        private long keptFrom = -1;
        private long keptAt;
        private InputStream section;
        private ArchiveInputStream in;
        /** By their places; empty if the stream is sound, or has not been examined. */
        private final List<Damage> damages = new ArrayList<>();
        /** Damages that lie before all bytes which may be asked about, and where what is lost to the end begins. */
        private int passed;
        private long goneFrom = Long.MAX_VALUE;

        private Cursor(int number, Directory.Stream stream, long from, long total) {
            this.number = number;
            this.stream = stream;
            this.from = from;
            this.total = total;
        }

        /** Leaves bytes out. */
        void skip(long n) throws IOException {
            at += n;
            if (at == total) {
                close();
            }
        }

        /** Reads some bytes, one at least. */
        int read(byte[] b, int off, int len) throws IOException {
            if (keptFrom >= 0) {
                int n = kept.read(keptFrom + at - keptAt, b, off, (int) Math.min(len, total - at));
                at += n;
                return n;
            }
            if (in == null) {
                open();
            } else if (open.peekLast() != this) {
                open.remove(this);
                open.add(this);
            }
            decodeTo(at, null);
            int n = fill(b, off, len);
            at += n;
            decodedTo = at;
            if (at == total) {
                finish();
            }
            return n;
        }

        /** Decodes up to a place. */
        private void decodeTo(long end, OutputStream out) throws IOException {
            byte[] chunk = decodedTo < end ? new byte[CHUNK] : null;
            while (decodedTo < end) {
                int n = fill(chunk, 0, (int) Math.min(chunk.length, end - decodedTo));
                if (out != null) {
                    out.write(chunk, 0, n);
                }
                decodedTo += n;
            }
        }

        private void keep() throws IOException {
            if (kept == null) {
                kept = new Spool(temporaryFolder);
            }
            decodeTo(at, null);
            keptFrom = kept.size();
            keptAt = at;
            decodeTo(total, kept);
            finish();
        }

        /**
         * The damages that concern some bytes; of none that were passed is asked again.
         *
         * @param begin the first of these bytes, none before that of the last call
         * @param size how many they are
         */
        List<Damage> damages(long begin, long size) {
            while (passed < damages.size() && end(damages.get(passed)) <= begin) {
                passed++;
            }
            List<Damage> hits = new ArrayList<>();
            for (int i = passed; i < damages.size() && damages.get(i).contentOffset() < begin + size; i++) {
                if (end(damages.get(i)) > begin && damages.get(i).length() != 0) {
                    hits.add(damages.get(i));
                }
            }
            return hits;
        }

        /** Where a damage ends in the stream. */
        static long end(Damage damage) {
            return damage.length() == Damage.REST ? Long.MAX_VALUE : damage.contentOffset() + damage.length();
        }

        /** Bytes of the stream before the next one. */
        long at() {
            return at;
        }

        /** Whether the stream has been found to be damaged. */
        boolean isDamaged() {
            return !damages.isEmpty();
        }

        /** Whether nothing from the next place on can be had. */
        boolean isGone() {
            return goneFrom <= at;
        }

        private void examine(List<String> problems) throws IOException {
            String why;
            try {
                open();
                long size = in.transferTo(OutputStream.nullOutputStream());
                if (size == total && !in.nextMember()) {
                    return;
                }
                why = damaged("it does not hold what its files have").getMessage();
                damages.add(new Damage(Math.min(size, total), Damage.REST, why));
            } catch (FormatException e) {
                why = (e.getMessage().startsWith("stream ") ? "" : "stream " + number + ": ") + e.getMessage();
                close();
                salvage(why);
            } finally {
                close();
            }
            problems.add(why);
            anyDamaged = true;
            damages.sort(Comparator.comparingLong(Damage::contentOffset));
            for (Damage damage : damages) {
                goneFrom = damage.length() == Damage.REST ? Math.min(goneFrom, damage.contentOffset()) : goneFrom;
            }
        }

        private void salvage(String why) throws IOException {
            // Even if all of the content can be had, this is not the stream as it was.
            damages.add(new Damage(0, 0, why));
            try (ArchiveInputStream archive = openDamaged()) {
                long size = archive.transferTo(OutputStream.nullOutputStream());
                damages.addAll(archive.damages());
                damages.add(new Damage(size, Damage.REST, why));
            } catch (FormatException e) {
                damages.add(new Damage(0, Damage.REST, why));
            }
        }

        private ArchiveInputStream openDamaged() throws IOException {
            return ArchiveInputStream.open(new SectionChannel(sections, from, stream.size()),
                    models, options.withMembersApart(true).withContentLimit(Long.MAX_VALUE));
        }

        private CorruptArchiveException damaged(String what) {
            return new CorruptArchiveException("stream " + number + " is damaged: " + what
                    + "; get another copy, or decompress with --keep-going to save what is whole");
        }

        private int fill(byte[] b, int off, int len) throws IOException {
            int n = in.read(b, off, len);
            if (n < 0 && !damages.isEmpty()) {
                Arrays.fill(b, off, off + len, (byte) 0);
                return len;
            }
            if (n < 0) {
                throw damaged("it ends too early");
            }
            return n;
        }

        private void open() throws IOException {
            // Damaged ones do not know what others take.
            if (open.size() == (options.keepGoing() ? 1 : MAX_OPEN)) {
                open.remove().keep();
            }
            open.add(this);
            if (!damages.isEmpty()) {
                in = openDamaged();
                return;
            }
            try (InputStream start = sections.open(from, Math.min(stream.size(), CollectionReader.START_BYTES))) {
                byte[] bytes = start.readNBytes(CollectionReader.START_BYTES);
                if (CollectionReader.begins(bytes) || CollectionReader.beginsNameless(bytes)) {
                    throw damaged("it is itself a collection");
                }
            }
            if (at < LONG_WAY || !openNear()) {
                section = new CheckedSection(sections.open(from, stream.size()), this);
                in = new ArchiveInputStream(section, models,
                        options.withKeepGoing(false).withMembersApart(true).withContentLimit(Long.MAX_VALUE),
                        this::memoryElsewhere);
            }
            if (in.header().wrapping() != null) {
                throw damaged("a wrapping has no place there");
            }
        }

        /** Leaves out most of what comes before the place, if the stream's index is sound. */
        private boolean openNear() throws IOException {
            try {
                in = ArchiveInputStream.openNear(
                        new SectionChannel(sections, from, stream.size()), at, models,
                        options.withMembersApart(true).withContentLimit(Long.MAX_VALUE), this::memoryElsewhere);
                decodedTo = in.start();
                return true;
            } catch (FormatException e) {
                // Reading in order tells what is wrong where it is met, and needs no list of all blocks.
                return false;
            }
        }

        /** Bytes that the directories and the other streams take. */
        private long memoryElsewhere() {
            long sum = memory;
            for (Cursor other : open) {
                sum += other != this && other.in != null ? other.in.memoryHeld() : 0;
            }
            return sum;
        }

        private void finish() throws IOException {
            if (damages.isEmpty() && (in.read() >= 0 || in.nextMember())) {
                throw damaged("it holds more than its files");
            }
            close();
        }

        @Override
        public void close() throws IOException {
            open.remove(this);
            if (in != null) {
                in.close();
                in = null;
            } else if (section != null) {
                section.close();
            }
            section = null;
        }
    }

    /** Checks an archive's CRC when its end is read. */
    private static final class CheckedSection extends BulkInputStream {

        private final InputStream in;
        private final Cursor cursor;
        private final CRC32C crc = new CRC32C();
        private long left;

        CheckedSection(InputStream in, Cursor cursor) {
            this.in = in;
            this.cursor = cursor;
            left = cursor.stream.size();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = in.read(b, off, len);
            if (n > 0) {
                crc.update(b, off, n);
                left -= n;
            }
            if (left == 0 && (int) crc.getValue() != cursor.stream.crc()) {
                throw cursor.damaged("its CRC does not match");
            }
            return n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
