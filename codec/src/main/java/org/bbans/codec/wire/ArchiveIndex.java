package org.bbans.codec.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * What follows the last block: a zero byte where the next block would begin, every block's entry, the content's
 * SHA-256, a CRC-32C of all that, and its size including the CRC as the archive's last four bytes.
 *
 * @param blocks all blocks with their places
 * @param sha256 of the content
 */
public record ArchiveIndex(List<BlockInfo> blocks, byte[] sha256) {

    /** Bytes of an index without entries, without the size behind it. */
    public static final int MIN_BYTES = 1 + Checksums.SHA256_BYTES + Integer.BYTES;

    private static final String WHAT = "the index";

    public static byte[] write(List<BlockInfo> blocks, byte[] sha256) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        for (BlockInfo block : blocks) {
            BlockEntry.of(block).write(out);
        }
        out.writeBytes(sha256);
        Varint.writeInt(out, Checksums.crc32c(out.toByteArray()));
        Varint.writeInt(out, out.size());
        return out.toByteArray();
    }

    /** Reads what follows the zero byte, compares it with the blocks that were read, and returns the SHA-256. */
    public static byte[] readAfter(List<BlockInfo> blocks, FormatInput in) throws IOException {
        long start = in.position() - 1;
        for (BlockInfo block : blocks) {
            BlockEntry entry = BlockEntry.read(in, WHAT);
            if (entry == null || !entry.equals(BlockEntry.of(block))) {
                throw new CorruptArchiveException("the index at offset " + start + " contradicts " + block.place()
                        + ": one of them is damaged");
            }
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
     * @param firstBlock the first block's offset in the archive
     */
    public static ArchiveIndex parse(byte[] bytes, long start, ArchiveHeader header, long firstBlock)
            throws IOException {
        FormatInput in = new FormatInput(new ByteArrayInputStream(bytes), start);
        in.resetCrc();
        in.readBytes(bytes.length - Integer.BYTES, WHAT);
        int computed = in.crc();
        if (in.readInt(WHAT) != computed || bytes[0] != 0) {
            throw damaged(start, "its CRC does not match");
        }
        int entriesEnd = bytes.length - Integer.BYTES - Checksums.SHA256_BYTES;
        FormatInput entries = new FormatInput(new ByteArrayInputStream(bytes, 1, entriesEnd - 1), start + 1);
        BlockSequence blocks = new BlockSequence(header);
        long fileOffset = firstBlock;
        while (entries.position() < start + entriesEnd) {
            BlockEntry entry = BlockEntry.read(entries, WHAT);
            if (entry == null) {
                throw damaged(start, "an entry is empty");
            }
            fileOffset += blocks.add(entry, fileOffset).fileSize();
        }
        if (fileOffset != start) {
            throw damaged(start, "its blocks end at offset " + fileOffset);
        }
        return new ArchiveIndex(blocks.blocks(), Arrays.copyOfRange(bytes, entriesEnd, bytes.length - Integer.BYTES));
    }

    static CorruptArchiveException damaged(long start, String how) {
        return new CorruptArchiveException("the index at offset " + start + " is damaged: " + how
                + "; get another copy, or run with --keep-going to save the blocks");
    }
}
