package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/**
 * Finds the blocks of a file without a sound index. Where a header is damaged, the next one is searched for: its
 * locator says where its block belongs, and the header behind that block, or else its content, shows that this is no
 * chance.
 */
final class ScanFeed implements BlockFeed {

    /** Bytes of a block's header, at most. */
    private static final int MAX_HEADER = 22;
    private static final int CHUNK = 1 << 16;
    /** Bytes of an index beside its entries, at most, and entries of some blocks that were not found. */
    private static final int INDEX_BYTES = 160;

    /** Decodes blocks that may be none. */
    interface BlockTrial {

        /** Whether a payload has the content that its header says. */
        boolean decodes(BlockHeader header, FormatInput payload) throws IOException;
    }

    private final SeekableByteChannel channel;
    private final BlockSequence blocks;
    private final BlockTrial trial;
    private final long fileSize;
    private final List<Damage> damages = new ArrayList<>();
    private final byte[] chunk = new byte[CHUNK + MAX_HEADER];
    private long position;
    private FormatInput in;
    private byte[] sha256;
    private boolean ended;
    private long end = -1;

    /** What may be the header of a block: its place is known modulo 2^32. */
    private record Candidate(BlockEntry entry, int crc, int place, long at) {

        long end() {
            return at + entry.fileSize();
        }
    }

    ScanFeed(SeekableByteChannel channel, BlockSequence blocks, long firstBlock, BlockTrial trial) throws IOException {
        this.channel = channel;
        this.blocks = blocks;
        this.trial = trial;
        position = firstBlock;
        fileSize = channel.size();
    }

    @Override
    public BlockHeader next() throws IOException {
        if (ended) {
            return null;
        }
        final long content = blocks.contentSize();
        Candidate found = read(position);
        if (found != null && found.place == (int) content) {
            return accept(found);
        }
        final String where = "block " + blocks.size() + " at offset " + position;
        boolean mayBeIndex = found == null && firstByte(position) == 0;
        if (mayBeIndex && readIndex()) {
            return null;
        }
        if (found != null && found.end() <= fileSize
                && (isFollowed(found, content) || endsNearTheEnd(found) && decodes(found, content))) {
            damages.add(new Damage(content, 0, "the header of " + where + " is damaged; its sizes are right"));
            return accept(found);
        }
        Candidate next = search(content);
        if (next != null) {
            long gap = Integer.toUnsignedLong(next.place - (int) content);
            damages.add(new Damage(content, gap, "the header of " + where
                    + " is damaged; the next one that was found is at offset " + next.at));
            blocks.skipTo(content + gap);
            return accept(next);
        }
        if (mayBeIndex) {
            end = nextArchive();
        }
        if (end >= 0) {
            damages.add(new Damage(content, 0, "the index at offset " + position
                    + " is damaged; another archive begins at offset " + end));
            ended = true;
            return null;
        }
        throw new CorruptArchiveException("neither a block's header nor an index that is sound begins at offset "
                + position + ", and no header behind it");
    }

    private BlockHeader accept(Candidate found) throws IOException {
        BlockInfo info = blocks.add(found.entry, found.at);
        position = found.end();
        in = at(info.payloadOffset());
        return new BlockHeader(info, found.crc);
    }

    private boolean readIndex() throws IOException {
        FormatInput index = at(position);
        try {
            index.resetCrc();
            index.readByte("the index");
            sha256 = ArchiveIndex.readAfter(blocks, index);
            end = index.position();
            ended = true;
            return true;
        } catch (CorruptArchiveException e) {
            return false;
        }
    }

    /** The header at some place, if there may be one. */
    private Candidate read(long at) throws IOException {
        byte[] bytes = new byte[MAX_HEADER];
        return read(bytes, 0, fill(at, bytes), at);
    }

