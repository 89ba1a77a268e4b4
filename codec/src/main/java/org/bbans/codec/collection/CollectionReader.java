package org.bbans.codec.collection;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.block.Lzma2;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.io.BulkInputStream;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/**
 * Reads an archive of many files, or of one content in segments, batch by batch. Of a file only what is asked for is
 * read and decoded; the streams of a batch that comes through a pipe are kept in a temporary file meanwhile.
 */
public final class CollectionReader implements AutoCloseable {

    /** Bytes by which {@link #begins} knows an archive of many files: magic, version and flags. */
    public static final int START_BYTES = 5;

    /** Bytes of a directory. */
    static final int MAX_DIRECTORY = 1 << 26;

    /** Batches of which some are sought when another one is damaged. */
    private static final long MAX_BATCHES = 1 << 16;
    private static final String WHAT = "a directory";
    private static final String END = "the archive's end";
    /** Bytes of memory for a path beside its own, which is compared with those of other batches. */
    private static final int PATH_MEMORY = 120;

    private final ModelSource models;
    private final ReadOptions options;
    /** Null if the archive comes through a pipe. */
    private final FileChannel file;
    private final InputStream source;
    private final Path temporaryFolder;
    private final boolean nameless;
    private final MessageDigest sha256 = Checksums.sha256();
    private final List<Long> batches = new ArrayList<>();
    private final Set<ByteBuffer> paths = new HashSet<>();
    private final Budget budget;
    /** Of the budget, what the paths of all batches take. */
    private long pathMemory;
    /** Bytes that are made of the batches so far. */
    private long content;
    private FormatInput in;
    /** Whether the archive at hand stands behind others. */
    private boolean isBehindOthers;
    private long firstBatch;
    private long nextBatch;
    private CollectionBatch open;
    private boolean atEnd;
    /** What is damaged beside the streams. */
    private final List<String> problems = new ArrayList<>();
    private boolean directoryLost;
    /** The sizes of all batches, as the archive's end has them; null if nobody has asked. */
    private List<Long> sizes;

    private CollectionReader(FileChannel file, InputStream source, Path temporaryFolder, ModelSource models,
            ReadOptions options) throws IOException {
        this.file = file;
        this.source = source;
        this.temporaryFolder = temporaryFolder;
        this.models = models;
        this.options = options;
        budget = new Budget(options);
        in = new FormatInput(new BufferedInputStream(source, 1 << 16), 0);
        nameless = HeaderFormat.readCollection(in);
        firstBatch = in.position();
        nextBatch = firstBatch;
    }

    /** Whether an archive that begins like this is one of many files. */
    public static boolean begins(byte[] start) {
        return HeaderFormat.beginsCollection(start);
    }

