package org.bbans.model.train.head;

/**
 * A run of pixels of a record that go through the tail together, a row for each.
 *
 * @param canvas holds the record
 * @param positions pixels of the record, ascending
 * @param slots where the trunk has each of them
 * @param start the first one of this tile
 * @param rows how many
 */
record Tile(Canvas canvas, int[] positions, int[] slots, int start, int rows) {

    /** Pixels in a tile at most. */
    static final int MAX_ROWS = 64;

    /** The pixel of a row. */
    int pixel(int row) {
        return positions[start + row];
    }

    /** Where the trunk has the pixel of a row. */
    int slot(int row) {
        return slots[start + row];
    }

    int level(int row, int channel) {
        return canvas.level(pixel(row), channel);
    }
}
