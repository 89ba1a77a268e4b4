package org.bbans.codec.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;

/** Finds blocks by reading them in order; at the end the index must agree with what was read. */
final class SequentialFeed implements BlockFeed {

    private final FormatInput in;
    private final ArchiveHeader header;
    private final boolean allowTrailing;
    private final List<BlockInfo> blocks = new ArrayList<>();
    private long contentOffset;
    private byte[] sha256;

    SequentialFeed(FormatInput in, ArchiveHeader header, boolean allowTrailing) {
        this.in = in;
        this.header = header;
        this.allowTrailing = allowTrailing;
    }

    @Override
    public Head next() throws IOException {
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
        BlockInfo info = entry.at(blocks.size(), start, contentOffset, header);
        int crc = in.readInt("the header of " + info.place());
        blocks.add(info);
        contentOffset += info.rawSize();
        return new Head(info, crc);
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
