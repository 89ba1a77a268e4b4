package org.bbans.codec.format;

/**
 * The numbers that a block's header and the index share.
 *
 * @param codec how the block is coded
 * @param rawSize bytes of content
 * @param payloadSize bytes of payload
 */
record BlockEntry(BlockCodec codec, long rawSize, long payloadSize) {

    /** Codec and raw size in one number: the size shifted left by three bits, the codec below. */
    static long first(BlockCodec codec, long rawSize) {
        return rawSize << 3 | codec.ordinal();
    }
}
