package org.bbans.codec.content.png;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.BitCoder;

/** The filtered rows of a PNG, made of the samples of its Netpbm image and the codes of the rows' filters. */
final class PngRows extends InputStream {

    private final PngShape shape;
    private final InputStream image;
    private final RowFilter filters;
    private final Iterator<PngShape.Pass> passes;
    /** The image, if it is interlaced; its last row read if not. */
    private byte[] samples;

    private PngShape.Pass pass;
    private int nextRow;
    private byte[] row = {};
    private byte[] above = {};
    private byte[] filtered = {};
    private int at;
    private int end;

    /**
     * Rows.
     *
     * @param image the Netpbm image behind its header
     * @param filterCodes what {@link RowFilter} has written
     */
    PngRows(PngShape shape, InputStream image, byte[] filterCodes) {
        this.shape = shape;
        this.image = image;
        filters = new RowFilter(new BitCoder.Reader(filterCodes, 0), shape.filterStep());
        passes = shape.passes().iterator();
    }

    @Override
    public int read() throws IOException {
        return at < end || next() ? filtered[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        if (len == 0) {
            return 0;
        }
        if (at == end && !next()) {
            return -1;
        }
        int n = Math.min(len, end - at);
        System.arraycopy(filtered, at, b, off, n);
        at += n;
        return n;
    }

    private boolean next() throws IOException {
        while (pass == null || nextRow == pass.height()) {
            if (!passes.hasNext()) {
                return false;
            }
            pass = passes.next();
            nextRow = 0;
        }
        int rowBytes = shape.rowBytes();
        int off = 0;
        if (!shape.interlaced()) {
            samples = read(rowBytes);
        } else {
            samples = samples == null ? read((int) shape.imageBytes()) : samples;
            off = (pass.y() + nextRow * pass.stepY()) * rowBytes;
        }
        int n = shape.packedBytes(pass.width());
        if (nextRow == 0) {
            // Not before the samples of a whole row have arrived.
            row = new byte[n];
            above = new byte[n];
            filtered = new byte[n + 1];
        }
        if (!shape.pack(pass, samples, off, row)) {
            throw new CorruptArchiveException("the content has samples that the PNG file cannot have");
        }
        int filter = filters.code(row, above, n, 0);
        if (filter >= RowFilter.FILTERS) {
            throw new CorruptArchiveException("the PNG wrapping has a filter that does not exist");
        }
        filtered[0] = (byte) filter;
        filters.apply(filter, row, above, n, filtered, 1);
        byte[] swap = above;
        above = row;
        row = swap;
        at = 0;
        end = n + 1;
        nextRow++;
        return true;
    }

    private byte[] read(int n) throws IOException {
        byte[] bytes = samples != null && samples.length == n ? samples : null;
        int got = bytes == null ? 0 : image.readNBytes(bytes, 0, n);
        if (bytes == null) {
            bytes = image.readNBytes(n);
            got = bytes.length;
        }
        if (got < n) {
            throw new CorruptArchiveException("the content is shorter than the PNG wrapping says");
        }
        return bytes;
    }
}
