package org.bbans.codec.content.tiff;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.zip.Adler32;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.io.BulkInputStream;

/** The rows of all strips and tiles before they are packed, made of the Netpbm images. */
final class TiffRows extends BulkInputStream {

    private final Iterator<TiffShape> shapes;
    private final boolean isBigEndian;
    private final InputStream images;

    private TiffShape shape;
    private RowCursor cursor;
    private SampleRow samples;
    private byte[] band = {};
    private long bandNumber;
    private byte[] row = {};
    private int at;
    /** Checksums of the strips that have been read as a whole. */
    private int[] checksums = new int[16];
    private int strips;
    private final Adler32 adler = new Adler32();

    /** @param images one behind the other */
    TiffRows(List<TiffShape> shapes, boolean isBigEndian, InputStream images) {
        this.shapes = shapes.iterator();
        this.isBigEndian = isBigEndian;
        this.images = images;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        if (len == 0) {
            return 0;
        }
        if (at == row.length && !next()) {
            return -1;
        }
        int n = Math.min(len, row.length - at);
        System.arraycopy(row, at, b, off, n);
        at += n;
        return n;
    }

    /** Adler-32 of a strip, of which all bytes have been read. */
    int checksum(int strip) {
        return checksums[strip];
    }

    private boolean next() throws IOException {
        if (cursor == null || !cursor.hasNext()) {
            if (!shapes.hasNext()) {
                return false;
            }
            image(shapes.next());
        }
        if (cursor.band() != bandNumber) {
            bandNumber = cursor.band();
            readBand(cursor.bandBytes());
        }
        row = row.length == shape.packedBytes() ? row : new byte[shape.packedBytes()];
        if (!samples.pack(band, cursor.offset(), row)) {
            throw new CorruptArchiveException("the content has samples that the TIFF file cannot have");
        }
        adler.update(row);
        if (cursor.isLast()) {
            checksums = strips == checksums.length ? Arrays.copyOf(checksums, 2 * strips) : checksums;
            checksums[strips++] = (int) adler.getValue();
            adler.reset();
        }
        cursor.advance();
        at = 0;
        return true;
    }

    private void readBand(int n) throws IOException {
        int got;
        if (band.length < n) {
            // No more than has arrived is allocated.
            band = images.readNBytes(n);
            got = band.length;
        } else {
            got = images.readNBytes(band, 0, n);
        }
        if (got < n) {
            throw new CorruptArchiveException("the content is shorter than the TIFF wrapping says");
        }
    }

    private void image(TiffShape next) throws IOException {
        shape = next;
        byte[] header = shape.netpbmHeader();
        if (!Arrays.equals(images.readNBytes(header.length), header)) {
            throw new CorruptArchiveException("the content is not the images of which the TIFF wrapping speaks");
        }
        cursor = new RowCursor(shape);
        samples = new SampleRow(shape, isBigEndian);
        bandNumber = -1;
        row = new byte[0];
        at = 0;
    }
}
