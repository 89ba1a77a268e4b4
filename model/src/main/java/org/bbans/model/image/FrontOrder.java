package org.bbans.model.image;

/**
 * The order in which pixels are coded: pixel (record r, row y, column x) belongs to front
 * x + {@code slope} y + {@code recordSlope} r.
 *
 * @param slope fronts between a row and the next
 * @param recordSlope fronts between a record and the next
 * @param recordSlots records of which pixels may share a front, or what they look at, at most
 * @param rowSlots rows of a record of which pixels may share a front, at most
 */
record FrontOrder(int slope, int recordSlope, int recordSlots, int rowSlots) {

    /** Least slope: what a pixel looks at in the rows above lies in earlier fronts. */
    private static final int LEAST_SLOPE = 4;
    /** Pixels of a record that a front has, at most: their sums of least squares stay in the second-level cache. */
    private static final int ROW_LANES = 32;
    /** Pixels of a front that small records are packed for. */
    private static final int LANES = 48;

    /** The order for a raster. */
    static FrontOrder of(ImageGrid grid) {
        final int slope = Math.max(LEAST_SLOPE, (grid.width() + ROW_LANES - 1) / ROW_LANES);
        final long whole = grid.width() + (long) slope * (grid.height() - 1);
        final long even = ((long) grid.width() * grid.height() + LANES - 1) / LANES;
        // A pixel of the record before that a pixel looks at is one row below and one column right at most.
        final int recordSlope = (int) Math.min(Integer.MAX_VALUE, Math.max(slope + 2, Math.min(whole, even)));
        return new FrontOrder(slope, recordSlope,
                (int) Math.min(grid.records(), (whole + PlaneRows.PAD) / recordSlope + 2),
                Math.min(grid.height(), (grid.width() + slope - 1) / slope + 1));
    }
}
