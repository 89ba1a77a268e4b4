package org.bbans.codec.archive;

import java.io.EOFException;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.bbans.codec.archive.BlockQueue.Decoding;
import org.bbans.codec.archive.BlockQueue.Failed;
import org.bbans.codec.archive.BlockQueue.Lost;
import org.bbans.codec.archive.BlockQueue.Streaming;
import org.bbans.codec.archive.BlockQueue.Upcoming;
import org.bbans.codec.block.EmbeddedModel;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.io.Workers;
import org.bbans.codec.set.OrderCheck;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/** Reads the content of one of the archives in a file or stream: decodes blocks ahead on several threads. */
final class MemberInput {

    /** Larger blocks of bytes are not held in memory. */
    private static final long MAX_IN_MEMORY = 1 << 24;

    /** Blocks of bytes that are decoded sooner than another thread is told of them. */
    private static final int SMALL = 1 << 12;

    /** Bytes of content that no byte of LZMA2 exceeds: a gibibyte of zeros takes a 6,900th. */
    private static final long MAX_RATIO = 1 << 13;

    private final ReadOptions options;
    /** Memory that others of the same reader take; null if there is nobody else. */
    private final LongSupplier elsewhere;
    private final BlockProgress progress;
    private final ArchiveHeader header;
    private final BlockFeed feed;
    private final BlockDecoder decoder;
    private final Workers workers;
    private final MessageDigest sha256 = Checksums.sha256();
    /** Null if records are not known to stand in their canonical order. */
    private final OrderCheck order;
    private final List<Damage> damages = new ArrayList<>();
    private final BlockQueue upcoming;

    /** The group that the latest block of rows belongs to. */
    private GroupDecoder group;
    private CompletableFuture<?> latest;
    /** A block that has to wait until others have given their memory back. */
    private BlockHeader waiting;
    /** Bytes of content of the archives before. */
    private final long behind;
    /** Where in this archive's content reading begins. */
    private final long from;
    /** Multiply-adds that an embedded model has asked for. */
    private long work;
    private boolean expands;
    /** Where the latest block that was found ends in the content. */
    private long foundTo;
    private boolean feedDone;
    private boolean atEnd;
    private boolean restLost;
    private long delivered;

    private BlockInfo current;
    private byte[] buffer = new byte[0];
    private int bufferAt;
    private StreamedBlock streamed;
    private long zeros;

    /** Makes what finds the blocks. */
    interface FeedMaker {

        BlockFeed make(ArchiveHeader header, long archiveStart, long firstBlock) throws IOException;
    }

    /**
     * Reads the header.
     *
     * @param input stands where the archive begins
     * @param feeds makes what finds its blocks
     * @param indexed whether they can be found behind an embedded model that is damaged
     * @param elsewhere memory that others of the same reader take; null if there is nobody else
     * @param behind bytes of content that were read before
     * @param from where in this archive's content the first block that is found begins
     */
    MemberInput(FormatInput input, ModelSource models, ReadOptions options, FeedMaker feeds, boolean indexed,
            LongSupplier elsewhere, long behind, long from) throws IOException {
        this.options = options;
        this.elsewhere = elsewhere;
        this.behind = behind;
        this.from = from;
        foundTo = from;
        delivered = from;
        upcoming = new BlockQueue(options.threads());
        progress = new BlockProgress(options.listener(), behind);
        final long start = input.position();
        HeaderFormat.Parsed parsed = HeaderFormat.read(input);
        ArchiveHeader plain = parsed.header();
        ModelReference model = plain.model();
        if (parsed.embedsModel()) {
            try {
                model = EmbeddedModel.read(input, model, options.memoryLimit() - memoryElsewhere());
            } catch (CorruptArchiveException e) {
                if (!indexed) {
                    throw e;
                }
                // The blocks can be found without it, and the model may be at hand.
                damages.add(new Damage(0, 0, e.getMessage()));
            }
        }
        header = new ArchiveHeader(plain.version(), plain.layout(), model, plain.wrapping());
        order = plain.layout().unordered() ? OrderCheck.of(plain.layout()) : null;
        feed = feeds.make(header, start, input.position());
        decoder = new BlockDecoder(header, models, parsed.embedsModel());
        workers = new Workers(options.threads(), "bbans-block");
    }

    ArchiveHeader header() {
        return header;
    }

    /** What could not be restored, by places in this archive's content. */
    List<Damage> damages() {
        return damages;
    }

    /** Whether reading ended before the archive did. */
    boolean isRestLost() {
        return restLost;
    }

    /** Bytes of content read so far. */
    long delivered() {
        return delivered;
    }

