package org.bbans.codec.format;

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
record EncodedBlock(BlockCodec codec, long rawSize, int crc, Spool payload, boolean fits, String failure) {

    BlockEntry entry() {
        return new BlockEntry(codec, rawSize, payload.size());
    }
}
