package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.wire.FormatInput;

/** Finds blocks by the index, so that damage to one block's header or payload does not hide the others. */
final class IndexedFeed implements BlockFeed {

    private final SeekableByteChannel channel;
    private final ArchiveInfo info;
    private FormatInput in;
    private int next;

    IndexedFeed(SeekableByteChannel channel, ArchiveInfo info) {
        this.channel = channel;
        this.info = info;
    }

    @Override
    public BlockHeader next() throws IOException {
        return next < info.blocks().size() ? seek(info.blocks().get(next++)) : null;
    }

    /** Goes to any block. The index stands for the numbers in the block's own header; only the CRC is read there. */
    BlockHeader seek(BlockInfo block) throws IOException {
        long crcOffset = block.payloadOffset() - Integer.BYTES;
        channel.position(crcOffset);
        in = new FormatInput(new BufferedInputStream(Channels.newInputStream(channel), 1 << 16), crcOffset);
        return new BlockHeader(block, in.readInt("the header of " + block.place()));
    }

    @Override
    public FormatInput input() {
        return in;
    }

    @Override
    public byte[] sha256() {
        return info.sha256();
    }
}
