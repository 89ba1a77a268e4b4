package org.bbans.codec.content.png;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.zip.Adler32;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.wire.BitCoder;

/** The filtered rows of a PNG's images, made of the samples of Netpbm images and the codes of the rows' filters. */
final class PngRows extends InputStream {

    private final Iterator<PngShape> shapes;
    private final InputStream image;
    private final RowFilter filters;
    /** Checksums of the images that have been read as a whole. */
    private final int[] checksums;
    private final Adler32 adler = new Adler32();
    private int images;
    private PngShape shape;
    private Iterator<PngShape.Pass> passes = Collections.emptyIterator();
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
     * @param shapes at least one
     * @param image the Netpbm images
     * @param filterCodes what {@link RowFilter} has written
     */
    PngRows(List<PngShape> shapes, InputStream image, byte[] filterCodes) {
        this.shapes = shapes.iterator();
        this.image = image;
        checksums = new int[shapes.size()];
        filters = new RowFilter(new BitCoder.Reader(filterCodes, 0), shapes.get(0).filterStep());
    }

    /** Adler-32 of an image's rows, of which all bytes have been read. */
    int checksum(int number) {
        return checksums[number];
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
            if (!passes.hasNext() && !nextImage()) {
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
        adler.update(filtered, 0, end);
        checksums[images - 1] = (int) adler.getValue();
        return true;
    }

    private boolean nextImage() throws IOException {
        if (!shapes.hasNext()) {
            return false;
        }
        shape = shapes.next();
        byte[] header = shape.netpbmHeader();
        if (!Arrays.equals(image.readNBytes(header.length), header)) {
            throw new CorruptArchiveException("the content is not the image of which the PNG wrapping speaks");
        }
        passes = shape.passes().iterator();
        pass = null;
        samples = null;
        images++;
        adler.reset();
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
