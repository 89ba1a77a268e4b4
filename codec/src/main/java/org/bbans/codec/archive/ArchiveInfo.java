package org.bbans.codec.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.bbans.codec.block.EmbeddedModel;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/**
 * An archive's summary, from its header and index alone.
 *
 * @param offset where the archive begins in its file, which may hold several in a row
 * @param header what the archive says before its first block; an embedded model is not read
 * @param embeddedModelSize bytes of the embedded model file, or 0
 * @param embeddedModelPacked bytes that it takes in the archive, or 0
 * @param blocks all blocks, in order
 * @param contentSize bytes of content
 * @param fileSize bytes of the archive
 * @param sha256 of the content
 */
public record ArchiveInfo(long offset, ArchiveHeader header, long embeddedModelSize,
        long embeddedModelPacked, List<BlockInfo> blocks, long contentSize, long fileSize, byte[] sha256) {

    /** Bytes by which {@link #isArchive(byte[])} knows an archive: magic and version. */
    public static final int START_BYTES = 4;

    /** Bytes of memory for a block, and for a byte of the index, of which the smallest entries have one. */
    private static final int BLOCK_MEMORY = 56;
    private static final int MEMBER_MEMORY = 500;
    /** Bytes of memory that no limit forbids. */
    private static final int FREE_MEMORY = 1 << 16;

    /** Records in the content. */
    public long records() {
        return header.layout().records(contentSize);
    }

    /** Number of the block that holds a place in the content, of the last one if none does, 0 if there is none. */
    int blockAt(long place) {
        int low = 0;
        int high = Math.max(0, blocks.size() - 1);
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (blocks.get(middle).contentOffset() <= place) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Number of the block from which a block is to be decoded: its own, or that where its learning group begins. */
    int firstBlockFor(int block) {
        int first = block;
        while (first > 0 && blocks.get(first).codec() == BlockKind.MORE_ROWS) {
            first--;
        }
        return first;
    }

    /**
     * Whether a file begins as archives do.
     *
     * @throws IOException if the file cannot be read
     */
    public static boolean isArchive(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return isArchive(in.readNBytes(START_BYTES));
        }
    }

    /** Whether archives begin with these bytes, {@link #START_BYTES} or more. */
    public static boolean isArchive(byte[] start) {
        return HeaderFormat.begins(start);
    }

    /**
     * Reads header and index of a file that holds one archive.
     *
     * @throws FormatException if they are damaged or not understood, or if the file holds {@link #members several}
     * @throws IOException if the file cannot be read
     */
    public static ArchiveInfo read(Path file) throws IOException {
        List<ArchiveInfo> members = members(file, ReadOptions.DEFAULT_MEMORY);
        if (members.size() > 1) {
            throw new UnsupportedArchiveException("the file holds " + members.size() + " archives in a row");
        }
        return members.get(0);
    }

    /**
     * Reads headers and indexes of all archives that a file holds, one after the other.
     *
     * @param memoryLimit bytes of memory that they may take, such as {@link ReadOptions#DEFAULT_MEMORY}
     * @return at least one
     * @throws FormatException if they are damaged or not understood, or take more memory
     * @throws IOException if the file cannot be read
     */
    public static List<ArchiveInfo> members(Path file, long memoryLimit) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return members(channel, memoryLimit);
        }
    }

    /** Each archive's end leads to its beginning, where the one before ends. */
    static List<ArchiveInfo> members(SeekableByteChannel channel, long memoryLimit) throws IOException {
        long limit = Math.max(memoryLimit, FREE_MEMORY);
        HeaderFormat.read(at(channel, 0));
        Deque<ArchiveInfo> members = new ArrayDeque<>();
        long end = channel.size();
        long memory = 0;
        do {
            members.addFirst(endingAt(channel, end, limit));
            end = members.getFirst().offset();
            memory += members.getFirst().memory();
            if (memory > limit) {
                throw new UnsupportedArchiveException("the file holds too many archives in a row to list them in "
                        + "memory: 'verify' and 'decompress' read them in order; --memory allows more");
            }
        } while (end > 0);
        return List.copyOf(members);
    }

    /** Bytes of memory that this takes, roughly. */
    long memory() {
        int data = header.wrapping() == null ? 0 : header.wrapping().data().length;
        return MEMBER_MEMORY + (long) BLOCK_MEMORY * blocks.size() + data;
    }

    private static ArchiveInfo endingAt(SeekableByteChannel channel, long end, long memoryLimit)
            throws IOException {
        long sizeOffset = end - Integer.BYTES;
        long indexSize = sizeOffset < 0 ? 0 : Integer.toUnsignedLong(at(channel, sizeOffset).readInt("the index"));
        long start = sizeOffset - indexSize;
        if (indexSize < ArchiveIndex.MIN_BYTES || indexSize > Integer.MAX_VALUE - 8 || start < 0) {
            throw new CorruptArchiveException("the last four bytes, at offset " + Math.max(0, sizeOffset)
                    + ", lead to no index: the archive is truncated or other bytes follow it; get a complete copy, or"
                    + " decompress with --keep-going to save what is there");
        }
        if (indexSize * BLOCK_MEMORY > memoryLimit) {
            throw new UnsupportedArchiveException("the index at offset " + start + " has " + indexSize
                    + " bytes, too many to hold all blocks at a time in memory: 'verify' and 'decompress' read it in "
                    + "order; --memory allows more");
        }
        byte[] bytes = at(channel, start).readBytes(indexSize, "the index");
        long offset = ArchiveIndex.archiveStart(bytes, start);
        FormatInput in = at(channel, offset);
        HeaderFormat.Parsed parsed = HeaderFormat.read(in);
        long firstBlock = in.position();
        long headerEnd = firstBlock;
        long modelSize = 0;
        if (parsed.embedsModel()) {
            BlockEntry model = EmbeddedModel.readEntry(in);
            modelSize = model.rawSize();
            firstBlock = in.position() + Integer.BYTES + model.payloadSize();
        }
        ArchiveIndex index = ArchiveIndex.parse(bytes, start, parsed.header(), offset, firstBlock);
        long contentSize = index.blocks().stream().mapToLong(BlockInfo::rawSize).sum();
        return new ArchiveInfo(offset, parsed.header(), modelSize, firstBlock - headerEnd, List.copyOf(index.blocks()),
                contentSize, end - offset, index.sha256());
    }

    private static FormatInput at(SeekableByteChannel channel, long offset) throws IOException {
        channel.position(offset);
        return new FormatInput(new BufferedInputStream(Channels.newInputStream(channel)), offset);
    }
}
