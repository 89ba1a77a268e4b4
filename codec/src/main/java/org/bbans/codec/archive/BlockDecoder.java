package org.bbans.codec.archive;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.block.ColumnBlock;
import org.bbans.codec.block.Lzma2;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.block.RecordBlock;
import org.bbans.codec.block.RowGroup;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RecordCodec;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.wire.FormatInput;

/**
 * Decodes blocks that fit into memory, after finding the model when the first block needs it. Blocks of a group have to
 * come in order, each after the one before has been decoded; otherwise any number of threads may decode at a time.
 */
final class BlockDecoder {

    private final ArchiveHeader header;
    private final ModelSource models;
    /** What the model codes: one of both once it has been found. */
    private RecordBlock records;
    private RasterCodec rasters;
    private final boolean embeds;
    /** What an embedded model asks for to decode a record. */
    private long embeddedWork;
    private long mostGroupMemory;

    /**
     * A decoder of an archive's blocks.
     *
     * @param embeds whether the model comes with the archive; it need not be in the header
     */
    BlockDecoder(ArchiveHeader header, ModelSource models, boolean embeds) {
        this.header = header;
        this.models = models;
        this.embeds = embeds;
    }

    /** Makes sure that the model is there if this block needs it. */
    void prepare(BlockInfo block) throws IOException {
        if (!block.codec().needsModel()) {
            return;
        }
        if (header.model() == null) {
            throw damaged(block, "it is coded by a model, and the archive names none", null);
        }
        if (records == null && rasters == null) {
            find(block);
        }
        if (block.codec().isRows() ? rasters == null : records == null) {
            throw new UnsupportedArchiveException(block.place() + " cannot have been coded with " + header.model()
                    + ": that codes " + (rasters == null ? "whole records" : "rows"));
        }
    }

    private void find(BlockInfo block) throws IOException {
        ModelReference reference = header.model();
        ArchiveModel model = models.find(reference);
        if (model == null) {
            throw new UnsupportedArchiveException(block.place() + " needs " + reference + ", which is not at hand:"
                    + " give the model file with --model");
        }
        if (!Arrays.equals(model.sha256(), reference.sha256())) {
            throw new UnsupportedArchiveException(block.place() + " needs " + reference + "; the given one is "
                    + new ModelReference(model.name(), model.sha256(), null)
                    + ": give the right model file with --model");
        }
        Layout layout = header.layout();
        String misfit = model.misfit(layout);
        if (misfit != null) {
            throw new UnsupportedArchiveException(reference + " " + misfit + ", the archive's records have "
                    + layout.dims() + " of " + layout.format().levels()
                    + ": this archive cannot have been written with it");
        }
        if (model instanceof RasterCodec raster) {
            rasters = raster;
        } else {
            RecordCodec codec = (RecordCodec) model;
            embeddedWork = embeds ? codec.multiplyAdds() : 0;
            records = new RecordBlock(layout, codec);
        }
    }

    /**
     * Bytes that decoding a block takes, with its content and payload; finds the model if it is needed.
     *
     * @param payload stands at the block's payload, and stays there
     */
    long memory(BlockInfo block, FormatInput payload) throws IOException {
        prepare(block);
        long need = dictionary(block) + block.rawSize() + block.payloadSize();
        Layout layout = header.layout();
        if (layout.unordered() && (block.codec() == BlockKind.MODEL || block.codec() == BlockKind.COLUMNS)) {
            // The order of records, their tree and a second copy.
            need += block.rawSize() + 32 * (block.rawSize() / layout.recordBytes());
        }
        if (block.codec() == BlockKind.COLUMNS) {
            need += ColumnBlock.memory(layout, block.payloadSize());
        } else if (block.codec() == BlockKind.MODEL) {
            need += records.memory(block.rawSize());
        } else if (block.codec().isRows()) {
            RowGrid grid = new RowGrid(layout);
            long rows = grid.rowAt(block.contentEnd()) - grid.rowAt(block.contentOffset());
            need += Short.BYTES * rows * grid.rowSamples() + rasters.blockMemory(grid.raster(), rows);
            need += block.codec() == BlockKind.ROWS ? groupMemory(grid.rowAt(block.contentOffset()), payload) : 0;
        }
        return need;
    }

