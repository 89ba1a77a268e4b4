package org.bbans.codec.archive;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.block.ColumnBlock;
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

    BlockDecoder(ArchiveHeader header, ModelSource models) {
        this.header = header;
        this.models = models;
    }

    /** Makes sure that the model is there if this block needs it. */
    void prepare(BlockInfo block) throws IOException {
        if (!block.codec().needsModel()) {
            return;
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
            records = new RecordBlock(layout, (RecordCodec) model);
        }
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

    static CorruptArchiveException damaged(BlockInfo block, String how, Exception cause) {
        return new CorruptArchiveException(block.place() + " is damaged: " + how
                + "; get another copy, or run with --keep-going to save the other blocks", cause);
    }
}