    /** Reads some bytes of content; -1 at the end, which has been checked then. */
    int read(byte[] b, int off, int len) throws IOException {
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
            loseRest(delivered, failed.cause());
        } else if (next instanceof Lost lost) {
            zeros = lost.length();
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
        if (!block.codec().isWhole()
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
        restLost = true;
        upcoming.clear();
        feedDone = true;
    }

    private void lookAhead() {
        while (!feedDone && !upcoming.isFull() && !(upcoming.last() instanceof Streaming)) {
            try {
                BlockHeader head = waiting != null ? waiting : feed.next();
                waiting = null;
                damages.addAll(feed.takeDamages());
                if (!options.keepGoing() && !damages.isEmpty()) {
                    throw new CorruptArchiveException(damages.get(0).reason());
                }
                if (head != null) {
                    options.checkContent(head.info().place(), behind + head.info().contentEnd(),
                            head.info().fileEnd());
                }
                if (head != null && head.info().contentOffset() > foundTo) {
                    upcoming.add(new Lost(head.info().contentOffset() - foundTo));
                    group = null;
                }
                foundTo = head == null ? foundTo : head.info().contentEnd();
                if (head == null) {
                    feedDone = true;
                } else if (!upcoming.isEmpty() && memoryHeld() + memory(head.info()) > limitAhead()) {
                    waiting = head;
                    return;
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

    private long memoryElsewhere() {
        return elsewhere == null ? 0 : elsewhere.getAsLong();
    }

    private long limitAhead() {
        return elsewhere == null ? options.memoryLimit() : options.memoryLimit() / 2 - elsewhere.getAsLong();
    }

    /** Bytes of memory that this archive takes at present, roughly. */
    long memoryHeld() {
        ModelReference model = header.model();
        boolean embeds = model != null && model.embedded() != null;
        long held = embeds ? EmbeddedModel.memory(model.embedded().length) : 0;
        held += buffer.length + (streamed == null ? 0 : BlockDecoder.dictionary(streamed.info()));
        boolean inGroup = group != null && (upcoming.isEmpty()
                || upcoming.first() instanceof Decoding next && next.block().codec() == BlockKind.MORE_ROWS);
        return held + (inGroup ? decoder.mostGroupMemory() : 0) + upcoming.memory();
    }

    private Upcoming start(BlockHeader head) throws IOException {
        BlockInfo block = head.info();
        long memory = memory(block);
        options.checkMemory(block.place(), memory, memoryElsewhere());
        work = Math.min(work, Long.MAX_VALUE >> 1) + decoder.embeddedWork(block);
        options.checkWork(String.valueOf(header.model()), work, block.fileEnd());
        long content = behind + block.contentEnd();
        if (!expands && (block.codec().needsModel() || header.wrapping() != null)
                && ReadOptions.isUnusual(content, block.fileEnd())) {
            expands = true;
            options.listener().expands(content, block.fileEnd());
        }
        if (!inMemory(block)) {
            return new Streaming(new StreamedBlock(head, feed.input()));
        }
        byte[] payload = feed.input().readBytes(block.payloadSize(), block.place());
        AtomicInteger done = new AtomicInteger();
        if (!block.codec().isRows()) {
            Callable<byte[]> task = () -> decoder.decode(head, payload, null, done::set);
            boolean small = !block.codec().needsModel() && block.rawSize() <= SMALL;
            return new Decoding(block, memory, done, small ? Workers.finished(task) : workers.submit(task));
        }
        if (group == null || block.codec() == BlockKind.ROWS) {
            group = new GroupDecoder(decoder);
            latest = CompletableFuture.completedFuture(null);
        }
        GroupDecoder inOrder = group;
        CompletableFuture<byte[]> raw = workers.submitAfter(latest, () -> inOrder.decode(head, payload, done::set));
        latest = raw;
        return new Decoding(block, memory, done, raw);
    }

    /** Whether a block's bytes are decoded together: not where what comes before a damage may be all that is left. */
    private boolean inMemory(BlockInfo block) {
        return block.codec().isWhole() || block.rawSize() <= MAX_IN_MEMORY && !options.keepGoing();
    }

    /** Bytes that decoding a block takes, which was found last. */
    private long memory(BlockInfo block) throws IOException {
        return inMemory(block) ? decoder.memory(block, feed.input()) : BlockDecoder.dictionary(block);
    }

    private void end() throws CorruptArchiveException {
        atEnd = true;
        workers.close();
        boolean complete = from == 0 && damages.stream().allMatch(damage -> damage.length() == 0);
        if (complete && feed.sha256() != null && !Arrays.equals(sha256.digest(), feed.sha256())) {
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

    /** Bytes that are there without decoding. */
    int available() {
        return buffer.length - bufferAt;
    }

    /** Where the next archive may begin; negative if nobody knows. */
    long fileEnd() {
        return feed.end();
    }

    /** Stops decoding. */
    void stop() {
        workers.close();
    }
}
