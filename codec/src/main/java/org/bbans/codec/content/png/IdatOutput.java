package org.bbans.codec.content.png;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.bbans.codec.format.CorruptArchiveException;

/** Cuts compressed pixels into chunks of given sizes: IDAT, or fdAT whose data begin with a number that counts on. */
final class IdatOutput extends OutputStream {

    private final OutputStream out;
    private final long total;
    private final int usual;
    private final long[] sizes;
    private final CRC32 crc = new CRC32();
    private final boolean isFrame;
    private int number;
    private long done;
    private long left = -1;
    private int chunks;

    /**
     * Chunks.
     *
     * @param total bytes that will be written
     * @param usual size of all chunks but the last, which has the rest, if {@code sizes} is empty; 0 for one chunk
     * @param sizes the size of each chunk
     * @param isFrame whether they are fdAT chunks
     * @param number of the first one, if they are
     */
    IdatOutput(OutputStream out, long total, int usual, long[] sizes, boolean isFrame, int number)
            throws IOException {
        this.out = out;
        this.isFrame = isFrame;
        this.number = number;
        this.total = total;
        this.usual = usual;
        this.sizes = sizes;
        long sum = total;
        for (long size : sizes) {
            sum = size > sum ? -1 : sum - size;
        }
        if (total < 0 || total > Integer.MAX_VALUE || sizes.length > 0 && sum != 0) {
            throw new CorruptArchiveException("the PNG wrapping has sizes of chunks that do not fit");
        }
        begin();
    }

    private void begin() throws IOException {
        left = sizes.length > 0 ? sizes[chunks] : usual == 0 ? total : Math.min(usual, total - done);
        chunks++;
        crc.reset();
        int32((int) left + (isFrame ? Integer.BYTES : 0), false);
        int32(isFrame ? PngFile.FDAT : PngFile.IDAT, true);
        if (isFrame) {
            int32(number++, true);
        }
    }

    /** Ends a chunk that is full, and empty ones behind it. */
    private void turn() throws IOException {
        while (left == 0) {
            int32((int) crc.getValue(), false);
            left = -1;
            if (sizes.length > 0 ? chunks < sizes.length : done < total) {
                begin();
            }
        }
    }

    private void int32(int value, boolean counts) throws IOException {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
        if (counts) {
            crc.update(bytes);
        }
        out.write(bytes);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        turn();
        for (int at = 0; at < len;) {
            if (left <= 0) {
                throw new CorruptArchiveException("the PNG wrapping has sizes of chunks that do not fit");
            }
            int n = (int) Math.min(left, len - at);
            crc.update(b, off + at, n);
            out.write(b, off + at, n);
            at += n;
            left -= n;
            done += n;
            turn();
        }
    }
}
