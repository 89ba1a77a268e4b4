package org.bbans.codec.set;

import java.util.Arrays;

/**
 * The canonical order of records without one: ascending by the bytes behind the prefix, as unsigned numbers, the first
 * byte first; among equal ones by the prefix.
 */
public final class RecordOrder {

    /** Bytes that one pass compares. */
    private static final int STEP = Integer.BYTES;

    private RecordOrder() {}

    /**
     * The numbers of the records in their canonical order; equal ones by number.
     *
     * @param bytes records, one after the other
     * @param off where the first one begins
     * @param records number of records
     * @param size bytes of a record
     * @param prefix bytes of it that count last, {@code 0 .. size}
     */
    public static int[] of(byte[] bytes, int off, int records, int size, int prefix) {
        final long[] keys = new long[records];
        for (int i = 0; i < records; i++) {
            keys[i] = i;
        }
        // Ranges of records whose first bytes are equal and that are still to be sorted by the next ones.
        int[] open = {0, records, 0};
        int top = records > 1 ? 3 : 0;
        while (top > 0) {
            final int at = open[--top];
            final int to = open[--top];
            final int from = open[--top];
            for (int i = from; i < to; i++) {
                final int record = (int) keys[i];
                keys[i] = (long) (key(bytes, off + record * size, size, prefix, at) ^ Integer.MIN_VALUE) << Integer.SIZE
                        | record;
            }
            Arrays.sort(keys, from, to);
            if (at + STEP >= size) {
                continue;
            }
            for (int i = from; i < to;) {
                int end = i + 1;
                while (end < to && keys[end] >> Integer.SIZE == keys[i] >> Integer.SIZE) {
                    end++;
                }
                if (end - i > 1) {
                    if (top + 3 > open.length) {
                        open = Arrays.copyOf(open, 2 * open.length);
                    }
                    open[top++] = i;
                    open[top++] = end;
                    open[top++] = at + STEP;
                }
                i = end;
            }
        }
        final int[] order = new int[records];
        for (int i = 0; i < records; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }

    /** Puts records into their canonical order; the arguments are those of {@link #of}. */
    public static void sort(byte[] bytes, int off, int records, int size, int prefix) {
        final int[] order = of(bytes, off, records, size, prefix);
        final byte[] unsorted = Arrays.copyOfRange(bytes, off, off + records * size);
        for (int i = 0; i < records; i++) {
            System.arraycopy(unsorted, order[i] * size, bytes, off + i * size, size);
        }
    }

    /** Four bytes of a record from its {@code at}-th one on, counted from behind the prefix; zeros behind the last. */
    private static int key(byte[] bytes, int record, int size, int prefix, int at) {
        int key = 0;
        for (int i = at; i < at + STEP; i++) {
            final int place = prefix + i < size ? prefix + i : prefix + i - size;
            key = key << Byte.SIZE | (i < size ? bytes[record + place] & 0xFF : 0);
        }
        return key;
    }
}
