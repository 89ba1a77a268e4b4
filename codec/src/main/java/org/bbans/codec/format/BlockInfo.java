package org.bbans.codec.format;

/**
 * Place and size of a block.
 *
 * @param number position in the archive, from 0
 * @param codec how it is coded
 * @param fileOffset where its header begins in the archive
 * @param contentOffset where its bytes begin in the content
 * @param rawSize bytes of content
 * @param headerSize bytes of its header, up to the payload
 * @param payloadSize bytes of payload
 */
public record BlockInfo(int number, BlockKind codec, long fileOffset, long contentOffset, long rawSize, int headerSize,
        long payloadSize) {

    /** The place as messages name it. */
    public String place() {
        return "block " + number + " at offset " + fileOffset;
    }

    /** Where its payload begins in the archive. */
    public long payloadOffset() {
        return fileOffset + headerSize;
    }

    /** Bytes that the block takes in the archive, header included. */
    public long fileSize() {
        return headerSize + payloadSize;
    }

    /** Where the bytes behind it begin in the archive. */
    public long fileEnd() {
        return payloadOffset() + payloadSize;
    }

    /** Where the bytes behind it begin in the content. */
    public long contentEnd() {
        return contentOffset + rawSize;
    }
}
