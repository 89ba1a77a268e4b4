package org.bbans.codec.archive;

import java.io.IOException;
import java.util.function.IntConsumer;
import org.bbans.codec.block.RowGroup;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;

/** Decodes the blocks of a group in order. What follows a damaged block cannot be decoded. For one thread at a time. */
final class GroupDecoder {

    private final BlockDecoder decoder;
    private RowGroup group;
    private BlockInfo damaged;

    GroupDecoder(BlockDecoder decoder) {
        this.decoder = decoder;
    }

    /** Decodes the next block, which has been {@linkplain BlockDecoder#prepare prepared}. */
    byte[] decode(BlockHeader header, byte[] payload, IntConsumer done) throws IOException {
        BlockInfo block = header.info();
        if (damaged != null || group == null && block.codec() != BlockKind.ROWS) {
            throw BlockDecoder.damaged(block, "it cannot be decoded without "
                    + (damaged == null ? "the beginning of its group" : damaged.place() + ", which is damaged"), null);
        }
        boolean sound = false;
        try {
            group = group != null ? group : decoder.group(block);
            byte[] raw = decoder.decode(header, payload, group, done);
            sound = true;
            return raw;
        } finally {
            if (!sound) {
                damaged = block;
            }
        }
    }
}
