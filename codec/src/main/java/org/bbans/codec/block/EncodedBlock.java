package org.bbans.codec.block;

import org.bbans.codec.format.BlockKind;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BlockEntry;

/**
 * A block ready to be written.
 *
 * @param codec how it is coded
 * @param rawSize bytes of content
 * @param crc CRC-32C of the content's bytes
 * @param payload its payload
 * @param fits whether the bytes fit the layout's sample format
 * @param failure why a codec that was tried could not be used although it should have worked, or null
 */
public record EncodedBlock(BlockKind codec, long rawSize, int crc, Spool payload, boolean fits, String failure) {

    public BlockEntry entry() {
        return new BlockEntry(codec, rawSize, payload.size());
    }
}