    /** Whether a file begins as archives of files by name do. */
    public static boolean isCollection(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return begins(in.readNBytes(START_BYTES));
        }
    }

    /** Whether an archive that begins like this is one of a single content in segments, which has no name. */
    public static boolean beginsNameless(byte[] start) {
        return HeaderFormat.beginsNameless(start);
    }

    /** Whether the archive is one of a single content, of which each batch has the next bytes. */
    public boolean isNameless() {
        return nameless;
    }

    /**
     * Opens a file. What has to be kept while it is read lies in the folder {@code java.io.tmpdir}.
     *
     * @throws FormatException if it does not begin as an archive of many files
     * @throws IOException if it cannot be read
     */
    public static CollectionReader open(Path file, ModelSource models, ReadOptions options) throws IOException {
        FileChannel channel = FileChannel.open(file);
        try {
            return new CollectionReader(channel, new FileSection(channel, 0, Long.MAX_VALUE),
                    Path.of(System.getProperty("java.io.tmpdir")), models, options);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Reads an archive from a stream.
     *
     * @param temporaryFolder where what is read of a batch is kept, and what is decoded before it is needed
     * @throws FormatException if it does not begin as an archive of many files
     * @throws IOException if it cannot be read
     */
    public static CollectionReader of(InputStream source, Path temporaryFolder, ModelSource models,
            ReadOptions options) throws IOException {
        return new CollectionReader(null, source, temporaryFolder, models, options);
    }

    /**
     * The next batch; the one before is closed.
     *
     * @return null at the end of the archive, or of the last one of several in a row unless {@link
     *     ReadOptions#allowTrailing} leaves these unread; what has been read is checked then
     * @throws FormatException if something is damaged or not understood
     * @throws IOException if the archive cannot be read
     */
    public CollectionBatch next() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
        while (!atEnd) {
            try {
                CollectionBatch batch = nextOrEnd();
                if (batch != null) {
                    return batch;
                }
                atEnd = !nextArchive();
            } catch (CorruptArchiveException e) {
                if (!options.keepGoing()) {
                    throw e;
                }
                lose(e.getMessage());
            }
        }
        return null;
    }

    /**
     * A batch that has been read before, without those in front of it: of a file, in place of {@link #next}, by a
     * reader that has read nothing yet and reads nothing else.
     *
     * @param batch what another reader of the file has read
     * @throws FormatException if something is damaged or not understood
     * @throws IOException if the archive cannot be read
     */
    public CollectionBatch again(CollectionBatch.Place batch) throws IOException {
        nextBatch = batch.offset();
        content = batch.contentBefore();
        CollectionBatch again = nextOrEnd();
        if (again == null) {
            throw new CorruptArchiveException("no batch begins at offset " + batch.offset() + " any more");
        }
        atEnd = true;
        return again;
    }

    /**
     * What has been found to be damaged so far, beside what the batches say; empty without {@link
     * ReadOptions#keepGoing}.
     */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Goes to the batch behind one whose directory is damaged, if the archive's end says where that is. */
    private void lose(String why) throws IOException {
        directoryLost = true;
        if (sizes == null) {
            sizes = file == null ? List.of() : sizes();
        }
        if (batches.size() < sizes.size()) {
            problems.add(why + "; the files of this batch are lost");
            nextBatch += sizes.get(batches.size());
            batches.add(sizes.get(batches.size()));
        } else {
            problems.add(sizes.isEmpty() ? why + "; what follows is lost" : why);
            atEnd = true;
        }
    }

    /** The sizes of all batches, from the archive's end; none if that is damaged. */
    private List<Long> sizes() throws IOException {
        List<Long> found = new ArrayList<>();
        try {
            FormatInput size = at(Math.max(0, file.size() - Integer.BYTES));
            long start = file.size() - Integer.BYTES - Integer.toUnsignedLong(size.readInt(END));
            FormatInput end = at(start);
            end.resetCrc();
            end.readByte(END);
            long unread = start - firstBatch;
            for (long left = Math.min(MAX_BATCHES, end.readVarint(END)); left > 0; left--) {
                long batch = end.readVarint(END);
                if (batch == 0 || batch > unread) {
                    return List.of();
                }
                unread -= batch;
                found.add(batch);
            }
            end.readBytes(Checksums.SHA256_BYTES, END);
            int computed = end.crc();
            // Or the end is that of another archive.
            return end.readInt(END) == computed && unread == 0 ? found : List.of();
        } catch (CorruptArchiveException e) {
            return List.of();
        }
    }

    private FormatInput at(long offset) throws CorruptArchiveException {
        if (offset < 0) {
            throw new CorruptArchiveException(END + " leads to no place");
        }
        return new FormatInput(new BufferedInputStream(new FileSection(file, offset, Long.MAX_VALUE)), offset);
    }

    private CollectionBatch nextOrEnd() throws IOException {
        if (file != null) {
            in = at(nextBatch);
        }
        final long start = in.position();
        in.resetCrc();
        BlockEntry entry = BlockEntry.read(in, WHAT);
        if (entry == null) {
            readEnd(start);
            return null;
        }
        budget.keep(pathMemory);
        Directory directory = readDirectory(entry, start);
        if (nameless && (directory.entries().size() != 1 || directory.entries().get(0).content() == null)) {
            throw new CorruptArchiveException(
                    "the directory at offset " + start + " is damaged: it has not one content");
        }
        for (CollectionEntry e : directory.entries()) {
            budget.take(PATH_MEMORY);
            pathMemory += PATH_MEMORY + e.path().length;
            if (nameless != (e.path().length == 0)) {
                throw new CorruptArchiveException("the directory at offset " + start + " is damaged: a name "
                        + (nameless ? "has no place there" : "is missing"));
            }
            if (!nameless && !paths.add(ByteBuffer.wrap(e.path()))) {
                throw isBehindOthers
                        ? new UnsupportedArchiveException(e.label() + " is in several of the archives in a row: keep "
                                + "them in files of their own")
                        : new CorruptArchiveException("the directory at offset " + start + " is damaged: " + e.label()
                                + " is there twice");
            }
        }
        final CollectionBatch.Place place = new CollectionBatch.Place(start, content);
        content += Math.min(directory.contentSize(), Long.MAX_VALUE - content);
        open = file != null ? inFile(directory, place) : inSpool(directory, place);
        nextBatch = start;
        long size = in.position() - start;
        for (Directory.Stream stream : directory.streams()) {
            size += file != null ? stream.size() : 0;
        }
        nextBatch += size;
        batches.add(size);
        return open;
    }

    private Directory readDirectory(BlockEntry entry, long start) throws IOException {
        if (entry.codec() != BlockKind.STORED && entry.codec() != BlockKind.LZMA2
                || entry.rawSize() > MAX_DIRECTORY) {
            throw new CorruptArchiveException("the directory at offset " + start
                    + " is damaged: impossible size or codec; get another copy");
        }
        boolean stored = entry.codec() == BlockKind.STORED;
        options.checkMemory("the directory at offset " + start,
                2 * entry.rawSize() + (stored ? 0 : Lzma2.dictionary(entry.rawSize())), budget.taken());
        int crc = in.readInt(WHAT);
        byte[] payload = in.readBytes(entry.payloadSize(), WHAT);
        byte[] raw;
        try {
            raw = OpaqueBlock.decode(entry.codec(), payload, (int) entry.rawSize());
        } catch (CorruptArchiveException e) {
            throw new CorruptArchiveException("the directory at offset " + start + " is damaged: " + e.getMessage(), e);
        }
        if (Checksums.crc32c(raw) != crc) {
            throw new CorruptArchiveException("the directory at offset " + start
                    + " is damaged: CRC mismatch; get another copy");
        }
        sha256.update(raw);
        return Directory.parse(raw, budget);
    }

    private CollectionBatch inFile(Directory directory, CollectionBatch.Place place) throws IOException {
        final long first = in.position();
        long left = file.size() - first;
        long end = first;
        for (Directory.Stream stream : directory.streams()) {
            left -= stream.size();
            end += stream.size();
            if (end < 0 || left < 0 && !options.keepGoing()) {
                throw new CorruptArchiveException("the streams behind offset " + first + " go beyond the archive's "
                        + "end: it is truncated; get a complete copy");
            }
        }
        return new CollectionBatch(directory, (from, length) -> new FileSection(file, first + from, length), () -> {},
                temporaryFolder, models, options, budget.taken(), place, end);
    }

    private CollectionBatch inSpool(Directory directory, CollectionBatch.Place place) throws IOException {
        Spool spool = new Spool(temporaryFolder);
        boolean complete = false;
        try {
            byte[] chunk = new byte[1 << 16];
            for (Directory.Stream stream : directory.streams()) {
                for (long left = stream.size(); left > 0;) {
                    byte[] bytes = in.readBytes(Math.min(left, chunk.length), "a stream");
                    spool.write(bytes, 0, bytes.length);
                    left -= bytes.length;
                }
            }
            complete = true;
        } finally {
            if (!complete) {
                spool.close();
            }
        }
        return new CollectionBatch(directory, (from, length) -> ContentView.of(spool).slice(from, length).open(), spool,
                temporaryFolder, models, options, budget.taken(), place, in.position());
    }

    private void readEnd(long start) throws IOException {
        boolean right = in.readVarint(END) == batches.size();
        for (int i = 0; i < batches.size() && right; i++) {
            right = in.readVarint(END) == batches.get(i);
        }
        right &= Arrays.equals(in.readBytes(Checksums.SHA256_BYTES, END), sha256.digest()) | directoryLost;
        int computed = in.crc();
        right &= in.readInt(END) == computed;
        right &= Integer.toUnsignedLong(in.readInt(END)) == in.position() - Integer.BYTES - start;
        if (!right) {
            throw new CorruptArchiveException("the archive's end at offset " + start
                    + " is damaged or contradicts what stands before it; get another copy");
        }
    }

    /** Goes to the archive that follows the one that has been read to its end, if there is one. */
    private boolean nextArchive() throws IOException {
        if (options.allowTrailing()) {
            return false;
        }
        byte[] start = in.peek(START_BYTES);
        if (nameless ? beginsNameless(start) : begins(start)) {
            HeaderFormat.readCollection(in);
            isBehindOthers = true;
            firstBatch = in.position();
            nextBatch = firstBatch;
            batches.clear();
            sha256.reset();
            sizes = null;
            directoryLost = false;
            return true;
        }
        if (start.length > 0) {
            throw new CorruptArchiveException("the archive ends at offset " + in.position()
                    + (HeaderFormat.begins(start) ? ", but one of another kind follows: keep them in files of their own"
                            : ", but other bytes follow: remove them"));
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
        source.close();
        if (file != null) {
            file.close();
        }
    }

    /** Bytes of a file, read by positions. */
    private static final class FileSection extends BulkInputStream {

        private final FileChannel file;
        private long at;
        private long left;

        FileSection(FileChannel file, long from, long length) {
            this.file = file;
            this.at = from;
            this.left = length;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = file.read(ByteBuffer.wrap(b, off, (int) Math.min(len, left)), at);
            at += Math.max(n, 0);
            left -= Math.max(n, 0);
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = Math.max(0, Math.min(Math.min(n, left), file.size() - at));
            at += skipped;
            left -= skipped;
            return skipped;
        }
    }
}
