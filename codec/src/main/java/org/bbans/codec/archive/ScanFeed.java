package org.bbans.codec.archive;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.FormatInput;

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

    private final ArchiveSearch file;
    private final BlockSequence blocks;
    private final BlockTrial trial;
    private final long fileSize;
    private final List<Damage> damages = new ArrayList<>();
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

    ScanFeed(ArchiveSearch file, BlockSequence blocks, long firstBlock, BlockTrial trial) {
        this.file = file;
        this.blocks = blocks;
        this.trial = trial;
        position = firstBlock;
        fileSize = file.fileSize();
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
                && (isFollowed(found, content) || endsNear(fileSize, found) && decodes(found, content))) {
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
            end = file.nextArchive(position);
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
        in = file.at(info.payloadOffset());
        return new BlockHeader(info, found.crc);
    }

    private boolean readIndex() throws IOException {
        FormatInput index = file.at(position);
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
        return read(bytes, 0, file.fill(at, bytes), at);
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

    /** Whether there is room for little more than an index between a candidate and a place. */
    private boolean endsNear(long place, Candidate candidate) {
        return candidate.end() <= place && place - candidate.end() <= blocks.entryBytes() + INDEX_BYTES;
    }

    /**
     * Searches up to where the next archive begins; then farther, for that may lie in a block of this one. In a file of
     * many damaged archives that is done for some of them only.
     */
    private Candidate search(long content) throws IOException {
        long next = file.nextArchive(position);
        long near = next < 0 ? fileSize : next;
        Candidate found = search(content, position + 1, near, near);
        return found == null && near < fileSize && file.mayGoBeyond(fileSize - near)
                ? search(content, near, fileSize, -1) : found;
    }

    /** Searches between two places; where the archive ends is known, or negative if it need not be one of them. */
    private Candidate search(long content, long begin, long to, long archiveEnd) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(0, to - begin)) + MAX_HEADER];
        for (long from = begin; from < to; from += CHUNK) {
            int n = file.fill(from, chunk);
            for (int i = 0; i < Math.min(Math.min(n, CHUNK), to - from); i++) {
                if (chunk[i] == 0 || !isPlausible(chunk, i, n)) {
                    continue;
                }
                Candidate candidate = read(chunk, i, Math.min(n, i + MAX_HEADER), from + i);
                if (candidate != null && isRight(candidate, content, archiveEnd)) {
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

    private boolean isRight(Candidate candidate, long content, long archiveEnd) throws IOException {
        if (candidate.end() > fileSize) {
            return false;
        }
        long gap = Integer.toUnsignedLong(candidate.place - (int) content);
        if (gap > BlockEntry.MAX_RAW) {
            return false;
        }
        return isFollowed(candidate, content + gap)
                || endsNear(archiveEnd, candidate) && decodes(candidate, content + gap);
    }

    private boolean decodes(Candidate candidate, long content) throws IOException {
        BlockEntry entry = candidate.entry;
        BlockInfo info = new BlockInfo(blocks.size(), entry.codec(), candidate.at, content, entry.rawSize(),
                entry.headerSize(), entry.payloadSize());
        try {
            blocks.check(info);
            return trial.decodes(new BlockHeader(info, candidate.crc), file.at(info.payloadOffset()));
        } catch (FormatException e) {
            return false;
        }
    }

    private int firstByte(long at) throws IOException {
        byte[] one = new byte[1];
        return file.fill(at, one) == 0 ? -1 : one[0];
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
