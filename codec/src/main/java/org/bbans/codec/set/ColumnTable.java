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

    /** {@code [b]}: how many bytes are below b, of {@code below[256]}. */
    private final int[] below;
    private final boolean uniform;

    private ColumnTable(int[] below, boolean uniform) {
        this.below = below;
        this.uniform = uniform;
    }

    /** The cheaper table for the bytes at {@code at}, {@code at + size} and so on. */
    static ColumnTable of(byte[] bytes, int at, int size, int records) {
        final int[] below = new int[VALUES + 1];
        for (int r = 0; r < records; r++) {
            below[(bytes[at + r * size] & 0xFF) + 1]++;
        }
        for (int b = 0; b < VALUES; b++) {
            below[b + 1] += below[b];
        }
        final ColumnTable counted = new ColumnTable(below, false);
        return counted.bits() < (double) records * Byte.SIZE ? counted : uniform();
    }

    private static ColumnTable uniform() {
        final int[] below = new int[VALUES + 1];
        Arrays.setAll(below, i -> i);
        return new ColumnTable(below, true);
    }

    int start(int value) {
        return Shares.first(below[value], below[VALUES]);
    }

    int freq(int value) {
        return Shares.first(below[value + 1], below[VALUES]) - start(value);
    }

    /** The value that has a slot. */
    int at(int slot) {
        final int share = Shares.at(slot, below[VALUES]);
        int low = 0;
        int high = VALUES - 1;
        while (low < high) {
            final int middle = low + high + 1 >>> 1;
            if (below[middle] <= share) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Bits that this table and the bytes it was made of take. */
    private double bits() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out);
        double sum = (double) out.size() * Byte.SIZE;
        for (int b = 0; b < VALUES; b++) {
            final int count = below[b + 1] - below[b];
            if (count > 0) {
                sum += count * (Shares.PRECISION - StrictMath.log(freq(b)) / StrictMath.log(2));
            }
        }
        return sum;
    }

    /** Writes the kind and, if they are counted, the counts; of zeros in a row how many there are, less one. */
    void write(ByteArrayOutputStream out) {
        out.write(uniform ? UNIFORM : COUNTED);
        for (int b = 0; b < VALUES && !uniform;) {
            final int count = below[b + 1] - below[b];
            Varint.write(out, count);
            int next = b + 1;
            if (count == 0) {
                while (next < VALUES && below[next + 1] == below[b]) {
                    next++;
                }
                out.write(next - b - 1);
            }
            b = next;
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
            return uniform();
        }
        check(kind == COUNTED, "unknown kind of table");
        final int[] below = new int[VALUES + 1];
        for (int b = 0; b < VALUES;) {
            final int count = readVarint(in);
            check(count <= records - below[b], "a table counts more records than there are");
            below[b + 1] = below[b++] + count;
            if (count == 0) {
                final int more = in.get() & 0xFF;
                check(more < VALUES - b + 1, "a table of more than 256 counts");
                Arrays.fill(below, b + 1, b + more + 1, below[b]);
                b += more;
            }
        }
        check(below[VALUES] == records, "a table counts fewer records than there are");
        return new ColumnTable(below, false);
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
