package org.bbans.codec.content.number;

/**
 * How the numbers of a column are stored: as unsigned integers, least significant byte first, that are so much smaller.
 *
 * @param bytes of one: 1, 2, 4 or 8
 * @param base what is added to what is stored
 */
record CsvNumbers(int bytes, long base) {

    /** For numbers in a range of less than 2^63: without a base unless that makes them shorter. */
    static CsvNumbers of(long least, long most) {
        int without = least < 0 ? Integer.MAX_VALUE : bytes(most);
        int with = bytes(most - least);
        return with < without ? new CsvNumbers(with, least) : new CsvNumbers(without, 0);
    }

    private static int bytes(long most) {
        return most < 1L << 8 ? 1 : most < 1L << 16 ? 2 : most < 1L << 32 ? 4 : 8;
    }

    void write(long value, byte[] to, int at) {
        for (int i = 0; i < bytes; i++) {
            to[at + i] = (byte) (value - base >>> Byte.SIZE * i);
        }
    }

    long read(byte[] from, int at) {
        long stored = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            stored = stored << Byte.SIZE | from[at + i] & 0xFF;
        }
        return base + stored;
    }
}
