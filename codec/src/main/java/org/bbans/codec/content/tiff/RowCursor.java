package org.bbans.codec.content.tiff;

/** Goes through the rows of all strips or tiles of an image in their order. */
final class RowCursor {

    private final TiffShape shape;
    private long strip;
    private int row;

    RowCursor(TiffShape shape) {
        this.shape = shape;
    }

    boolean hasNext() {
        return strip < shape.strips();
    }

    /** The strip or tile that the row belongs to. */
    long strip() {
        return strip;
    }

    private long y() {
        return strip % shape.stripsOfPlane() / shape.across() * shape.rows() + row;
    }

    /** Which band of the image the row lies in. */
    long band() {
        return y() / shape.bandRows();
    }

    /** Bytes of that band. */
    int bandBytes() {
        return (int) Math.min(shape.bandRows(), shape.height() - band() * shape.bandRows()) * shape.rowBytes();
    }

    /** Where the row's first sample is in its band. */
    int offset() {
        long plane = strip / shape.stripsOfPlane();
        long x = strip % shape.across() * shape.stripWidth();
        return (int) (y() % shape.bandRows() * shape.rowBytes() + x * shape.pixelBytes())
                + shape.planeOffset((int) plane);
    }

    /** Whether it is the last row of its strip or tile. */
    boolean isLast() {
        return row == shape.rowsOf(strip) - 1;
    }

    /** Goes on to the next row. */
    void advance() {
        if (isLast()) {
            strip++;
            row = 0;
        } else {
            row++;
        }
    }
}
