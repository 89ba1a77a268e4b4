package org.bbans.codec.format;

/**
 * The rows of a layout's records, numbered through all records from 0, and where their bytes lie in the content. A row
 * is what the last two axes hold, or the last one of a record with fewer than three; the record's prefix goes with its
 * first row. Of a format that does not {@linkplain SampleFormat#hasRows have rows} only whole records can be taken.
 */
public final class RowGrid {

    /** Samples in a block of rows. */
    public static final int MAX_BLOCK_SAMPLES = 1 << 22;

    private final Layout layout;
    private final int rank;
    private final int[] shape;
    private final long height;
    private final long rowSamples;
    private final long rowBytes;

    /**
     * The rows of a layout.
     *
     * @throws IllegalArgumentException if the layout is opaque
     */
    public RowGrid(Layout layout) {
        if (layout.isOpaque()) {
            throw new IllegalArgumentException("opaque bytes have no rows");
        }
        this.layout = layout;
        shape = layout.shape();
        rank = shape.length;
        rowSamples = rank < 3 ? shape[rank - 1] : (long) shape[rank - 2] * shape[rank - 1];
        height = layout.dims() / rowSamples;
        rowBytes = (layout.recordBytes() - layout.prefix()) / height;
    }

    /** Whether blocks can hold such rows: one, or one whole record where rows cannot be cut, is within the limit. */
    public boolean fitsBlocks() {
        return height <= Integer.MAX_VALUE
                && (layout.format().hasRows() ? rowSamples : layout.dims()) <= MAX_BLOCK_SAMPLES;
    }

    /** The records as images: rank 3 and 4 have channels. Only of rows that fit blocks. */
    public RasterShape raster() {
        int channels = rank < 3 ? 1 : shape[rank - 1];
        return new RasterShape((int) height, (int) (rowSamples / channels), channels, layout.format().levels());
    }

    /** Rows of a record. */
    public long height() {
        return height;
    }

    /** Samples of a row. */
    public long rowSamples() {
        return rowSamples;
    }

    /** Whether a block may begin and end at this row. */
    public boolean canCutAt(long row) {
        return layout.format().hasRows() || row % height == 0;
    }

    /** Where a row begins in the content, with the record's prefix if it is the record's first one. */
    public long offset(long row) {
        long into = row % height;
        return layout.leading() + row / height * layout.recordBytes()
                + (into == 0 ? 0 : layout.prefix() + into * rowBytes);
    }

    /** The row that begins at a place in the content, or -1. */
    public long rowAt(long contentOffset) {
        long bytes = contentOffset - layout.leading();
        if (bytes < 0) {
            return -1;
        }
        long row = bytes / layout.recordBytes() * height;
        long into = bytes % layout.recordBytes() - layout.prefix();
        if (into == -layout.prefix()) {
            return row;
        }
        return layout.format().hasRows() && into > 0 && into % rowBytes == 0 ? row + into / rowBytes : -1;
    }

    /** Records that begin in rows {@code from} to {@code to}, the latter excluded. */
    public int recordsBegun(long from, long to) {
        return (int) ((to + height - 1) / height - (from + height - 1) / height);
    }

    /** The shape of so many rows, for {@link SampleFormat#unpack}; of a whole record where rows cannot be cut. */
    public int[] shape(int rows) {
        return !layout.format().hasRows() ? shape.clone() : rank == 1 ? new int[] {shape[0]}
                : rank == 2 ? new int[] {rows, shape[1]} : new int[] {rows, shape[rank - 2], shape[rank - 1]};
    }
}
