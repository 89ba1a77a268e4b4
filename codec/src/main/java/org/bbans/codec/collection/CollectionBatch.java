package org.bbans.codec.collection;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.block.BulkInputStream;
import org.bbans.codec.block.Spool;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.Wrapping;

/** A part of a collection: its entries, and the streams that hold the content of its files. */
public final class CollectionBatch implements Closeable {

    /** Streams that are decoded while they are read; what others hold is decoded in one go and kept. */
    private static final int MAX_OPEN = 16;

    private static final int CHUNK = 1 << 16;
    /** Bytes of a stream that are not decoded before others that are wanted, if that can be had. */
    private static final long LONG_WAY = 1 << 20;

    private final Directory directory;
    private final Sections sections;
    private final Closeable holder;
    private final ModelSource models;
    private final ReadOptions options;
    /** Bytes that directories take. */
    private final long memory;
    /** Bytes that are made of the archive up to the end of this batch, and how many it has up to there. */
    private final long content;
    private final long archive;
    private final List<Cursor> cursors = new ArrayList<>();
    /** Cursors whose streams are open, the one that was used last at the end. */
    private final Deque<Cursor> open = new ArrayDeque<>();
    /** Wrapped segments without a CRC of their own: those not restored yet, and the sum of the others' CRCs. */
    private int unchecked;
    private int checks;
    /** What was decoded in one go; null if nothing was. */
    private Spool kept;
    /** What is damaged, and what is lost by that. */
    private final List<String> problems = new ArrayList<>();
    /** What of a single content is lost, as far as that has been read. */
    private final List<Damage> lost = new ArrayList<>();

    /** Gives the bytes behind the directory. */
    interface Sections {
        InputStream open(long from, long length) throws IOException;
    }

    /** Receives the files that are wanted. */
    @FunctionalInterface
    public interface FileVisitor {

        /**
         * Takes a content.
         *
         * @param files the wanted files that have it, at least one
         * @param content writes it; to be called at most once, before this method returns
         * @throws IOException ends the reading
         */
        void visit(List<CollectionEntry> files, FileContent content) throws IOException;
    }

    /** A file's bytes. */
    @FunctionalInterface
    public interface FileContent {

        /**
         * Writes all bytes.
         *
         * @throws IOException if {@code out} fails, or the archive is damaged: what was written is then worth nothing
         */
        void writeTo(OutputStream out) throws IOException;
    }

    CollectionBatch(Directory directory, Sections sections, Closeable holder, ModelSource models,
            ReadOptions options, long memory, long content, long archive) {
        this.directory = directory;
        this.sections = sections;
        this.holder = holder;
        this.models = models;
        this.options = options;
        this.memory = memory;
        this.content = content;
        this.archive = archive;
    }

    /** All entries, in the archive's order: a folder need not stand before what lies in it. */
    public List<CollectionEntry> entries() {
        return directory.entries();
    }

    /** Number of streams. */
    public int streams() {
        return directory.streams().size();
    }