    private Candidate read(byte[] bytes, int from, int to, long at) {
        try {
            FormatInput header = new FormatInput(new ByteArrayInputStream(bytes, from, to - from), 0);
            BlockEntry entry = BlockEntry.read(header, "a header");
            if (entry == null) {
                return null;
            }
            int crc = header.readInt("a header");
            int locator = header.readInt("a header");
            return new Candidate(entry, crc, locator ^ entry.locator(crc, at - blocks.archiveStart(), 0), at);
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether a header follows a candidate, if its content begins here. */
    private boolean isFollowed(Candidate candidate, long content) throws IOException {
        Candidate next = read(candidate.end());
        return next != null && next.place == (int) (content + candidate.entry.rawSize());
    }

    /** Whether there is room for little more than an index behind a candidate. */
    private boolean endsNearTheEnd(Candidate candidate) {
        return fileSize - candidate.end() <= blocks.entryBytes() + INDEX_BYTES;
    }

    private Candidate search(long content) throws IOException {
        for (long from = position + 1; from < fileSize; from += CHUNK) {
            int n = fill(from, chunk);
            for (int i = 0; i < Math.min(n, CHUNK); i++) {
                if (chunk[i] == 0 || !isPlausible(chunk, i, n)) {
                    continue;
                }
                Candidate candidate = read(chunk, i, Math.min(n, i + MAX_HEADER), from + i);
                if (candidate != null && isRight(candidate, content)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    /** Looks at the first number before more is made of it: the codec, and sizes below a gibibyte. */
    private static boolean isPlausible(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && i < from + 5 && bytes[i] < 0) {
            i++;
        }
        return i < to && bytes[i] > 0;
    }

    private boolean isRight(Candidate candidate, long content) throws IOException {
        if (candidate.end() > fileSize) {
            return false;
        }
        long gap = Integer.toUnsignedLong(candidate.place - (int) content);
        if (gap > BlockEntry.MAX_RAW) {
            return false;
        }
        return isFollowed(candidate, content + gap)
                || endsNearTheEnd(candidate) && decodes(candidate, content + gap);
    }

    private boolean decodes(Candidate candidate, long content) throws IOException {
        BlockEntry entry = candidate.entry;
        BlockInfo info = new BlockInfo(blocks.size(), entry.codec(), candidate.at, content, entry.rawSize(),
                entry.headerSize(), entry.payloadSize());
        try {
            blocks.check(info);
            return trial.decodes(new BlockHeader(info, candidate.crc), at(info.payloadOffset()));
        } catch (FormatException e) {
            return false;
        }
    }

    /** Where another archive begins behind this place; -1 if there is none. */
    private long nextArchive() throws IOException {
        for (long from = position + 1; from < fileSize; from += CHUNK) {
            int n = fill(from, chunk);
            for (int i = 0; i < Math.min(n, CHUNK); i++) {
                if (HeaderFormat.begins(Arrays.copyOfRange(chunk, i, Math.min(n, i + ArchiveInfo.START_BYTES)))) {
                    try {
                        HeaderFormat.read(at(from + i));
                        return from + i;
                    } catch (FormatException e) {
                        // A chance.
                        continue;
                    }
                }
            }
        }
        return -1;
    }

    private int firstByte(long at) throws IOException {
        byte[] one = new byte[1];
        return fill(at, one) == 0 ? -1 : one[0];
    }

    private int fill(long at, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        channel.position(at);
        int n = 0;
        while (buffer.hasRemaining() && n >= 0) {
            n = channel.read(buffer);
        }
        return buffer.position();
    }

    private FormatInput at(long offset) throws IOException {
        channel.position(offset);
        return new FormatInput(new BufferedInputStream(Channels.newInputStream(channel)), offset);
    }

    @Override
    public List<Damage> takeDamages() {
        List<Damage> taken = List.copyOf(damages);
        damages.clear();
        return taken;
    }

    @Override
    public FormatInput input() {
        return in;
    }

    @Override
    public long end() {
        return end;
    }

    /** Null if the index was not found. */
    @Override
    public byte[] sha256() {
        return sha256;
    }
}
