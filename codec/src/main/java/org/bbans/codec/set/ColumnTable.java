package org.bbans.codec.set;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bbans.codec.wire.Varint;

/**
 * How often every byte occurs at one place of the records: the distribution that these bytes are coded with. All bytes
 * may be taken for equally frequent instead.
 */
final class ColumnTable {

    private static final int VALUES = 256;
    private static final int UNIFORM = 0;
    private static final int COUNTED = 1;

    /** One for all places whose bytes are taken for equally frequent. */
    private static final ColumnTable UNIFORM_TABLE = uniform();

    /** Memory of a table beside its values: two arrays and the object. */
    private static final int TABLE_MEMORY = 64;

    /** The bytes that occur, ascending, {@link #sorted}. */
    private final byte[] values;
    /** {@code [i]}: how many bytes are below the value at i; one more, for how many there are. */
    private final int[] below;

    private ColumnTable(byte[] values, int[] below) {
        this.values = values;
        this.below = below;
    }

    /** The cheaper table for the bytes at {@code at}, {@code at + size} and so on. */
    static ColumnTable of(byte[] bytes, int at, int size, int records) {
        final int[] counts = new int[VALUES];
        for (int r = 0; r < records; r++) {
            counts[bytes[at + r * size] & 0xFF]++;
        }
        final ColumnTable counted = counted(counts);
        return counted.bits() < (double) records * Byte.SIZE ? counted : UNIFORM_TABLE;
    }

    private static ColumnTable uniform() {
        final int[] ones = new int[VALUES];
        Arrays.fill(ones, 1);
        return counted(ones);
    }

    private static ColumnTable counted(int[] counts) {
        int n = 0;
        for (int count : counts) {
            n += count > 0 ? 1 : 0;
        }
        final byte[] values = new byte[n];
        final int[] below = new int[n + 1];
        int i = 0;
        for (int b = 0; b < VALUES; b++) {
            if (counts[b] > 0) {
                values[i] = sorted(b);
                below[i + 1] = below[i++] + counts[b];
            }
        }
        return new ColumnTable(values, below);
    }

    /** Bytes of memory that the tables of a record take at most, as they are read from a payload. */
    static long memory(long recordBytes, long payloadBytes) {
        // A table that is not the shared one takes two bytes of payload at least, and one for each value.
        return (long) Integer.BYTES * 2 * recordBytes
                + Math.min(recordBytes, payloadBytes / 2) * TABLE_MEMORY + (1 + Integer.BYTES) * payloadBytes;
    }

    /** The place of a value that occurs among those that do. */
    int index(int value) {
        return Arrays.binarySearch(values, sorted(value));
    }

    /** The place of the value that has a slot. */
    int at(int slot) {
        final int found = Arrays.binarySearch(below, Shares.at(slot, total()));
        return found < 0 ? -found - 2 : found;
    }

    /** Bytes with a sign that ascend as those without do. */
    private static byte sorted(int value) {
        return (byte) (value + Byte.MIN_VALUE);
    }

    private int unsigned(int index) {
        return values[index] - Byte.MIN_VALUE;
    }

    byte value(int index) {
        return (byte) unsigned(index);
    }

    int start(int index) {
        return Shares.first(below[index], total());
    }

    int freq(int index) {
        return Shares.first(below[index + 1], total()) - start(index);
    }

    private int total() {
        return below[values.length];
    }

    /** Bits that this table and the bytes it was made of take. */
    private double bits() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out);
        double sum = (double) out.size() * Byte.SIZE;
        for (int i = 0; i < values.length; i++) {
            sum += (below[i + 1] - below[i]) * (Shares.PRECISION - StrictMath.log(freq(i)) / StrictMath.log(2));
        }
        return sum;
    }

    /** Writes the kind and, if they are counted, the counts; of zeros in a row how many there are, less one. */
    void write(ByteArrayOutputStream out) {
        if (this == UNIFORM_TABLE) {
            out.write(UNIFORM);
            return;
        }
        out.write(COUNTED);
        int next = 0;
        for (int i = 0; i < values.length; i++) {
            writeZeros(out, unsigned(i) - next);
            Varint.write(out, below[i + 1] - below[i]);
            next = unsigned(i) + 1;
        }
        writeZeros(out, VALUES - next);
    }

    private static void writeZeros(ByteArrayOutputStream out, int n) {
        if (n > 0) {
            Varint.write(out, 0);
            out.write(n - 1);
        }
    }

    /**
     * Reads a table.
     *
     * @throws IllegalArgumentException if it does not count so many records
     * @throws BufferUnderflowException if it is cut
     */
    static ColumnTable read(ByteBuffer in, int records) {
        final int kind = in.get();
        if (kind == UNIFORM) {
            return UNIFORM_TABLE;
        }
        check(kind == COUNTED, "unknown kind of table");
        final int[] counts = new int[VALUES];
        int left = records;
        for (int b = 0; b < VALUES;) {
            final int count = readVarint(in);
            check(count <= left, "a table counts more records than there are");
            left -= count;
            counts[b++] = count;
            if (count == 0) {
                final int more = in.get() & 0xFF;
                check(more < VALUES - b + 1, "a table of more than 256 counts");
                b += more;
            }
        }
        check(left == 0, "a table counts fewer records than there are");
        return counted(counts);
    }

    static int readVarint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            final int b = in.get();
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                check(b != 0 || shift == 0, "a number not in its shortest form");
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than four bytes");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
