package org.bbans.codec.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * What follows the last block: a zero byte where the next block would begin, the size of what stands before the first
 * block, every block's entry, the content's SHA-256, a CRC-32C of all that, and its size including the CRC as the
 * archive's last four bytes. So the archive's beginning is found from its end.
 *
 * @param blocks all blocks with their places
 * @param sha256 of the content
 */
public record ArchiveIndex(List<BlockInfo> blocks, byte[] sha256) {

    /** Bytes of an index without entries, without the size behind it. */
    public static final int MIN_BYTES = 2 + Checksums.SHA256_BYTES + Integer.BYTES;

    private static final String WHAT = "the index";

    /**
     * The bytes of an index.
     *
     * @param headerSize bytes of the archive before its first block
     */
    public static byte[] write(long headerSize, List<BlockInfo> blocks, byte[] sha256) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        Varint.write(out, headerSize);
        for (BlockInfo block : blocks) {
            BlockEntry.of(block).write(out);
        }
        out.writeBytes(sha256);
        Varint.writeInt(out, Checksums.crc32c(out.toByteArray()));
        Varint.writeInt(out, out.size());
        return out.toByteArray();
    }

    /** Reads what follows the zero byte, compares it with the blocks that were read, and returns the SHA-256. */
    public static byte[] readAfter(BlockSequence blocks, FormatInput in) throws IOException {
        long start = in.position() - 1;
        if (in.readVarint(WHAT) != blocks.headerSize()) {
            throw damaged(start, "the blocks do not begin where it says");
        }
        FormatInput expected = new FormatInput(new ByteArrayInputStream(blocks.entries()), 0);
        long fileOffset = blocks.firstBlock();
        for (int i = 0; i < blocks.size(); i++) {
            BlockEntry block = BlockEntry.read(expected, WHAT);
            BlockEntry entry = BlockEntry.read(in, WHAT);
            if (entry == null || !entry.equals(block)) {
                throw new CorruptArchiveException("the index at offset " + start + " contradicts block " + i
                        + " at offset " + fileOffset + ": one of them is damaged");
            }
            fileOffset += block.fileSize();
        }
        byte[] sha256 = in.readBytes(Checksums.SHA256_BYTES, WHAT);
        int computed = in.crc();
        if (in.readInt(WHAT) != computed) {
            throw damaged(start, "its CRC does not match");
        }
        long size = in.position() - start;
        if (Integer.toUnsignedLong(in.readInt(WHAT)) != size) {
            throw damaged(start, "its size at the archive's end is not " + size);
        }
        return sha256;
    }

    /**
     * Reads an index on its own.
     *
     * @param bytes the index without the size behind it
     * @param start its offset in the archive
     * @param header what the archive says before its first block
     * @param archiveStart where the archive begins
     * @param firstBlock where its first block begins
     */
    public static ArchiveIndex parse(byte[] bytes, long start, ArchiveHeader header, long archiveStart, long firstBlock)
            throws IOException {
        FormatInput entries = entries(bytes, start);
        int entriesEnd = entriesEnd(bytes);
        if (entries.readVarint(WHAT) != firstBlock - archiveStart) {
            throw damaged(start, "the blocks do not begin where it says");
        }
        BlockSequence sequence = new BlockSequence(header, archiveStart, firstBlock);
        List<BlockInfo> blocks = new ArrayList<>();
        long fileOffset = firstBlock;
        while (entries.position() < start + entriesEnd) {
            BlockInfo block = sequence.add(entry(entries, start), fileOffset);
            blocks.add(block);
            fileOffset += block.fileSize();
        }
        if (fileOffset != start) {
            throw damaged(start, "its blocks end at offset " + fileOffset);
        }
        return new ArchiveIndex(blocks, Arrays.copyOfRange(bytes, entriesEnd, bytes.length - Integer.BYTES));
    }

    /**
     * Where the archive begins that an index ends.
     *
     * @param bytes the index without the size behind it
     * @param start its offset
     */
    public static long archiveStart(byte[] bytes, long start) throws IOException {
        FormatInput entries = entries(bytes, start);
        long size = entries.readVarint(WHAT);
        while (size <= start && entries.position() < start + entriesEnd(bytes)) {
            size += entry(entries, start).fileSize();
        }
        if (size > start) {
            throw damaged(start, "its blocks begin before the file");
        }
        return start - size;
    }

    /** What stands between the zero byte and the SHA-256, once the CRC has been compared. */
    private static FormatInput entries(byte[] bytes, long start) throws IOException {
        FormatInput in = new FormatInput(new ByteArrayInputStream(bytes), start);
        in.resetCrc();
        in.readBytes(bytes.length - Integer.BYTES, WHAT);
        int computed = in.crc();
        if (in.readInt(WHAT) != computed || bytes[0] != 0) {
            throw damaged(start, "its CRC does not match");
        }
        return new FormatInput(new ByteArrayInputStream(bytes, 1, entriesEnd(bytes) - 1), start + 1);
    }

    private static int entriesEnd(byte[] bytes) {
        return bytes.length - Integer.BYTES - Checksums.SHA256_BYTES;
    }

    private static BlockEntry entry(FormatInput entries, long start) throws IOException {
        BlockEntry entry = BlockEntry.read(entries, WHAT);
        if (entry == null) {
            throw damaged(start, "an entry is empty");
        }
        return entry;
    }

    static CorruptArchiveException damaged(long start, String how) {
        return new CorruptArchiveException("the index at offset " + start + " is damaged: " + how
                + "; get another copy, or decompress with --keep-going to save the blocks");
    }
}
