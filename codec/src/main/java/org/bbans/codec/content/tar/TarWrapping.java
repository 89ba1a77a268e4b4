package org.bbans.codec.content.tar;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.BitCoder;

/**
 * Takes what can be foretold out of the headers of a tar archive; all other bytes, and their places, stay. Any bytes
 * are taken for a tar archive: blocks of zeros, and headers with what belongs to them.
 *
 * <p>The wrapping's bytes are bits as {@link TarHeaders} codes them.
 */
public final class TarWrapping {

    /** The kind of {@link Wrapping} that this class makes and understands. */
    public static final int KIND = 4;

    private static final int BUFFER = 1 << 16;

    private TarWrapping() {}

    /**
     * Takes headers apart.
     *
     * @param tar a tar archive, or some members of one
     * @param content receives as many bytes; left with anything if the result is empty
     * @return the wrapping's bytes; they may not suffice: a header of nothing but its checksum becomes zeros
     * @throws IOException if something cannot be read or written
     */
    public static Optional<byte[]> unwrap(ContentView tar, Spool content) throws IOException {
        BitCoder.Writer coder = new BitCoder.Writer();
        try (InputStream in = tar.open()) {
            code(in, content, coder);
        }
        return Optional.of(coder.finish());
    }

    /**
     * Makes the headers again.
     *
     * @param wrapping with what {@link #unwrap} returned
     * @param content the content
     * @param out receives the archive; left open
     * @throws CorruptArchiveException if the wrapping cannot be that of a tar archive
     */
    public static void rewrap(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        BufferedOutputStream tar = new BufferedOutputStream(out, BUFFER);
        code(content, tar, new BitCoder.Reader(wrapping.data(), 0));
        tar.flush();
    }

    private static void code(InputStream in, OutputStream out, BitCoder coder) throws IOException {
        TarHeaders headers = new TarHeaders(coder);
        byte[] block = new byte[TarHeaders.BLOCK];
        byte[] buffer = new byte[BUFFER];
        int n = in.readNBytes(block, 0, block.length);
        for (; n == block.length; n = in.readNBytes(block, 0, block.length)) {
            long behind = isZero(block) ? 0 : headers.code(block);
            out.write(block);
            copy(in, behind, out, buffer);
        }
        out.write(block, 0, n);
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static void copy(InputStream in, long length, OutputStream out, byte[] buffer) throws IOException {
        int n = 1;
        for (long left = length; left > 0 && n > 0; left -= n) {
            n = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
            out.write(buffer, 0, n);
        }
    }
}
