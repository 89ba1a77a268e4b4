package org.bbans.model.image;

import java.util.Arrays;

/** The pixels of a front, in the order in which they are coded. */
final class FrontLanes {

    private final FrontOrder order;

    int count;
    int[] record = {};
    int[] row = {};
    int[] column = {};
    /** Index in {@link PlaneRows}. */
    int[] at = {};
    int[] recordSlot = {};
    int[] rowSlot = {};

    FrontLanes(FrontOrder order) {
        this.order = order;
    }

    void add(int ofRecord, int ofRow, int ofColumn, int place) {
        if (count == record.length) {
            final int size = Math.max(64, 2 * count);
            record = Arrays.copyOf(record, size);
            row = Arrays.copyOf(row, size);
            column = Arrays.copyOf(column, size);
            at = Arrays.copyOf(at, size);
            recordSlot = Arrays.copyOf(recordSlot, size);
            rowSlot = Arrays.copyOf(rowSlot, size);
        }
        record[count] = ofRecord;
        row[count] = ofRow;
        column[count] = ofColumn;
        at[count] = place;
        recordSlot[count] = ofRecord % order.recordSlots();
        rowSlot[count] = recordSlot[count] * order.rowSlots() + ofRow % order.rowSlots();
        count++;
    }
}
