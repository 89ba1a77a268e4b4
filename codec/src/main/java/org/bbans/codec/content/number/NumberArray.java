package org.bbans.codec.content.number;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.LongStream;

/**
 * Numbers of one type that lie in a file without anything between.
 *
 * @param kind f for floating point, i for signed integers, u for others
 * @param bytes of a number: 2, 4 or 8
 * @param isBigEndian whether the most significant byte comes first
 * @param extents of the array, slowest first
 * @param from bytes of the file before the first number
 */
public record NumberArray(char kind, int bytes, boolean isBigEndian, long[] extents, long from) {

    /** Greatest magnitude of the whole numbers that are looked for: floats have them all. */
    private static final double WHOLE = 1 << 24;

    /** Copies the extents. */
    public NumberArray {
        extents = extents.clone();
    }

    @Override
    public long[] extents() {
        return extents.clone();
    }

    /** How many numbers; {@link Long#MAX_VALUE} if more than a file can have. */
    long elements() {
        long n = 1;
        for (long e : extents) {
            if (e < 0 || e > 0 && n > Long.MAX_VALUE / bytes / e) {
                return Long.MAX_VALUE;
            }
            n *= e;
        }
        return n;
    }

    /** Whether it is more than a single row. */
    boolean hasRows() {
        return Arrays.stream(extents).filter(e -> e != 1).count() > 1;
    }

    /** The bits of the number at a place of some bytes, right-aligned. */
    long bits(byte[] in, int at) {
        long bits = 0;
        for (int i = 0; i < bytes; i++) {
            bits = bits << Byte.SIZE | in[at + (isBigEndian ? i : bytes - 1 - i)] & 0xFF;
        }
        return bits;
    }

    /** A number that is the greater, the greater the number with these bits is. */
    private long order(long bits) {
        long top = bits << Long.SIZE - Byte.SIZE * bytes;
        return kind == 'u' ? top ^ Long.MIN_VALUE : kind == 'i' ? top : top ^ (top >> 63 & Long.MAX_VALUE);
    }

    long[] ascending(long[] values) {
        return LongStream.of(values).boxed().sorted(Comparator.comparingLong(this::order))
                .mapToLong(Long::longValue).toArray();
    }

    /**
     * All whole numbers from the smallest to the greatest of some, if these are whole and at least every other one is
     * among them.
     *
     * @param ascending bits of numbers
     * @return null otherwise
     */
    long[] whole(long[] ascending) {
        long least = integer(ascending[0]);
        long most = integer(ascending[ascending.length - 1]);
        // The difference may not fit a signed number.
        if (least == Long.MIN_VALUE || most < least
                || Long.compareUnsigned(most - least, Math.min(2L * ascending.length, DistinctValues.MOST)) >= 0) {
            return null;
        }
        for (long bits : ascending) {
            if (integer(bits) == Long.MIN_VALUE) {
                return null;
            }
        }
        return LongStream.rangeClosed(least, most).map(k -> kind == 'f' ? floatBits(k) : k & mask()).toArray();
    }

    private long mask() {
        return -1L >>> Long.SIZE - Byte.SIZE * bytes;
    }

    /** The whole number, or {@link Long#MIN_VALUE} if it is none or a large one. */
    private long integer(long bits) {
        if (kind != 'f') {
            int shift = Long.SIZE - Byte.SIZE * bytes;
            long value = kind == 'u' ? bits : bits << shift >> shift;
            return Math.abs(value) <= 1L << 62 ? value : Long.MIN_VALUE;
        }
        if (bytes < Float.BYTES) {
            return Long.MIN_VALUE;
        }
        double value = bytes == Float.BYTES ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
        return Math.abs(value) <= WHOLE && floatBits((long) value) == bits ? (long) value : Long.MIN_VALUE;
    }

    /**
     * What the levels 0 to 255 become where arrays are made of pictures: themselves, or numbers from 0 to 1 or from -1
     * to 1 by the divisions and products that people use. A rank is the level then, though some may be missing.
     *
     * @param scale which of these
     * @return null if there is no such scale
     */
    long[] levels(int scale) {
        if (kind != 'f') {
            return scale == 0 ? LongStream.range(0, DistinctValues.BYTES).toArray() : null;
        }
        return bytes < Float.BYTES || scale > 4 ? null
                : LongStream.range(0, DistinctValues.BYTES).map(k -> floatBits(level(k, scale))).toArray();
    }

    private double level(long k, int scale) {
        return switch (scale) {
            case 0 -> k;
            case 1 -> k / 255.0;
            case 2 -> k * rounded(1 / 255.0);
            case 3 -> k / 256.0;
            default -> rounded(k / 127.5) - 1;
        };
    }

    /** What an operation gives in the numbers' precision; a float's result rounded twice is rounded right. */
    private double rounded(double x) {
        return bytes == Float.BYTES ? (float) x : x;
    }

    private long floatBits(double x) {
        return bytes == Float.BYTES ? Float.floatToRawIntBits((float) x) & 0xFFFFFFFFL : Double.doubleToRawLongBits(x);
    }
}
