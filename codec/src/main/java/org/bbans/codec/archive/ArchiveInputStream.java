package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bbans.codec.block.EmbeddedModel;
import org.bbans.codec.block.Lzma2;
import org.bbans.codec.block.Workers;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.set.OrderCheck;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/**
 * Reads the content of an archive, checking everything on the way: structure, each block's CRC-32C, the index, the
 * content's SHA-256, and that nothing follows. Blocks are decoded ahead on several threads; blocks of bytes above 16
 * MiB are decoded while they are read, so their bytes are handed out before their CRC has been checked.
 *
 * <p>With {@link ReadOptions#keepGoing} a damaged block is replaced by as many zeros, so that everything behind it
 * keeps its place, and reported by {@link #damages}; a damaged block above 16 MiB gives what could be decoded, then
 * zeros. Where the next block cannot be found (a file that was cut off, or a block header damaged in a stream that
 * has no index to turn to), the content ends. A damaged header stops the reading in any case.
 */
public final class ArchiveInputStream extends InputStream {

    /** Larger blocks of bytes are not held in memory. */
    private static final long MAX_IN_MEMORY = 1 << 24;

    /** Bytes of content that no byte of LZMA2 exceeds: a gibibyte of zeros takes a 6,900th. */
    private static final long MAX_RATIO = 1 << 13;

    private static final String CLOSED = "the archive is closed";

    private final InputStream source;
    private final ReadOptions options;
    private final BlockProgress progress;
    private final ArchiveHeader header;
    private final BlockFeed feed;
    private final BlockDecoder decoder;
    private final Workers workers;
    private final MessageDigest sha256 = Checksums.sha256();
    /** Null if records are not known to stand in their canonical order. */
    private final OrderCheck order;
    private final List<Damage> damages = new ArrayList<>();
    private final Deque<Upcoming> upcoming = new ArrayDeque<>();
    private final byte[] one = new byte[1];

    /** The group that the latest block of rows belongs to. */
    private GroupDecoder group;
    private CompletableFuture<?> latest;
    private boolean feedDone;
    private boolean atEnd;
    /** Set by another thread, perhaps. */
    private volatile boolean closed;
    private IOException failure;
    private long delivered;

    private BlockInfo current;
    private byte[] buffer = new byte[0];
    private int bufferAt;
    private StreamedBlock streamed;
    private long zeros;

    /** What comes next in the content. */
    private sealed interface Upcoming {}

    private record Decoding(BlockInfo block, AtomicInteger done, Future<byte[]> raw) implements Upcoming {}

    private record Streaming(StreamedBlock block) implements Upcoming {}

    private record Failed(IOException cause) implements Upcoming {}

    /**
     * Reads the header.
     *
     * @param in the archive, from its first byte; need not be buffered
     * @param models finds the model if a block needs it
     * @param options how to read
     * @throws FormatException if {@code in} does not begin with a sound archive header
     * @throws IOException if {@code in} cannot be read
     */
    public ArchiveInputStream(InputStream in, ModelSource models, ReadOptions options) throws IOException {
        this(in, models, options, null);
    }

