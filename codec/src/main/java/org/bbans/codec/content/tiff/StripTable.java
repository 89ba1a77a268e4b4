package org.bbans.codec.content.tiff;

import java.io.IOException;
import java.util.List;
import org.bbans.codec.format.CorruptArchiveException;

/**
 * Numbers in a file that say where strips are, or how many bytes these have. They are kept as differences from what is
 * so, which is known if the strips lie before them: mostly zeros.
 *
 * @param from kept bytes before the first number
 * @param count numbers, at least 1
 * @param first strip that the first number is about; each other is about the next one
 * @param bytes of a number: 2, 4 or 8
 * @param ofSizes whether they are sizes
 */
record StripTable(long from, long count, long first, int bytes, boolean ofSizes) {

    /** Added to the binary logarithm of the bytes of a number for sizes. */
    static final int OF_SIZES = 4;

    long end() {
        return from + count * bytes;
    }

    /** Where the strips of a file are, and how many bytes they have, as far as that is known. */
    static final class Known {

        private final long[] at;
        private final long[] bytes;
        private int count;

        Known(int strips) {
            at = new long[strips];
            bytes = new long[strips];
        }

        int count() {
            return count;
        }

        void add(long place, long size) {
            at[count] = place;
            bytes[count++] = size;
        }

        /** The number that a table should have for a strip. */
        long number(StripTable table, long strip) {
            return table.ofSizes ? bytes[(int) strip] : at[(int) strip];
        }
    }

    /** Goes through kept bytes and changes the numbers among them. */
    static final class TableCursor {

        private final List<StripTable> tables;
        private final boolean isBigEndian;
        private final int sign;
        private int table;
        private long number;
        private long at;

        /**
         * From the first kept byte on.
         *
         * @param tables in the order of their places, none overlapping another
         * @param restoring whether differences become numbers; else numbers become differences
         */
        TableCursor(List<StripTable> tables, boolean isBigEndian, boolean restoring) {
            this.tables = tables;
            this.isBigEndian = isBigEndian;
            sign = restoring ? 1 : -1;
        }

        /**
         * Changes the numbers in the next kept bytes.
         *
         * @throws CorruptArchiveException if a number is not as a whole among them, or about a strip not known yet
         */
        void change(byte[] kept, int off, int length, Known known) throws IOException {
            long end = at + length;
            while (table < tables.size() && tables.get(table).from < end) {
                StripTable t = tables.get(table);
                long place = t.from + number * t.bytes;
                if (place >= end) {
                    break;
                }
                long strip = t.first + number;
                if (place + t.bytes > end || strip >= known.count()) {
                    throw new CorruptArchiveException(TiffWrapping.DAMAGED);
                }
                add(kept, off + (int) (place - at), t.bytes, sign * known.number(t, strip));
                if (++number == t.count) {
                    table++;
                    number = 0;
                }
            }
            at = end;
        }

        private void add(byte[] b, int at, int bytes, long change) {
            long value = 0;
            for (int i = 0; i < bytes; i++) {
                value = value << Byte.SIZE | b[at + (isBigEndian ? i : bytes - 1 - i)] & 0xFF;
            }
            value += change;
            for (int i = 0; i < bytes; i++) {
                b[at + (isBigEndian ? bytes - 1 - i : i)] = (byte) (value >>> Byte.SIZE * i);
            }
        }
    }
}
