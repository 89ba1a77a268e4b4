package org.bbans.codec.archive;

import java.io.IOException;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.FormatInput;

/** Finds blocks by reading them in order; at the end the index must agree with what was read. */
final class SequentialFeed implements BlockFeed {

    private final FormatInput in;
    private final BlockSequence blocks;
    private byte[] sha256;

    SequentialFeed(FormatInput in, BlockSequence blocks) {
        this.in = in;
        this.blocks = blocks;
    }

    @Override
    public BlockHeader next() throws IOException {
        if (sha256 != null) {
            return null;
        }
        final long start = in.position();
        in.resetCrc();
        BlockEntry entry = BlockEntry.read(in, "the header of block " + blocks.size());
        if (entry == null) {
            sha256 = ArchiveIndex.readAfter(blocks, in);
            return null;
        }
        BlockInfo info = blocks.add(entry, start);
        int crc = in.readInt("the header of " + info.place());
        if (in.readInt("the header of " + info.place())
                != entry.locator(crc, start - blocks.archiveStart(), info.contentOffset())) {
            throw new CorruptArchiveException("the header of " + info.place()
                    + " is damaged: its locator does not match; get another copy, or decompress with"
                    + " --keep-going to save the other blocks");
        }
        return new BlockHeader(info, crc);
    }

    @Override
    public FormatInput input() {
        return in;
    }

    @Override
    public byte[] sha256() {
        return sha256;
    }
}
