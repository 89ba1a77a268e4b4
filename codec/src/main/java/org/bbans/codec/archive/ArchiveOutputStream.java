package org.bbans.codec.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.bbans.codec.block.EmbeddedModel;
import org.bbans.codec.block.EncodedBlock;
import org.bbans.codec.block.Lzma2;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.io.Buffers;
import org.bbans.codec.io.Spool;
import org.bbans.codec.io.Workers;
import org.bbans.codec.set.OrderCheck;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.HeaderFormat;

/**
 * Writes an archive of the bytes that are written to it. Records are cut into blocks that are coded on several
 * threads, each in the cheapest of the possible ways; everything else, and the whole content if there is no model, is
 * coded as solid blocks of up to a gibibyte. The archive depends on the content and the options alone, never on the
 * threads or on how the content was split into calls.
 *
 * <p>If the model is of no use for the first block of records, it is given up and everything is coded as without it;
 * the archive then does not mention it, nor the layout if nothing helps at all. So a model that does not suit never
 * makes an archive larger. The header is therefore written with the first block. (Of images, LZMA2 may code the first
 * band better, which is often blank: their model is given up if nothing makes that band smaller, or if it fails.)
 *
 * <p>Memory: {@code threads + 2} blocks of records and what the model needs for {@code threads} of them; or, for a
 * solid block, 32 MiB, temporary files and what LZMA2 needs (some eleven times the block, at most 700 MiB).
 *
 * <p>{@link #close} completes the archive unless a write has failed. After {@link #abort} it does not.
 */
public final class ArchiveOutputStream extends OutputStream {

    private static final int FIRST_BUFFER = 1 << 16;

    private final OutputStream out;
    private final ArchiveOptions options;
    private final Layout layout;
    private final Workers workers;
    private final MessageDigest sha256 = Checksums.sha256();
    /** Null if the order of records matters. */
    private final OrderCheck order;
    private final List<BlockInfo> blocks = new ArrayList<>();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long pendingBytes;
    private final BlockProgress progress;

    /** Null if there is no model or it has been given up. */
    private BlockCutter cutter;
    private BlockScheduler scheduler;
    private boolean headerWritten;
    private final byte[] one = new byte[1];
    private final byte[] head = new byte[FIRST_BUFFER];
    private long fileOffset;
    /** Bytes before the first block. */
    private long headerSize;
    private long contentWritten;
    private long contentCoded;
    private byte[] records = new byte[0];
    private final Buffers rawBuffers = new Buffers();
    private int recordsUsed;
    /** Where the block of records that is being collected ends in the content. */
    private long recordsBlockEnd;
    private Spool opaque;
    private CRC32C opaqueCrc = new CRC32C();
    private boolean finished;
    private boolean failed;
    private boolean closed;

    /** What was tried for a block of bytes: closed when the block is written, or writing fails. */
    private static final class Payloads implements Closeable {

        private final List<Spool> held = new ArrayList<>();
        private boolean closed;

        /** Holds a payload, null if there is none; closes it if it comes too late. */
        synchronized Spool hold(Spool payload) throws IOException {
            if (payload != null && closed) {
                payload.close();
            } else if (payload != null) {
                held.add(payload);
            }
            return payload;
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            for (Spool payload : held) {
                payload.close();
            }
        }
    }

    /** A block of records that is being coded. */
    private record Pending(byte[] raw, AtomicInteger done, Future<EncodedBlock> coded) {}

    /**
     * Begins an archive.
     *
     * @param out receives the archive; need not be buffered
     * @param options how to write it
     * @throws IllegalArgumentException if the model to embed has another SHA-256 than the model, or its name is
     *     unusable
     * @throws IOException if {@code out} fails
     */
    public ArchiveOutputStream(OutputStream out, ArchiveOptions options) throws IOException {
        this.out = Objects.requireNonNull(out);
        this.options = options;
        this.progress = new BlockProgress(options.listener());
        this.opaque = new Spool(options.temporaryFolder());
        this.layout = options.layout();
        this.order = layout.unordered() ? OrderCheck.of(layout) : null;
        ArchiveModel model = options.model();
        byte[] embedded = options.embeddedModel();
        if (embedded != null && !Arrays.equals(Checksums.sha256(embedded), model.sha256())) {
            throw new IllegalArgumentException("the file to embed is not model " + model.name());
        }
        HeaderFormat.write(header(true, true), false);
        workers = new Workers(options.threads(), "bbans-block");
        boolean records = model != null || layout.unordered();
        cutter = !records ? null : new BlockCutter(layout, model, options.blockRecords());
        scheduler = !records ? null : BlockScheduler.of(options, cutter, workers);
    }

    private ArchiveHeader header(boolean withModel, boolean withLayout) {
        ArchiveModel model = options.model();
        return new ArchiveHeader(ArchiveHeader.VERSION, withLayout || layout.unordered() ? layout : Layout.NONE,
                withModel && model != null ? new ModelReference(model.name(), model.sha256(), null) : null,
                options.wrapping());
    }

