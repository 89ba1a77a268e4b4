package org.bbans.codec.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * The numbers that a block's header and the index share.
 *
 * @param codec how the block is coded
 * @param rawSize bytes of content, {@code 1 .. MAX_RAW}
 * @param payloadSize bytes of payload: equal to the raw size if stored, otherwise smaller
 */
public record BlockEntry(BlockKind codec, long rawSize, long payloadSize) {

    /** Bytes of content in a block. */
    public static final long MAX_RAW = 1L << 30;

    private static final BlockKind[] CODECS = BlockKind.values();

    /** Codec and raw size in one number: the size shifted left by three bits, the codec below. Never 0. */
    public static long first(BlockKind codec, long rawSize) {
        return rawSize << 3 | codec.ordinal();
    }

    public void write(ByteArrayOutputStream out) {
        Varint.write(out, first(codec, rawSize));
        if (codec != BlockKind.STORED) {
            Varint.write(out, payloadSize);
        }
    }

    /** Reads an entry, or returns null where the number 0 ends the blocks. */
    public static BlockEntry read(FormatInput in, String what) throws IOException {
        long start = in.position();
        long first = in.readVarint(what);
        if (first == 0) {
            return null;
        }
        int code = (int) (first & 7);
        long rawSize = first >>> 3;
        if (code >= CODECS.length || rawSize == 0 || rawSize > MAX_RAW) {
            throw new CorruptArchiveException(what + " at offset " + start + " is damaged: codec " + code + " with "
                    + rawSize + " bytes of content");
        }
        BlockKind codec = CODECS[code];
        long payloadSize = rawSize;
        if (codec != BlockKind.STORED) {
            payloadSize = in.readVarint(what);
            if (payloadSize == 0 || payloadSize >= rawSize) {
                throw new CorruptArchiveException(what + " at offset " + start + " is damaged: " + payloadSize
                        + " bytes of payload for " + rawSize + " bytes of content");
            }
        }
        return new BlockEntry(codec, rawSize, payloadSize);
    }

    /** Bytes of the block's header, up to the payload. */
    public int headerSize() {
        return size() + 2 * Integer.BYTES;
    }

    /** Bytes of the block, header and payload. */
    public long fileSize() {
        return headerSize() + payloadSize;
    }

    /** Bytes of this entry. */
    int size() {
        return Varint.size(first(codec, rawSize)) + (codec == BlockKind.STORED ? 0 : Varint.size(payloadSize));
    }

    /** The entry of a block. */
    public static BlockEntry of(BlockInfo block) {
        return new BlockEntry(block.codec(), block.rawSize(), block.payloadSize());
    }

    /**
     * The header of a block.
     *
     * @param crc CRC-32C of its bytes of content
     * @param at where it begins in its archive
     * @param contentOffset where its bytes of content begin
     */
    public byte[] header(int crc, long at, long contentOffset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out);
        Varint.writeInt(out, crc);
        Varint.writeInt(out, locator(crc, at, contentOffset));
        return out.toByteArray();
    }

    /**
     * The last field of a block's header: a checksum and the block's place in the content at once. Who knows one of
     * them has the other, so that a header that is found somewhere says where its bytes belong.
     *
     * @param crc CRC-32C of the block's bytes of content
     * @param at where the header begins in its archive; another archive's header, stored in a block, does not match
     * @param contentOffset where the block's bytes of content begin
     */
    public int locator(int crc, long at, long contentOffset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out);
        Varint.writeInt(out, crc);
        Varint.writeInt(out, (int) at);
        Varint.writeInt(out, (int) (at >>> Integer.SIZE));
        return Checksums.crc32c(out.toByteArray()) ^ (int) contentOffset;
    }
}
