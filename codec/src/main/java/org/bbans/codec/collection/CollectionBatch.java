package org.bbans.codec.collection;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.block.BulkInputStream;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.Wrapping;

/** A part of a collection: its entries, and the streams that hold the content of its files. */
public final class CollectionBatch implements Closeable {

    /** Streams that files of a batch may have begun and not yet ended. */
    private static final int MAX_OPEN = 16;

    private static final int CHUNK = 1 << 16;

    private final Directory directory;
    private final Sections sections;
    private final Closeable holder;
    private final ModelSource models;
    private final ReadOptions options;
    /** Bytes that directories take. */
    private final long memory;
    private final List<Cursor> cursors = new ArrayList<>();

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
            ReadOptions options, long memory) {
        this.directory = directory;
        this.sections = sections;
        this.holder = holder;
        this.models = models;
        this.options = options;
        this.memory = memory;
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
     * Reads files in the archive's order. Streams in which none of them lies are not decoded, unless all are read.
     *
     * @param wanted which files
     * @throws IOException if the archive cannot be read or is damaged
     */
    public void read(Predicate<CollectionEntry> wanted, FileVisitor visitor) throws IOException {
        begin();
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
            Once once = new Once(content);
            if (!same.isEmpty()) {
                visitor.visit(List.copyOf(same), once);
            }
            if (!once.used) {
                everything = false;
                skip(content);
            }
        }
        for (Cursor cursor : cursors) {
            if (everything && cursor.total == 0) {
                cursor.open();
                cursor.finish();
            }
        }
    }

    private void begin() throws IOException {
        closeCursors();
        long[] totals = new long[directory.streams().size()];
        for (CollectionEntry entry : directory.entries()) {
            if (entry.content() instanceof StoredContent.Runs runs) {
                add(totals, runs);
            } else if (entry.content() instanceof StoredContent.Unwrapped unwrapped) {
                totals[0] = plus(totals[0], unwrapped.recipe());
                add(totals, unwrapped.inside());
            }
        }
        long from = 0;
        for (int i = 0; i < totals.length; i++) {
            cursors.add(new Cursor(i, from, totals[i]));
            from += directory.streams().get(i).size();
        }
    }

    private static void add(long[] totals, StoredContent.Runs runs) throws CorruptArchiveException {
        for (StoredContent.Run run : runs.runs()) {
            totals[run.stream()] = plus(totals[run.stream()], run.length());
        }
    }

    private static long plus(long a, long b) throws CorruptArchiveException {
        if (a + b < 0) {
            throw new CorruptArchiveException("a directory is damaged: a stream of more than 2^63 bytes");
        }
        return a + b;
    }

    private void write(StoredContent content, OutputStream out) throws IOException {
        if (content instanceof StoredContent.Runs runs) {
            byte[] chunk = new byte[CHUNK];
            InputStream in = new RunsInput(runs);
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                out.write(chunk, 0, n);
            }
        } else if (content instanceof StoredContent.Unwrapped unwrapped) {
            byte[] recipe = new RunsInput(unwrapped.recipe() == 0 ? new StoredContent.Runs(List.of())
                    : new StoredContent.Runs(List.of(new StoredContent.Run(0, unwrapped.recipe())))).readAllBytes();
            InputStream inside = new RunsInput(unwrapped.inside());
            Exactly file = new Exactly(out, unwrapped.size());
            Wrappings.rewrap(new Wrapping(unwrapped.kind(), recipe), inside, file, () -> false);
            if (inside.read() >= 0 || file.left > 0) {
                throw new CorruptArchiveException(
                        "a file that was taken apart has another size than its directory says");
            }
        }
    }

    private void skip(StoredContent content) throws IOException {
        if (content instanceof StoredContent.Unwrapped unwrapped) {
            cursors.get(0).skip(unwrapped.recipe());
            skip(unwrapped.inside());
        } else if (content instanceof StoredContent.Runs runs) {
            for (StoredContent.Run run : runs.runs()) {
                cursors.get(run.stream()).skip(run.length());
            }
        }
    }

    private void closeCursors() throws IOException {
        for (Cursor cursor : cursors) {
            cursor.close();
        }
        cursors.clear();
    }

    @Override
    public void close() throws IOException {
        closeCursors();
        holder.close();
    }

    private final class Once implements FileContent {

        private final StoredContent content;
        private boolean used;

        Once(StoredContent content) {
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

    private final class RunsInput extends BulkInputStream {

        private final List<StoredContent.Run> runs;
        private int next;
        private long left;

        RunsInput(StoredContent.Runs runs) {
            this.runs = runs.runs();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (len == 0) {
                return 0;
            }
            if (left == 0) {
                if (next == runs.size()) {
                    return -1;
                }
                left = runs.get(next++).length();
            }
            int n = cursors.get(runs.get(next - 1).stream()).read(b, off, (int) Math.min(len, left));
            left -= n;
            return n;
        }
    }

    /** A place in a stream, which is opened when a byte of it is needed and closed behind its last one. */
    private final class Cursor implements Closeable {

        private final int number;
        private final long from;
        private final long total;
        private long at;
        private long decodedTo;
        private InputStream section;
        private ArchiveInputStream in;

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
            if (in == null) {
                open();
            }
            byte[] chunk = at > decodedTo ? new byte[CHUNK] : null;
            while (decodedTo < at) {
                decodedTo += fill(chunk, 0, (int) Math.min(chunk.length, at - decodedTo));
            }
            int n = fill(b, off, len);
            at += n;
            decodedTo = at;
            if (at == total) {
                finish();
            }
            return n;
        }

        private int fill(byte[] b, int off, int len) throws IOException {
            int n = in.read(b, off, len);
            if (n < 0) {
                throw new CorruptArchiveException("stream " + number + " is damaged: it ends too early");
            }
            return n;
        }

        private void open() throws IOException {
            if (cursors.stream().filter(cursor -> cursor.in != null).count() >= MAX_OPEN) {
                throw new CorruptArchiveException("a directory is damaged: its files lie in more than " + MAX_OPEN
                        + " streams at a time");
            }
            Directory.Stream stream = directory.streams().get(number);
            section = new CheckedSection(sections.open(from, stream.size()), stream, number);
            in = new ArchiveInputStream(section, models, options.withMembersApart(true), this::memoryElsewhere);
            if (in.header().wrapping() != null) {
                throw new CorruptArchiveException("stream " + number + " is damaged: a wrapping has no place there");
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
            if (in.read() >= 0 || in.nextMember()) {
                throw new CorruptArchiveException("stream " + number + " is damaged: it holds more than its files");
            }
            close();
        }

        @Override
        public void close() throws IOException {
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