    private void writeHeader(boolean withModel, boolean withLayout) throws IOException {
        headerWritten = true;
        boolean embeds = withModel && options.embeddedModel() != null;
        emit(HeaderFormat.write(header(withModel, withLayout), embeds));
        if (embeds) {
            emit(EmbeddedModel.write(options.embeddedModel(), options.xz()));
        }
        headerSize = fileOffset;
    }

    @Override
    public void write(int b) throws IOException {
        one[0] = (byte) b;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (finished || closed || failed) {
            throw new IOException(failed ? "writing the archive has failed before" : "the archive is complete");
        }
        boolean done = false;
        try {
            sha256.update(b, off, len);
            if (order != null) {
                order.accept(b, off, len);
                if (!order.isSorted()) {
                    throw new IllegalArgumentException("records without order are to be written sorted");
                }
            }
            int at = off;
            while (at < off + len) {
                at += accept(b, at, off + len - at);
            }
            done = true;
        } finally {
            if (!done) {
                fail();
            }
        }
    }

    /** Takes some bytes, all of one section, and returns how many. */
    private int accept(byte[] b, int off, int len) throws IOException {
        int n;
        if (cutter == null || contentWritten >= cutter.recordsEnd()) {
            n = acceptOpaque(b, off, len, Long.MAX_VALUE);
        } else if (contentWritten < layout.leading()) {
            n = acceptOpaque(b, off, len, layout.leading() - contentWritten);
        } else {
            if (recordsUsed == 0) {
                recordsBlockEnd = cutter.blockEnd(contentWritten);
            }
            long left = recordsBlockEnd - contentWritten;
            n = (int) Math.min(len, left);
            if (recordsUsed + n > records.length) {
                records = Arrays.copyOf(records, (int) Math.min(recordsUsed + left,
                        Math.max(recordsUsed + n, Math.max(FIRST_BUFFER, 2L * records.length))));
            }
            System.arraycopy(b, off, records, recordsUsed, n);
            recordsUsed += n;
        }
        contentWritten += n;
        if (recordsUsed > 0 && contentWritten == recordsBlockEnd) {
            flushRecords();
        }
        if (cutter != null && contentWritten == cutter.recordsEnd()) {
            drain();
        }
        return n;
    }

    private int acceptOpaque(byte[] b, int off, int len, long limit) throws IOException {
        int n = (int) Math.min(Math.min(len, limit), BlockEntry.MAX_RAW - opaque.size());
        if (opaque.size() < head.length) {
            System.arraycopy(b, off, head, (int) opaque.size(), (int) Math.min(n, head.length - opaque.size()));
        }
        opaque.write(b, off, n);
        opaqueCrc.update(b, off, n);
        if (opaque.size() == BlockEntry.MAX_RAW) {
            flushOpaque();
        }
        return n;
    }

    private void flushRecords() throws IOException {
        byte[] raw = rawBuffers.take(recordsUsed);
        System.arraycopy(records, 0, raw, 0, recordsUsed);
        long from = contentWritten - recordsUsed;
        recordsUsed = 0;
        AtomicInteger done = new AtomicInteger();
        pending.add(new Pending(raw, done, scheduler.submit(raw, from, done::set)));
        pendingBytes += raw.length;
        while (scheduler != null && scheduler.isFull(pending.size(), pendingBytes)) {
            emitPending();
        }
    }

    private void emitPending() throws IOException {
        EncodedBlock block = workers.await(pending.peek().coded(), this::reportPending);
        if (!headerWritten && scheduler.isHopeless(block) && (block.fits() || pending.size() == 1)) {
            giveUpModel(block);
            return;
        }
        if (!headerWritten) {
            writeHeader(true, true);
        }
        if (opaque.size() > 0) {
            emitOpaque();
        }
        emit(block);
        byte[] raw = pending.remove().raw();
        pendingBytes -= raw.length;
        rawBuffers.give(raw);
    }

    private void reportPending() {
        progress.reach(contentCoded + pending.stream().mapToLong(block -> block.done().get()).sum());
    }

    /** Puts the records behind the leading bytes, to be coded together as bytes. */
    private void giveUpModel(EncodedBlock first) throws IOException {
        if (first.failure() != null) {
            options.listener().fellBack(0, first.failure());
        }
        cutter = null;
        scheduler = null;
        List<Pending> raws = List.copyOf(pending);
        pending.clear();
        pendingBytes = 0;
        for (Pending block : raws) {
            block.coded().cancel(true);
            acceptAllOpaque(block.raw());
        }
    }

