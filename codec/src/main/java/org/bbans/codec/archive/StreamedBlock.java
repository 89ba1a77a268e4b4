package org.bbans.codec.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;
import org.bbans.codec.block.Lzma2;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.FormatInput;
import org.tukaani.xz.XZIOException;

/** Decodes a block that is too large for memory. Its bytes come before the CRC behind them is known to be right. */
final class StreamedBlock {

    private final BlockHeader header;
    private final FormatInput.Section payload;
    private final InputStream decoder;
    private final CRC32C crc = new CRC32C();
    private long left;

    StreamedBlock(BlockHeader header, FormatInput in) throws IOException {
        this.header = header;
        this.payload = in.section(header.info().payloadSize());
        BlockKind codec = header.info().codec();
        this.left = header.info().rawSize();
        this.decoder = codec == BlockKind.STORED ? payload
                : Lzma2.decoder(payload, left, codec == BlockKind.LZMA2_X86);
    }

    BlockInfo info() {
        return header.info();
    }

    /** Bytes of content that were not read. */
    long left() {
        return left;
    }

    FormatInput.Section payload() {
        return payload;
    }

    /**
     * Reads some bytes.
     *
     * @return how many, or -1 when the block is complete and its CRC right
     * @throws CorruptArchiveException if the block is damaged
     */
    int read(byte[] b, int off, int len) throws IOException {
        try {
            if (left == 0) {
                if (decoder.read() >= 0 || payload.left() > 0) {
                    throw BlockDecoder.damaged(info(), "it holds more bytes than it should", null);
                }
                if ((int) crc.getValue() != header.crc()) {
                    throw BlockDecoder.damaged(info(), "CRC mismatch", null);
                }
                return -1;
            }
            int n = decoder.read(b, off, (int) Math.min(len, left));
            if (n < 0) {
                throw BlockDecoder.damaged(info(), "it ends " + left + " bytes of content too early", null);
            }
            crc.update(b, off, n);
            left -= n;
            return n;
        } catch (XZIOException | EOFException e) {
            throw BlockDecoder.damaged(info(), "its LZMA2 payload cannot be decoded", e);
        }
    }
}
