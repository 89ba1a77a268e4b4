package org.bbans.codec.archive;

import org.bbans.codec.format.BlockInfo;

/**
 * What a block says before its payload.
 *
 * @param info place and sizes
 * @param crc CRC-32C of the content's bytes
 */
record BlockHeader(BlockInfo info, int crc) {}
