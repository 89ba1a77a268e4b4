package org.bbans.codec.format;

import java.io.ByteArrayOutputStream;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * Writes an archive of the bytes that are written to it. Records are cut into blocks that are coded on several threads, each
 * in the cheapest of the possible ways; everything else, and the whole content if there is no model, is coded as solid
 * blocks of up to a gibibyte. The archive depends on the content and the options alone, never on the threads or on how the
 * content was split into calls.
 *
 * <p>Memory: {@code threads + 2} blocks of records and what the model needs for {@code threads} of them; or, for a solid
 * block, 32 MiB, a temporary file and what LZMA2 needs (some eleven times the block, at most 700 MiB).
 *
 * <p>{@link #close} completes the archive unless a write has failed. After {@link #abort} it does not.
 */
public final class ArchiveOutputStream extends OutputStream {

    private static final int FIRST_BUFFER = 1 << 16;

    private final OutputStream out;
    private final ArchiveOptions options;
    private final Layout layout;
    private final Workers workers;
    private final RecordBlockEncoder recordEncoder;
    private final MessageDigest sha256 = Checksums.sha256();
    private final List<BlockInfo> blocks = new ArrayList<>();
    private final Deque<Future<EncodedBlock>> pending = new ArrayDeque<>();
    private final int blockBytes;

    private final byte[] one = new byte[1];
    private final byte[] head = new byte[FIRST_BUFFER];
    private long fileOffset;
    private long contentWritten;
    private long contentCoded;
    private byte[] records = new byte[0];
    private int recordsUsed;
    private Spool opaque = new Spool();
    private CRC32C opaqueCrc = new CRC32C();
    private boolean finished;
    private boolean failed;
    private boolean closed;

    /**
     * Writes the header.
     *
     * @param out receives the archive; need not be buffered
     * @param options how to write it
     * @throws IllegalArgumentException if the model to embed has another SHA-256 than the model, or its name is unusable
     * @throws IOException if {@code out} fails
     */
    public ArchiveOutputStream(OutputStream out, ArchiveOptions options) throws IOException {
        this.out = Objects.requireNonNull(out);
        this.options = options;
        this.layout = options.layout();
        RecordCodec model = options.model();
        byte[] embedded = options.embeddedModel();
        if (embedded != null && !Arrays.equals(Checksums.sha256().digest(embedded), model.sha256())) {
            throw new IllegalArgumentException("the file to embed is not model " + model.name());
        }
        byte[] header = HeaderCodec.write(new ArchiveHeader(ArchiveHeader.VERSION, layout,
                model == null ? null : new ModelReference(model.name(), model.sha256(), null), options.wrapping()),
                embedded != null);
        recordEncoder = model == null ? null : new RecordBlockEncoder(options);
        blockBytes = model == null ? 0 : options.recordsPerBlock() * layout.recordBytes();
        emit(header, 0, header.length);
        workers = new Workers(options.threads());
        if (embedded != null) {
            byte[] block = EmbeddedModel.write(embedded, options.xz());
            emit(block, 0, block.length);
        }
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
        long recordsEnd = layout.count() == Layout.UNKNOWN || recordEncoder == null ? Long.MAX_VALUE
                : layout.leading() + layout.count() * layout.recordBytes();
        int n;
        if (recordEncoder == null || contentWritten >= recordsEnd) {
            n = acceptOpaque(b, off, len, Long.MAX_VALUE);
        } else if (contentWritten < layout.leading()) {
            n = acceptOpaque(b, off, len, layout.leading() - contentWritten);
        } else {
            n = (int) Math.min(len, recordsEnd - contentWritten);
            n = Math.min(n, blockBytes - recordsUsed);
            if (recordsUsed + n > records.length) {
                records = Arrays.copyOf(records, (int) Math.min(blockBytes,
                        Math.max(recordsUsed + n, Math.max(FIRST_BUFFER, 2L * records.length))));
            }
            System.arraycopy(b, off, records, recordsUsed, n);
            recordsUsed += n;
        }
        contentWritten += n;
        if (recordsUsed > 0 && (recordsUsed == blockBytes || contentWritten == recordsEnd)) {
            flushRecords();
        } else if (contentWritten == layout.leading() && recordEncoder != null) {
            flushOpaque();
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
        byte[] raw = Arrays.copyOf(records, recordsUsed);
        recordsUsed = 0;
        pending.add(workers.submit(() -> recordEncoder.encode(raw)));
        if (pending.size() > options.threads()) {
            emitPending();
        }
    }

    private void emitPending() throws IOException {
        emit(Workers.await(pending.peek(), () -> { }));
        pending.remove();
    }

    private void drain() throws IOException {
        while (!pending.isEmpty()) {
            emitPending();
        }
    }

    /** Codes the solid block that has been collected; with x86 programs both with and without the branch filter. */
    private void flushOpaque() throws IOException {
        drain();
        long size = opaque.size();
        if (size == 0) {
            return;
        }
        try (Spool raw = opaque) {
            opaque = new Spool();
            int crc = (int) opaqueCrc.getValue();
            opaqueCrc = new CRC32C();
            List<BlockCodec> candidates = new ArrayList<>();
            if (options.xz()) {
                candidates.add(BlockCodec.LZMA2);
                if (Lzma2.looksLikeX86(head, (int) Math.min(size, head.length))) {
                    candidates.add(BlockCodec.LZMA2_X86);
                }
            }
            emit(cheapest(raw, crc, candidates));
        }
    }

    private EncodedBlock cheapest(Spool raw, int crc, List<BlockCodec> candidates) throws IOException {
        long base = contentCoded;
        AtomicLong done = new AtomicLong();
        Runnable tick = () -> options.listener().progress(base + done.get() / candidates.size());
        List<Future<Spool>> tries = new ArrayList<>();
        for (BlockCodec codec : candidates) {
            long[] last = new long[1];
            tries.add(workers.submit(() -> OpaqueBlock.lzma2(raw, codec == BlockCodec.LZMA2_X86, n -> {
                done.addAndGet(n - last[0]);
                last[0] = n;
            })));
        }
        Spool best = null;
        BlockCodec codec = BlockCodec.STORED;
        for (int i = 0; i < tries.size(); i++) {
            Spool payload = Workers.await(tries.get(i), tick);
            if (payload != null && (best == null || payload.size() < best.size())) {
                if (best != null) {
                    best.close();
                }
                best = payload;
                codec = candidates.get(i);
            } else if (payload != null) {
                payload.close();
            }
        }
        String failure = null;
        if (best != null && options.verify() && !OpaqueBlock.decodesTo(best, codec, raw)) {
            failure = "LZMA2 does not decode what it encoded";
            best.close();
            best = null;
        }
        return best == null ? new EncodedBlock(BlockCodec.STORED, raw.size(), crc, raw, failure)
                : new EncodedBlock(codec, raw.size(), crc, best, failure);
    }

    private void emit(EncodedBlock block) throws IOException {
        try (Spool payload = block.payload()) {
            int number = blocks.size();
            BlockInfo info = new BlockInfo(number, block.codec(), fileOffset, contentCoded, block.rawSize(), payload.size());
            if (block.failure() != null) {
                options.listener().fellBack(number, block.failure());
            }
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            block.entry().write(header);
            Varint.writeInt(header, block.crc());
            emit(header.toByteArray(), 0, header.size());
            try (InputStream in = payload.open()) {
                fileOffset += in.transferTo(out);
            }
            blocks.add(info);
            contentCoded += block.rawSize();
            options.listener().block(info);
            options.listener().progress(contentCoded);
        }
    }

    private void emit(byte[] bytes, int off, int len) throws IOException {
        out.write(bytes, off, len);
        fileOffset += len;
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
            int whole = recordsUsed == 0 ? 0 : recordsUsed - recordsUsed % layout.recordBytes();
            byte[] rest = Arrays.copyOfRange(records, whole, Math.max(whole, recordsUsed));
            recordsUsed = whole;
            if (whole > 0) {
                flushRecords();
            }
            drain();
            if (rest.length > 0) {
                acceptOpaque(rest, 0, rest.length, Long.MAX_VALUE);
            }
            flushOpaque();
            byte[] index = ArchiveIndex.write(blocks, sha256.digest());
            emit(index, 0, index.length);
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
