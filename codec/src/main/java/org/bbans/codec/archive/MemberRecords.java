package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.block.EmbeddedModel;
import org.bbans.codec.block.RecordBlock;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/** Reads single records of one of the archives in a file. For one thread at a time. */
final class MemberRecords {

    private static final long MAX_KEPT = 1 << 26;

    private final SeekableByteChannel channel;
    private final ReadOptions options;
    private final ArchiveInfo info;
    private final IndexedFeed feed;
    private final BlockDecoder decoder;
    private BlockInfo kept;
    private byte[] keptRaw;
    /** The group that the block last decoded belongs to; null if there is none or it is damaged. */
    private GroupDecoder group;

    MemberRecords(SeekableByteChannel channel, ArchiveInfo info, ModelSource models, ReadOptions options) {
        this.channel = channel;
        this.info = info;
        this.options = options;
        feed = new IndexedFeed(channel, info);
        decoder = new BlockDecoder(info.header(), reference -> models.find(withModel(reference)),
                info.embeddedModelSize() > 0);
    }

    ArchiveInfo info() {
        return info;
    }

    /** The reference with the embedded model, which is read only when it is needed. */
    ModelReference withModel(ModelReference reference) throws IOException {
        if (reference == null || info.embeddedModelSize() == 0) {
            return reference;
        }
        channel.position(info.offset());
        FormatInput in = new FormatInput(new BufferedInputStream(Channels.newInputStream(channel)), info.offset());
        HeaderFormat.read(in);
        return EmbeddedModel.read(in, reference, options.memoryLimit());
    }

    /** A record with its prefix bytes, by its number in this archive. */
    byte[] read(long i) throws IOException {
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
            BlockInfo block = info.blocks().get(info.blockAt(from + done));
            int n = (int) Math.min(size - done, block.contentEnd() - from - done);
            if (done + n > record.length) {
                record = Arrays.copyOf(record, (int) Math.min(size, Math.max(done + n, 2L * record.length)));
            }
            copy(block, from + done - block.contentOffset(), record, done, n);
            done += n;
        }
        return record;
    }

    byte[] modelPayload(BlockInfo block) throws IOException {
        feed.seek(block);
        byte[] payload = feed.input().readBytes(block.payloadSize(), block.place());
        return RecordBlock.modelPayload(info.header().layout(), payload, (int) block.rawSize());
    }

    private void copy(BlockInfo block, long from, byte[] to, int off, int n) throws IOException {
        if (block.rawSize() > MAX_KEPT && !block.codec().isWhole()) {
            options.checkMemory(block.place(), BlockDecoder.dictionary(block), 0);
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
        options.checkMemory(block.place(), decoder.memory(block, feed.input()), 0);
        options.checkWork(String.valueOf(info.header().model()), decoder.embeddedWork(block), info.fileSize());
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
}
