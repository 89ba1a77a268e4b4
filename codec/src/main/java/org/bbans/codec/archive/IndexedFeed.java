package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.Damage;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;

/** Finds blocks by the index, so that damage to one block's header or payload does not hide the others. */
final class IndexedFeed implements BlockFeed {

    private final SeekableByteChannel channel;
    private final ArchiveInfo info;
    private final List<Damage> damages = new ArrayList<>();
    private FormatInput in;
    private int next;

    IndexedFeed(SeekableByteChannel channel, ArchiveInfo info) {
        this(channel, info, 0);
    }

    /** Finds blocks from a number on. */
    IndexedFeed(SeekableByteChannel channel, ArchiveInfo info, int first) {
        this.channel = channel;
        this.info = info;
        next = first;
    }

    @Override
    public BlockHeader next() throws IOException {
        if (next == info.blocks().size()) {
            return null;
        }
        BlockInfo block = info.blocks().get(next++);
        compare(block, seek(block).crc());
        return seek(block);
    }

    /** Notes it if the block's own header says other things than the index. */
    private void compare(BlockInfo block, int crc) throws IOException {
        byte[] expected = BlockEntry.of(block).header(crc, block.fileOffset() - info.offset(),
                block.contentOffset());
        channel.position(block.fileOffset());
        byte[] found = Channels.newInputStream(channel).readNBytes(expected.length);
        if (!Arrays.equals(found, expected)) {
            damages.add(new Damage(block.contentOffset(), 0, "the header of " + block.place()
                    + " is damaged; the index, which is sound, says what it should"));
        }
    }

    @Override
    public List<Damage> takeDamages() {
        List<Damage> taken = List.copyOf(damages);
        damages.clear();
        return taken;
    }

    /** Goes to any block. The index stands for the numbers in the block's own header; only the CRC is read there. */
    BlockHeader seek(BlockInfo block) throws IOException {
        String what = "the header of " + block.place();
        long crcOffset = block.payloadOffset() - 2 * Integer.BYTES;
        channel.position(crcOffset);
        in = new FormatInput(new BufferedInputStream(Channels.newInputStream(channel)), crcOffset);
        BlockHeader header = new BlockHeader(block, in.readInt(what));
        in.readInt(what);
        return header;
    }

    @Override
    public long end() {
        return info.offset() + info.fileSize();
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
