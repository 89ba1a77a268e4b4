package org.bbans.codec.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bbans.codec.block.RecordBlock;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;

/**
 * Reads single records of an archive, decoding only the block that holds them, or of a group of blocks those up to it.
 * The block last decoded is kept if it has at most 64 MiB. In an archive that was written without a model, a block may
 * hold up to a gibibyte, and reading a record then decodes all of it.
 *
 * <p>May be shared by threads, which then wait for each other. Any of them may close it: a read that another one is in
 * then fails with an IOException. So does interrupting a thread in a read, which closes the file for all, as it does
 * with every {@link java.nio.channels.FileChannel}. Damage is found by every read of the records in question; others
 * can still be read.
 */
public final class RecordReader implements Closeable {

    private static final long MAX_KEPT = 1 << 26;
    private static final String CLOSED = "the archive is closed";

    private final SeekableByteChannel channel;
    private final ArchiveInfo info;
    private final IndexedFeed feed;
    private final BlockDecoder decoder;
    private BlockInfo kept;
    private byte[] keptRaw;
    /** The group that the block last decoded belongs to; null if there is none or it is damaged. */
    private GroupDecoder group;
    /** Set by another thread, perhaps. */
    private volatile boolean closed;

    /**
     * Opens an archive.
     *
     * @param file the archive
     * @param models finds the model if a block needs it
     * @throws FormatException if header or index are damaged or not understood
     * @throws IOException if the file cannot be read
     */
    public RecordReader(Path file, ModelSource models) throws IOException {
        channel = Files.newByteChannel(file);
        try {
            info = ArchiveInfo.read(channel);
            feed = new IndexedFeed(channel, info);
            decoder = new BlockDecoder(info.header(), reference -> models.find(withModel(file, reference)));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The reference with the embedded model, which is read only when it is needed. */
    private ModelReference withModel(Path file, ModelReference reference) throws IOException {
        if (info.embeddedModelSize() == 0) {
            return reference;
        }
        try (ArchiveInputStream in = ArchiveInputStream.open(file, ModelSource.NONE, ReadOptions.DEFAULT)) {
            return in.header().model();
        }
    }

    /** The archive's summary. */
    public ArchiveInfo info() {
        return info;
    }

    /**
     * Reads a record with its prefix bytes.
     *
     * @param i the record's number, from 0
     * @throws IndexOutOfBoundsException if there is no such record
     * @throws FormatException if its block is damaged or needs a model that is not at hand
     * @throws IOException if the file cannot be read, or this reader is closed
     */
    public synchronized byte[] read(long i) throws IOException {
        checkOpen();
        Objects.checkIndex(i, info.records());
        return unlessClosed(() -> readRecord(i));
    }

    /** Something that reads the file. */
    private interface Reading {

        byte[] read() throws IOException;
    }

    /** Reads; whatever it runs into while another thread closes this reader, is that. */
    private byte[] unlessClosed(Reading reading) throws IOException {
        try {
            return reading.read();
        } catch (IOException | RuntimeException e) {
            if (closed) {
                throw new IOException(CLOSED, e);
            }
            throw e;
        }
    }

    private byte[] readRecord(long i) throws IOException {
        Layout layout = info.header().layout();
        if (layout.recordBytes() > Integer.MAX_VALUE - Long.BYTES) {
            throw new IOException("record " + i + " has " + layout.recordBytes()
                    + " bytes, which no array holds: read the archive's content as a stream");
        }
        int size = (int) layout.recordBytes();
        long from = layout.leading() + i * size;
        // A size is a claim until blocks have been decoded that hold as much.
        byte[] record = new byte[Math.min(size, (int) MAX_KEPT)];
        for (int done = 0; done < size;) {
            BlockInfo block = blockAt(from + done);
            int n = (int) Math.min(size - done, block.contentEnd() - from - done);
            if (done + n > record.length) {
                record = Arrays.copyOf(record, (int) Math.min(size, Math.max(done + n, 2L * record.length)));
            }
            copy(block, from + done - block.contentOffset(), record, done, n);
            done += n;
        }
        return record;
    }

    /**
     * What the model wrote for a block: the payload without the records' prefixes. Nothing is decoded, so no checksum
     * is looked at either.
     *
     * @param block one of {@link #info}'s that is coded by the model
     * @throws FormatException if the block ends too early
     * @throws IOException if the file cannot be read
     */
    public synchronized byte[] modelPayload(BlockInfo block) throws IOException {
        if (block.codec() != BlockKind.MODEL) {
            throw new IllegalArgumentException(block.place() + " is not coded by a model");
        }
        checkOpen();
        return unlessClosed(() -> {
            feed.seek(block);
            byte[] payload = feed.input().readBytes(block.payloadSize(), block.place());
            return RecordBlock.modelPayload(info.header().layout(), payload, (int) block.rawSize());
        });
    }

    private BlockInfo blockAt(long contentOffset) {
        List<BlockInfo> blocks = info.blocks();
        int low = 0;
        int high = blocks.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (blocks.get(middle).contentOffset() <= contentOffset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return blocks.get(low);
    }

    private void copy(BlockInfo block, long from, byte[] to, int off, int n) throws IOException {
        if (block.rawSize() > MAX_KEPT) {
            copyStreamed(new StreamedBlock(feed.seek(block), feed.input()), from, to, off, n);
            return;
        }
        if (block != kept) {
            keptRaw = block.codec().isRows() ? decodeUpTo(block) : decode(block, null);
            kept = block;
        }
        System.arraycopy(keptRaw, (int) from, to, off, n);
    }

    /** Decodes a block of rows and what is missing of its group before it. */
    private byte[] decodeUpTo(BlockInfo block) throws IOException {
        List<BlockInfo> blocks = info.blocks();
        int next = group != null && kept.codec().isRows() ? kept.number() + 1 : Integer.MAX_VALUE;
        int first = block.number();
        while (blocks.get(first).codec() == BlockKind.MORE_ROWS && first != next) {
            first--;
        }
        GroupDecoder decoding = first == next && blocks.get(first).codec() == BlockKind.MORE_ROWS ? group
                : new GroupDecoder(decoder);
        group = null;
        kept = null;
        byte[] raw = new byte[0];
        for (int i = first; i <= block.number(); i++) {
            raw = decode(blocks.get(i), decoding);
        }
        group = decoding;
        return raw;
    }

    private byte[] decode(BlockInfo block, GroupDecoder inGroup) throws IOException {
        BlockHeader header = feed.seek(block);
        decoder.prepare(block);
        byte[] payload = feed.input().readBytes(block.payloadSize(), block.place());
        return inGroup != null ? inGroup.decode(header, payload, done -> {})
                : decoder.decode(header, payload, null, done -> {});
    }

    /** Reads the block to its end, so that its CRC is checked before the record is handed out. */
    private static void copyStreamed(StreamedBlock block, long from, byte[] to, int off, int n) throws IOException {
        byte[] chunk = new byte[1 << 16];
        long at = 0;
        for (int got = block.read(chunk, 0, chunk.length); got >= 0; got = block.read(chunk, 0, chunk.length)) {
            long low = Math.max(from, at);
            long high = Math.min(from + n, at + got);
            if (low < high) {
                System.arraycopy(chunk, (int) (low - at), to, off + (int) (low - from), (int) (high - low));
            }
            at += got;
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException(CLOSED);
        }
    }

    /** Closes the file, and does not wait for a read that another thread is in. */
    @Override
    public void close() throws IOException {
        closed = true;
        channel.close();
    }
}