    /**
     * Opens a file. With {@link ReadOptions#keepGoing} the blocks are found by the index, if that is sound, so that
     * damage to one block cannot hide the next.
     */
    public static ArchiveInputStream open(Path file, ModelSource models, ReadOptions options) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(file);
        try {
            ArchiveInfo info = null;
            if (options.keepGoing()) {
                try {
                    info = ArchiveInfo.read(channel);
                } catch (CorruptArchiveException e) {
                    // No sound index: the blocks are read in order, as far as they can be found.
                    info = null;
                }
                channel.position(0);
            }
            IndexedFeed indexed = info == null ? null : new IndexedFeed(channel, info);
            return new ArchiveInputStream(Channels.newInputStream(channel), models, options, indexed);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private ArchiveInputStream(InputStream in, ModelSource models, ReadOptions options, IndexedFeed indexed)
            throws IOException {
        this.source = Objects.requireNonNull(in);
        this.options = options;
        this.progress = new BlockProgress(options.listener());
        FormatInput input = new FormatInput(new BufferedInputStream(in, 1 << 16), 0);
        HeaderFormat.Parsed parsed = HeaderFormat.read(input);
        ArchiveHeader plain = parsed.header();
        ModelReference model = plain.model();
        if (parsed.embedsModel()) {
            try {
                model = EmbeddedModel.read(input, model);
            } catch (CorruptArchiveException e) {
                if (indexed == null) {
                    throw e;
                }
                // The blocks can be found without it, and the model may be at hand.
                damages.add(new Damage(0, 0, e.getMessage()));
            }
        }
        header = new ArchiveHeader(plain.version(), plain.layout(), model, plain.wrapping());
        order = plain.layout().unordered() ? OrderCheck.of(plain.layout()) : null;
        feed = indexed != null ? indexed : new SequentialFeed(input, header, options.allowTrailing());
        decoder = new BlockDecoder(header, models);
        workers = new Workers(options.threads(), "bbans-block");
    }

    /** What the archive says before its first block, with the embedded model if there is one. */
    public ArchiveHeader header() {
        return header;
    }

    /** What could not be restored; complete when the end has been read. Empty without {@link ReadOptions#keepGoing}. */
    public List<Damage> damages() {
        return List.copyOf(damages);
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads some bytes of content.
     *
     * @throws CorruptArchiveException if something is damaged; bytes delivered before are then not to be trusted
     *     either, unless {@code keepGoing} is on
     * @throws UnsupportedArchiveException if the model is not at hand or the memory limit too low
     * @throws IOException if the archive cannot be read, or is closed; after any failure every read fails
     */
    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        checkOpen();
        if (failure != null) {
            throw failure;
        }
        if (len == 0) {
            return 0;
        }
        try {
            int n = readCurrent(b, off, len);
            while (n < 0 && !atEnd) {
                advance();
                n = readCurrent(b, off, len);
            }
            if (n > 0) {
                sha256.update(b, off, n);
                if (order != null) {
                    order.accept(b, off, n);
                }
                delivered += n;
                progress.reach(delivered);
            }
            return n;
        } catch (IOException e) {
            failure = closed ? new IOException(CLOSED, e) : e;
            workers.close();
            throw failure;
        } catch (RuntimeException | Error e) {
            workers.close();
            failure = new IOException("reading the archive has failed before: " + e, e);
            if (closed) {
                // Whatever a thread runs into whose stream another one has closed.
                throw new IOException(CLOSED, e);
            }
            throw e;
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException(CLOSED);
        }
    }

    /** Reads from what is in hand; -1 when it is used up. */
    private int readCurrent(byte[] b, int off, int len) throws IOException {
        if (zeros > 0) {
            int n = (int) Math.min(len, zeros);
            Arrays.fill(b, off, off + n, (byte) 0);
            zeros -= n;
            return n;
        }
        if (bufferAt < buffer.length) {
            int n = Math.min(len, buffer.length - bufferAt);
            System.arraycopy(buffer, bufferAt, b, off, n);
            bufferAt += n;
            return n;
        }
        int n = streamed == null ? -1 : readStreamed(b, off, len);
        if (n < 0 && zeros > 0) {
            return readCurrent(b, off, len);
        }
        if (n < 0 && current != null) {
            options.listener().block(current);
            current = null;
        }
        return n;
    }

    private int readStreamed(byte[] b, int off, int len) throws IOException {
        try {
            int n = streamed.read(b, off, len);
            if (n < 0) {
                streamed = null;
            }
            return n;
        } catch (CorruptArchiveException e) {
            StreamedBlock block = streamed;
            streamed = null;
            if (!options.keepGoing()) {
                throw e;
            }
            try {
                block.payload().skipRest();
                lose(block.info(), block.left(), e);
            } catch (EOFException cut) {
                loseRest(block.info().contentOffset(), e);
            }
            return -1;
        }
    }

    /** Takes what comes next in hand, or finds the end. */
    private void advance() throws IOException {
        lookAhead();
        Upcoming next = upcoming.poll();
        if (next == null) {
            end();
        } else if (next instanceof Streaming streaming) {
            streamed = streaming.block();
            current = streamed.info();
        } else if (next instanceof Failed failed) {
            if (!options.keepGoing() || !(failed.cause() instanceof CorruptArchiveException)) {
                throw failed.cause();
            }
            // The length of a damaged block is not to be trusted if the index does not confirm it in the end.
            loseRest(damages.isEmpty() ? delivered : damages.get(0).contentOffset(), failed.cause());
        } else if (next instanceof Decoding decoding) {
            current = decoding.block();
            try {
                buffer = workers.await(decoding.raw(), () -> progress.reach(delivered + decoding.done().get()));
                bufferAt = 0;
            } catch (CorruptArchiveException e) {
                if (!options.keepGoing()) {
                    throw e;
                }
                lose(current, current.rawSize(), e);
            }
        }
    }

    /** Puts zeros in the place of what is left of a block, unless its payload can never have held so much. */
    private void lose(BlockInfo block, long left, CorruptArchiveException cause) {
        if (!block.codec().needsModel() && block.codec() != BlockKind.COLUMNS
                && block.rawSize() > (block.payloadSize() + MAX_RATIO) * MAX_RATIO) {
            loseRest(block.contentOffset(), new CorruptArchiveException(block.place() + " is damaged: "
                    + block.payloadSize() + " bytes of payload cannot hold " + block.rawSize() + " bytes of content",
                    cause));
            return;
        }
        damages.add(new Damage(block.contentOffset(), block.rawSize(), cause.getMessage()));
        zeros = left;
    }

    private void loseRest(long from, IOException cause) {
        damages.add(new Damage(from, Damage.REST, cause.getMessage()));
        upcoming.clear();
        feedDone = true;
    }

    private void lookAhead() {
        while (!feedDone && !isFull() && !(upcoming.peekLast() instanceof Streaming)) {
            try {
                BlockHeader head = feed.next();
                damages.addAll(feed.takeContradictions());
                if (head == null) {
                    feedDone = true;
                } else {
                    upcoming.add(start(head));
                }
            } catch (IOException e) {
                // Blocks before this place are delivered first.
                upcoming.add(new Failed(e));
                feedDone = true;
            }
        }
    }

    /** Blocks of one group keep one thread busy: others need blocks of the groups behind. */
    private boolean isFull() {
        return upcoming.size() > options.threads() && (options.threads() == 1 || group == null
                || decodedAhead() > ReadOptions.AHEAD * options.threads());
    }

    private long decodedAhead() {
        long bytes = 0;
        for (Upcoming next : upcoming) {
            bytes += next instanceof Decoding decoding ? decoding.block().rawSize() : 0;
        }
        return bytes;
    }

    private Upcoming start(BlockHeader head) throws IOException {
        BlockInfo block = head.info();
        boolean inMemory = block.codec().needsModel() || block.codec() == BlockKind.COLUMNS
                || block.rawSize() <= MAX_IN_MEMORY;
        checkMemory(block, inMemory);
        decoder.prepare(block);
        if (!inMemory) {
            return new Streaming(new StreamedBlock(head, feed.input()));
        }
        byte[] payload = feed.input().readBytes(block.payloadSize(), block.place());
        AtomicInteger done = new AtomicInteger();
        if (!block.codec().isRows()) {
            return new Decoding(block, done, workers.submit(() -> decoder.decode(head, payload, null, done::set)));
        }
        if (group == null || block.codec() == BlockKind.ROWS) {
            group = new GroupDecoder(decoder);
            latest = CompletableFuture.completedFuture(null);
        }
        GroupDecoder inOrder = group;
        CompletableFuture<byte[]> raw = workers.submitAfter(latest, () -> inOrder.decode(head, payload, done::set));
        latest = raw;
        return new Decoding(block, done, raw);
    }

    private void checkMemory(BlockInfo block, boolean inMemory) throws UnsupportedArchiveException {
        boolean lzma = block.codec() == BlockKind.LZMA2 || block.codec() == BlockKind.LZMA2_X86;
        long need = lzma ? Lzma2.dictionary(block.rawSize()) : 0;
        if (inMemory) {
            Layout layout = header.layout();
            long samples = block.codec() == BlockKind.MODEL
                    ? block.rawSize() / layout.recordBytes() * (layout.dims() + layout.prefix())
                    : block.codec().isRows() ? 2L * RowGrid.MAX_BLOCK_SAMPLES : 0;
            if (layout.unordered() && (block.codec() == BlockKind.MODEL || block.codec() == BlockKind.COLUMNS)) {
                // The order of records, their tree and a second copy.
                need += block.rawSize() + 32 * (block.rawSize() / layout.recordBytes());
            }
            need = (need + samples + block.rawSize() + block.payloadSize()) * (options.threads() + 1);
        }
        if (need > options.memoryLimit()) {
            throw new UnsupportedArchiveException(block.place() + " takes " + (need >> 20) + " MiB to decode with "
                    + options.threads() + " threads, the limit is " + (options.memoryLimit() >> 20)
                    + " MiB: use fewer threads or a higher limit");
        }
    }

    private void end() throws CorruptArchiveException {
        atEnd = true;
        workers.close();
        boolean complete = damages.stream().allMatch(damage -> damage.length() == 0);
        if (complete && !Arrays.equals(sha256.digest(), feed.sha256())) {
            contradiction("the content's SHA-256 is not the one in the index although every block is sound");
        } else if (complete && order != null && !order.isSorted()) {
            contradiction("the records are not in the order in which unordered ones have to be");
        }
    }

    private void contradiction(String what) throws CorruptArchiveException {
        String message = what + ": this archive was put together wrongly; get another copy";
        if (!options.keepGoing()) {
            throw new CorruptArchiveException(message);
        }
        damages.add(new Damage(0, 0, message));
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        return failure != null ? 0 : buffer.length - bufferAt;
    }

    /** Stops decoding and closes the stream below. A read that another thread is in fails with an IOException. */
    @Override
    public void close() throws IOException {
        closed = true;
        workers.close();
        source.close();
    }
}