    /** Multiply-adds that an embedded model asks for to decode a prepared block; at most a quarter of all numbers. */
    long embeddedWork(BlockInfo block) {
        if (block.codec() != BlockKind.MODEL) {
            return 0;
        }
        long records = block.rawSize() / header.layout().recordBytes();
        return Math.min(embeddedWork, (Long.MAX_VALUE >> 2) / Math.max(1, records)) * records;
    }

    /** Bytes of the dictionary from which a block is decoded. */
    static long dictionary(BlockInfo block) {
        boolean lzma = block.codec() == BlockKind.LZMA2 || block.codec() == BlockKind.LZMA2_X86;
        return lzma ? Lzma2.dictionary(block.rawSize()) : 0;
    }

    /** Bytes that a group of blocks of rows takes beside the blocks; the model has been found. */
    private long groupMemory(long firstRow, FormatInput payload) throws IOException {
        Layout layout = header.layout();
        // Prefixes stand before what the model has written.
        byte[] form = layout.prefix() > 0 ? new byte[0] : payload.peek(1);
        long memory = RowGroup.memory(layout, rasters, firstRow, form.length == 0 ? -1 : form[0] & 0xff);
        mostGroupMemory = Math.max(mostGroupMemory, memory);
        return memory;
    }

    /** Bytes that a group of those asked about takes beside its blocks, at most. */
    long mostGroupMemory() {
        return mostGroupMemory;
    }

    /** The group that a prepared block of rows is the first one of. */
    RowGroup group(BlockInfo block) {
        return new RowGroup(header.layout(), rasters, new RowGrid(header.layout()).rowAt(block.contentOffset()), false);
    }

    /**
     * Decodes the payload of a prepared block and checks the content's CRC.
     *
     * @param group the group that a block of rows belongs to, else null
     * @param done is told how many bytes are done
     */
    byte[] decode(BlockHeader head, byte[] payload, RowGroup group, IntConsumer done) throws IOException {
        BlockInfo block = head.info();
        int rawSize = (int) block.rawSize();
        byte[] raw;
        try {
            if (block.codec().isRows()) {
                double rowBytes = (double) rawSize / group.rows(rawSize);
                raw = group.decode(payload, rawSize, n -> done.accept((int) (n * rowBytes)));
            } else if (block.codec() == BlockKind.MODEL) {
                int recordBytes = (int) header.layout().recordBytes();
                raw = records.decode(payload, rawSize, n -> done.accept(n * recordBytes));
            } else if (block.codec() == BlockKind.COLUMNS) {
                int recordBytes = (int) header.layout().recordBytes();
                raw = ColumnBlock.decode(header.layout(), payload, rawSize, n -> done.accept(n * recordBytes));
            } else {
                raw = OpaqueBlock.decode(block.codec(), payload, rawSize);
            }
        } catch (CorruptArchiveException e) {
            throw damaged(block, e.getMessage(), e);
        }
        if (Checksums.crc32c(raw) != head.crc()) {
            throw damaged(block, "CRC mismatch", null);
        }
        return raw;
    }

    /**
     * Whether a payload has the content that its header says, if it can be decoded by itself.
     *
     * @param in gives the payload
     * @param options limits to what this may take
     * @throws UnsupportedArchiveException if it would take more
     */
    boolean decodes(BlockHeader head, FormatInput in, ReadOptions options) throws IOException {
        BlockInfo block = head.info();
        if (block.codec() == BlockKind.MORE_ROWS) {
            return false;
        }
        options.checkMemory(block.place(), memory(block, in), 0);
        options.checkWork(String.valueOf(header.model()), embeddedWork(block), block.fileEnd());
        byte[] payload = in.readBytes(block.payloadSize(), block.place());
        decode(head, payload, block.codec().isRows() ? group(block) : null, done -> {});
        return true;
    }

    static CorruptArchiveException damaged(BlockInfo block, String how, Exception cause) {
        return new CorruptArchiveException(block.place() + " is damaged: " + how
                + "; get another copy, or decompress with --keep-going to save the other blocks", cause);
    }
}