    /**
     * What the last {@link #read} with {@link ReadOptions#keepGoing} has found to be damaged, and which of the wanted
     * files are lost by it; empty without.
     */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * Reads files in the archive's order. Streams in which none of them lies are not decoded, unless all are read.
     *
     * <p>With {@link ReadOptions#keepGoing} all streams are decoded once before, and the files whose bytes are all
     * sound are given; {@link #problems} names the others.
     *
     * @param wanted which files
     * @throws IOException if the archive cannot be read or is damaged
     */
    public void read(Predicate<CollectionEntry> wanted, FileVisitor visitor) throws IOException {
        begin();
        examine();
        boolean everything = true;
        List<CollectionEntry> entries = directory.entries();
        for (int i = 0; i < entries.size();) {
            if (entries.get(i).type() != EntryType.FILE) {
                i++;
                continue;
            }
            List<CollectionEntry> same = new ArrayList<>();
            StoredContent content = entries.get(i).content();
            do {
                if (entries.get(i).type() == EntryType.FILE && wanted.test(entries.get(i))) {
                    same.add(entries.get(i));
                }
                i++;
            } while (i < entries.size() && (entries.get(i).type() != EntryType.FILE
                    || entries.get(i).content() instanceof StoredContent.Repeat));
            Once once = new Once((StoredContent.Segments) content);
            Optional<Damage> damage = damage(once.content);
            if (damage.isPresent()) {
                for (CollectionEntry entry : same) {
                    problems.add(entry.label() + " is lost: " + damage.get().reason());
                }
            } else if (!same.isEmpty()) {
                visitor.visit(List.copyOf(same), once);
            }
            if (!once.used) {
                everything = false;
                skip(once.content.segments(), 1);
            }
        }
        if (everything) {
            checkEnds();
        }
    }

    private void examine() throws IOException {
        problems.clear();
        lost.clear();
        if (options.keepGoing()) {
            for (Cursor cursor : cursors) {
                cursor.examine();
            }
        }
    }

    /** What damages some bytes that a content needs and that come next. */
    private Optional<Damage> damage(StoredContent.Segments content) throws CorruptArchiveException {
        if (!options.keepGoing()) {
            return Optional.empty();
        }
        long[] sizes = new long[cursors.size()];
        add(sizes, content.segments(), 1);
        return cursors.stream().flatMap(cursor -> cursor.damages.stream()
                .filter(damage -> cursor.hits(damage, sizes[cursor.number]))).findFirst();
    }

    private void begin() throws IOException {
        closeCursors();
        long[] totals = new long[directory.streams().size()];
        unchecked = 0;
        checks = 0;
        for (CollectionEntry entry : directory.entries()) {
            if (entry.content() instanceof StoredContent.Segments content) {
                add(totals, content.segments(), 1);
                unchecked += unchecked(content);
            }
        }
        options.checkContent("a directory", content, archive);
        if (ReadOptions.isUnusual(content, archive)) {
            options.listener().expands(content, archive);
        }
        long from = 0;
        for (int i = 0; i < totals.length; i++) {
            cursors.add(new Cursor(i, from, totals[i]));
            from += directory.streams().get(i).size();
        }
    }

    private static void add(long[] totals, List<? extends StoredContent.Segment> segments, long times)
            throws CorruptArchiveException {
        for (StoredContent.Segment segment : segments) {
            if (segment instanceof StoredContent.Run run) {
                // Neither factor nor product is beyond 2^63: a loop's size has been checked.
                add(totals, run.stream(), times * run.size());
            } else if (segment instanceof StoredContent.Loop loop) {
                add(totals, loop.body(), loop.times());
            } else if (segment instanceof StoredContent.Wrapped wrapped) {
                add(totals, 0, wrapped.recipe());
                add(totals, wrapped.inside().segments(), 1);
            }
        }
    }

    private static void add(long[] totals, int stream, long bytes) throws CorruptArchiveException {
        totals[stream] += bytes;
        if (totals[stream] < 0) {
            throw new CorruptArchiveException("a directory is damaged: a stream of more than 2^63 bytes");
        }
    }

    private static int unchecked(StoredContent.Segments content) {
        int n = 0;
        for (StoredContent.Segment segment : content.segments()) {
            if (segment instanceof StoredContent.Wrapped wrapped) {
                n += (StoredContent.Wrapped.isChecked(wrapped.size()) ? 0 : 1) + unchecked(wrapped.inside());
            }
        }
        return n;
    }

    /**
     * Reads the content of an archive that holds only one, segment by segment; what wrappings hold is put together in
     * memory or in a temporary file first. With {@link ReadOptions#keepGoing} zeros stand for what is lost.
     *
     * @return to be read before this batch is closed; does not close it
     * @throws IllegalStateException if there is another number of entries
     */
    InputStream open() throws IOException {
        if (entries().size() != 1 || !(entries().get(0).content() instanceof StoredContent.Segments content)) {
            throw new IllegalStateException(entries().size() + " entries");
        }
        begin();
        examine();
        problems.forEach(problem -> lost.add(new Damage(0, 0, problem)));
        return new SegmentsInput(content, lost);
    }

    /** What of the content that {@link #open} reads is lost, as far as it has been read. */
    List<Damage> lost() {
        return List.copyOf(lost);
    }

    /** Makes sure that all streams are read to their ends, and that what was restored is right. */
    void checkEnds() throws IOException {
        for (Cursor cursor : cursors) {
            if (cursor.total == 0 && cursor.damages.isEmpty()) {
                cursor.open();
                cursor.finish();
            }
        }
        if (unchecked == 0 && checks != directory.checks()) {
            throw new CorruptArchiveException(
                    "of the small files that were taken apart, one at least differs from what "
                            + "was compressed");
        }
    }

    private void write(StoredContent.Segments content, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
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
        Exactly bytes = new Exactly(out, wrapped.size());
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
            if (inside.read() >= 0 || bytes.left > 0) {
                throw new CorruptArchiveException(
                        "a file that was taken apart has another size than its directory says");
            }
        }
    }

    private void skip(List<? extends StoredContent.Segment> segments, long times) throws IOException {
        for (StoredContent.Segment segment : segments) {
            if (segment instanceof StoredContent.Run run) {
                cursors.get(run.stream()).skip(times * run.size());
            } else if (segment instanceof StoredContent.Loop loop) {
                skip(loop.body(), loop.times());
            } else if (segment instanceof StoredContent.Wrapped wrapped) {
                if (wrapped.recipe() > 0) {
                    cursors.get(0).skip(wrapped.recipe());
                }
                skip(wrapped.inside().segments(), 1);
            }
        }
    }

    private void closeCursors() throws IOException {
        for (Cursor cursor : cursors) {
            cursor.close();
        }
        cursors.clear();
        open.clear();
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }

    @Override
    public void close() throws IOException {
        closeCursors();
        holder.close();
    }

    private final class Once implements FileContent {

        private final StoredContent.Segments content;
        private boolean used;

        Once(StoredContent.Segments content) {
            this.content = content;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            if (used) {
                throw new IllegalStateException("the content has been written before");
            }
            used = true;
            write(content, out);
        }
    }

    /** Lets exactly so many bytes pass. */
    private static final class Exactly extends OutputStream {

        private final OutputStream out;
        private long left;

        Exactly(OutputStream out, long size) {
            this.out = out;
            this.left = size;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            left -= len;
            if (left < 0) {
                throw new CorruptArchiveException("a file is larger than its directory says");
            }
            out.write(b, off, len);
        }
    }

    /** Gives segments, one after the other. */
    private final class SegmentsInput extends BulkInputStream {

        private final List<StoredContent.Segment> segments;
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
                    int n = run(cursors.get(stream), b, off, (int) Math.min(len, left));
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

        private int run(Cursor cursor, byte[] b, int off, int len) throws IOException {
            if (losses == null || cursor.damages.isEmpty()) {
                return cursor.read(b, off, len);
            }
            long from = cursor.at;
            int n = len;
            if (cursor.isGone()) {
                Arrays.fill(b, off, off + len, (byte) 0);
                cursor.skip(len);
            } else {
                n = cursor.read(b, off, len);
            }
            for (Damage damage : cursor.damages) {
                long begin = Math.max(from, damage.contentOffset());
                long end = damage.length() == Damage.REST ? from + n
                        : Math.min(from + n, damage.contentOffset() + damage.length());
                if (begin < end) {
                    lose(given + begin - from, end - begin, damage.reason());
                }
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
                Optional<Damage> damage = losses == null ? Optional.empty()
                        : damage(new StoredContent.Segments(List.of(segment)));
                if (damage.isPresent()) {
                    CollectionBatch.this.skip(List.of(segment), 1);
                    zeros = wrapped.size();
                    lose(given, zeros, damage.get().reason());
                    return;
                }
                whole = new Spool();
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

    /**
     * A place in a stream, which is opened when a byte of it is needed and closed behind its last one. If too many are
     * open, the rest of one is decoded and kept.
     */
    private final class Cursor implements Closeable {

        private final int number;
        private final long from;
        private final long total;
        private long at;
        private long decodedTo;
        /** Where the rest from {@code keptAt} on begins among what is kept; -1 if it is not kept. */
        private long keptFrom = -1;
        private long keptAt;
        private InputStream section;
        private ArchiveInputStream in;
        /** Empty if the stream is sound, or has not been examined. */
        private final List<Damage> damages = new ArrayList<>();

        Cursor(int number, long from, long total) {
            this.number = number;
            this.from = from;
            this.total = total;
        }

        void skip(long n) throws IOException {
            at += n;
            if (at == total) {
                close();
            }
        }

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
                kept = new Spool();
            }
            decodeTo(at, null);
            keptFrom = kept.size();
            keptAt = at;
            decodeTo(total, kept);
            finish();
        }

        /** Whether a damage concerns so many bytes that come next. */
        boolean hits(Damage damage, long size) {
            return size > 0 && damage.contentOffset() < at + size && (damage.length() == Damage.REST
                    || damage.contentOffset() + damage.length() > at);
        }

        /** Whether nothing from the next place on can be had. */
        boolean isGone() {
            return damages.stream().anyMatch(d -> d.length() == Damage.REST && d.contentOffset() <= at);
        }

        /** Finds out what is damaged. */
        void examine() throws IOException {
            String why;
            try {
                open();
                long size = in.transferTo(OutputStream.nullOutputStream());
                if (size == total && !in.nextMember()) {
                    return;
                }
                why = "stream " + number + " is damaged: it does not hold what its files have";
                damages.add(new Damage(Math.min(size, total), Damage.REST, why));
            } catch (FormatException e) {
                why = (e.getMessage().startsWith("stream ") ? "" : "stream " + number + ": ") + e.getMessage();
                close();
                salvage(why);
            } finally {
                close();
            }
            problems.add(why);
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
            return ArchiveInputStream.open(new SectionChannel(sections, from, directory.streams().get(number).size()),
                    models, options.withMembersApart(true).withContentLimit(Long.MAX_VALUE));
        }

        private int fill(byte[] b, int off, int len) throws IOException {
            int n = in.read(b, off, len);
            if (n < 0 && !damages.isEmpty()) {
                Arrays.fill(b, off, off + len, (byte) 0);
                return len;
            }
            if (n < 0) {
                throw new CorruptArchiveException("stream " + number + " is damaged: it ends too early");
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
            Directory.Stream stream = directory.streams().get(number);
            try (InputStream start = sections.open(from, Math.min(stream.size(), CollectionReader.START_BYTES))) {
                byte[] bytes = start.readNBytes(CollectionReader.START_BYTES);
                if (CollectionReader.begins(bytes) || CollectionReader.beginsNameless(bytes)) {
                    throw new CorruptArchiveException("stream " + number + " is damaged: it is itself a collection");
                }
            }
            if (at >= LONG_WAY && openNear()) {
                return;
            }
            section = new CheckedSection(sections.open(from, stream.size()), stream, number);
            in = new ArchiveInputStream(section, models,
                    options.withKeepGoing(false).withMembersApart(true).withContentLimit(Long.MAX_VALUE),
                    this::memoryElsewhere);
            if (in.header().wrapping() != null) {
                throw new CorruptArchiveException("stream " + number + " is damaged: a wrapping has no place there");
            }
        }

        /** Leaves out most of what comes before the place, if the stream's index is sound. */
        private boolean openNear() throws IOException {
            try {
                in = ArchiveInputStream.openNear(
                        new SectionChannel(sections, from, directory.streams().get(number).size()), at, models,
                        options.withMembersApart(true).withContentLimit(Long.MAX_VALUE), this::memoryElsewhere);
                decodedTo = in.start();
                return true;
            } catch (CorruptArchiveException e) {
                // Reading in order tells what is wrong where it is met.
                return false;
            }
        }

        /** Bytes that the directories and the other streams take. */
        private long memoryElsewhere() {
            long sum = memory;
            for (Cursor other : cursors) {
                sum += other != this && other.in != null ? other.in.memoryHeld() : 0;
            }
            return sum;
        }

        private void finish() throws IOException {
            if (damages.isEmpty() && (in.read() >= 0 || in.nextMember())) {
                throw new CorruptArchiveException("stream " + number + " is damaged: it holds more than its files");
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
        private final Directory.Stream stream;
        private final int number;
        private final CRC32C crc = new CRC32C();
        private long left;

        CheckedSection(InputStream in, Directory.Stream stream, int number) {
            this.in = in;
            this.stream = stream;
            this.number = number;
            left = stream.size();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = in.read(b, off, len);
            if (n > 0) {
                crc.update(b, off, n);
                left -= n;
            }
            if (left == 0 && (int) crc.getValue() != stream.crc()) {
                throw new CorruptArchiveException("stream " + number + " is damaged: its CRC does not match");
            }
            return n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
