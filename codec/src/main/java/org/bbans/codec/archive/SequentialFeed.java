package org.bbans.codec.archive;

import java.io.IOException;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.FormatInput;

/** Finds blocks by reading them in order; at the end the index must agree with what was read. */
final class SequentialFeed implements BlockFeed {

    private final FormatInput in;
    private final boolean allowTrailing;
    private final BlockSequence blocks;
    private byte[] sha256;

    SequentialFeed(FormatInput in, ArchiveHeader header, boolean allowTrailing) {
        this.in = in;
        this.blocks = new BlockSequence(header);
        this.allowTrailing = allowTrailing;
    }

    @Override
    public BlockHeader next() throws IOException {
        if (sha256 != null) {
            return null;
        }
        long start = in.position();
        in.resetCrc();
        BlockEntry entry = BlockEntry.read(in, "the header of block " + blocks.size());
        if (entry == null) {
            byte[] hash = ArchiveIndex.readAfter(blocks, in);
            if (!allowTrailing && in.readOrEnd() >= 0) {
                throw new CorruptArchiveException("the archive ends at offset " + (in.position() - 1)
                        + ", but other bytes follow: remove them");
            }
            sha256 = hash;
            return null;
        }
        BlockInfo info = blocks.add(entry, start);
        return new BlockHeader(info, in.readInt("the header of " + info.place()));
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
