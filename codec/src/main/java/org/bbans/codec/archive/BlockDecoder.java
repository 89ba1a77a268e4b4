package org.bbans.codec.archive;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bbans.codec.block.OpaqueBlock;
import org.bbans.codec.block.RecordBlock;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.RecordCodec;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.wire.Checksums;

/** Decodes blocks that fit into memory, after finding the model when the first block needs it. */
final class BlockDecoder {

    private final ArchiveHeader header;
    private final ModelSource models;
    private RecordBlock records;

    BlockDecoder(ArchiveHeader header, ModelSource models) {
        this.header = header;
        this.models = models;
    }

    /** Makes sure that the model is there if this block needs it. */
    void prepare(BlockInfo block) throws IOException {
        if (block.codec() != BlockKind.MODEL || records != null) {
            return;
        }
        ModelReference reference = header.model();
        RecordCodec model = models.find(reference);
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
        if (model.dims() != layout.dims() || model.levels() != layout.format().levels()) {
            throw new UnsupportedArchiveException(reference + " codes " + model.dims() + " samples of " + model.levels()
                    + " levels, the archive's records have " + layout.dims() + " of " + layout.format().levels()
                    + ": this archive cannot have been written with it");
        }
        records = new RecordBlock(layout, model);
    }

    /**
     * Decodes a payload and checks the content's CRC. May be called by several threads.
     *
     * @param done hears how many bytes are done
     */
    byte[] decode(BlockFeed.Head head, byte[] payload, IntConsumer done) throws IOException {
        BlockInfo block = head.info();
        byte[] raw;
        try {
            raw = block.codec() == BlockKind.MODEL
                    ? records.decode(payload, (int) block.rawSize(),
                            n -> done.accept(n * header.layout().recordBytes()))
                    : OpaqueBlock.decode(block.codec(), payload, (int) block.rawSize());
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
