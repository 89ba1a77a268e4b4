package org.bbans.codec.format;

import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.Varint;

/**
 * Place and size of a block.
 *
 * @param number position in the archive, from 0
 * @param codec how it is coded
 * @param fileOffset where its header begins in the archive
 * @param contentOffset where its bytes begin in the content
 * @param rawSize bytes of content
 * @param payloadSize bytes of payload, without the block's header
 */
public record BlockInfo(int number, BlockKind codec, long fileOffset, long contentOffset, long rawSize,
                        long payloadSize) {

    /** The place as messages name it. */
    public String place() {
        return "block " + number + " at offset " + fileOffset;
    }

    /** Bytes that the block takes in the archive, header included. */
    public long fileSize() {
        return headerSize() + payloadSize;
    }

    public int headerSize() {
        return entrySize() + Integer.BYTES;
    }

    /** Bytes of the two numbers that header and index share. */
    public int entrySize() {
        return Varint.size(BlockEntry.first(codec, rawSize))
                + (codec == BlockKind.STORED ? 0 : Varint.size(payloadSize));
    }
}