    private void acceptAllOpaque(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length;) {
            at += acceptOpaque(bytes, at, bytes.length - at, Long.MAX_VALUE);
        }
    }

    private void drain() throws IOException {
        while (!pending.isEmpty()) {
            emitPending();
        }
    }

    private void flushOpaque() throws IOException {
        drain();
        if (opaque.size() > 0) {
            emitOpaque();
        }
    }

    /** Codes the solid block that has been collected; with x86 programs both with and without the branch filter. */
    private void emitOpaque() throws IOException {
        long size = opaque.size();
        try (Spool raw = opaque; Payloads payloads = new Payloads()) {
            opaque = raw.another();
            int crc = (int) opaqueCrc.getValue();
            opaqueCrc = new CRC32C();
            List<BlockKind> candidates = new ArrayList<>();
            if (options.xz()) {
                candidates.add(BlockKind.LZMA2);
                if (Lzma2.looksLikeX86(head, (int) Math.min(size, head.length))) {
                    candidates.add(BlockKind.LZMA2_X86);
                }
            }
            emit(cheapest(raw, crc, candidates, payloads));
        }
    }

    private EncodedBlock cheapest(Spool raw, int crc, List<BlockKind> candidates, Payloads payloads)
            throws IOException {
        long base = contentCoded;
        AtomicLong done = new AtomicLong();
        Runnable tick = () -> progress.reach(base + done.get() / candidates.size());
        List<Future<Spool>> tries = new ArrayList<>();
        for (BlockKind codec : candidates) {
            long[] last = new long[1];
            tries.add(workers.submit(() -> payloads.hold(OpaqueBlock.lzma2(raw, codec == BlockKind.LZMA2_X86, n -> {
                done.addAndGet(n - last[0]);
                last[0] = n;
            }))));
        }
        Spool best = null;
        BlockKind codec = BlockKind.STORED;
        for (int i = 0; i < tries.size(); i++) {
            Spool payload = workers.await(tries.get(i), tick);
            if (payload != null && (best == null || payload.size() < best.size())) {
                best = payload;
                codec = candidates.get(i);
            }
        }
        if (best != null && options.verify() && !OpaqueBlock.decodesTo(best, codec, raw)) {
            return new EncodedBlock(BlockKind.STORED, raw.size(), crc, raw, true,
                    "LZMA2 does not decode what it encoded");
        }
        return best == null ? new EncodedBlock(BlockKind.STORED, raw.size(), crc, raw, true, null)
                : new EncodedBlock(codec, raw.size(), crc, best, true, null);
    }

    private void emit(EncodedBlock block) throws IOException {
        if (!headerWritten) {
            writeHeader(cutter != null, block.codec() != BlockKind.STORED || cutter != null);
        }
        try (Spool payload = block.payload()) {
            int number = blocks.size();
            if (block.failure() != null) {
                options.listener().fellBack(number, block.failure());
            }
            byte[] header = block.entry().header(block.crc(), fileOffset, contentCoded);
            BlockInfo info = new BlockInfo(number, block.codec(), fileOffset, contentCoded, block.rawSize(),
                    header.length, payload.size());
            emit(header);
            try (InputStream in = payload.open()) {
                fileOffset += in.transferTo(out);
            }
            blocks.add(info);
            contentCoded += block.rawSize();
            options.listener().block(info);
            progress.reach(contentCoded);
        }
    }

    private void emit(byte[] bytes) throws IOException {
        out.write(bytes);
        fileOffset += bytes.length;
    }

    /** Passes on what has been written to the stream below; blocks that are not full stay. */
    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /**
     * Completes the archive; the stream below is flushed and stays open.
     *
     * @throws IOException if the stream below fails
     */
    public void finish() throws IOException {
        if (finished) {
            return;
        }
        if (failed || closed) {
            throw new IOException("writing the archive has failed before");
        }
        boolean done = false;
        try {
            int whole = recordsUsed == 0 ? 0
                    : recordsUsed - (int) (contentWritten
                            - cutter.lastCut(contentWritten - recordsUsed, contentWritten));
            byte[] rest = Arrays.copyOfRange(records, whole, Math.max(whole, recordsUsed));
            contentWritten -= rest.length;
            recordsUsed = whole;
            if (whole > 0) {
                flushRecords();
            }
            drain();
            contentWritten += rest.length;
            acceptAllOpaque(rest);
            flushOpaque();
            if (!headerWritten) {
                writeHeader(false, false);
            }
            emit(ArchiveIndex.write(headerSize, blocks, sha256.digest()));
            out.flush();
            done = true;
        } finally {
            finished = done;
            if (!done) {
                fail();
            }
            workers.close();
        }
    }

    /** What has been written so far stays without an end, so that no reader takes it for complete. */
    public void abort() throws IOException {
        if (!finished) {
            fail();
        }
    }

    private void fail() throws IOException {
        failed = true;
        workers.close();
        pending.clear();
        opaque.close();
    }

    /** Blocks written so far; all of them after {@link #finish}. */
    public List<BlockInfo> blocks() {
        return List.copyOf(blocks);
    }

    /** Bytes of the archive written so far; all of them after {@link #finish}. */
    public long fileSize() {
        return fileOffset;
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        try (OutputStream stream = out) {
            if (!failed) {
                finish();
            }
        } finally {
            closed = true;
            workers.close();
            opaque.close();
        }
    }
}
