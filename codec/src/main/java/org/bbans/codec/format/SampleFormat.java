package org.bbans.codec.format;

import java.util.Arrays;

/**
 * How the samples of a record lie in its bytes. Unpacking is strict: bytes that packing would not give back are
 * refused, so that {@code pack(unpack(bytes))} always equals {@code bytes}.
 */
public sealed interface SampleFormat {

    /** One byte a sample, 256 levels. */
    SampleFormat U8 = new U8();

    /** Eight samples a byte, most significant bit first, dense over the record; a bit is its level. */
    TwoLevel BITS = new Bits(false);

    /**
     * Eight samples a byte, most significant bit first, every row (last axis) filled up to a byte with zero bits; a bit
     * is its level.
     */
    TwoLevel BIT_ROWS = new BitRows(false);

    /** One byte a sample, a two's complement number; the level is the number plus 128. */
    SampleFormat I8 = new I8();

    /** One byte a sample, 256 levels, the last axis slowest: all samples of channel 0, then those of channel 1. */
    SampleFormat PLANES = new Planes();

    /** Values that a sample can take, {@code 2 .. 65536}. */
    int levels();

    /**
     * Bytes of a record.
     *
     * @param shape the record's shape, already known to hold at most {@link Layout#MAX_DIMS} samples
     * @throws IllegalArgumentException if a record of this shape does not fill whole bytes
     */
    long bytes(int[] shape);

    /** Whether a record's bytes are those of its rows (first axis), one after the other, so that it can be cut. */
    default boolean hasRows() {
        return true;
    }

    /**
     * Reads one record of at most 256 levels, or some of its rows if it {@linkplain #hasRows has any}.
     *
     * @param shape the record's shape, its first extent the number of rows to read
     * @param raw holds the bytes from {@code rawOff}
     * @param samples receives the levels, one byte each, from {@code off}
     * @return whether the bytes fit this format; if not, the levels are undefined
     */
    boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off);

    /** The inverse of {@link #unpack(int[], byte[], int, byte[], int)}; every level is below {@link #levels()}. */
    void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff);

    /**
     * Reads one record, or some of its rows, of any number of levels.
     *
     * @param shape the record's shape, its first extent the number of rows to read
     * @param raw holds the bytes from {@code rawOff}
     * @param samples receives the levels, unsigned, from {@code off}
     * @return whether the bytes fit this format; if not, the levels are undefined
     */
    default boolean unpack(int[] shape, byte[] raw, int rawOff, short[] samples, int off) {
        byte[] levels = new byte[product(shape)];
        boolean fits = unpack(shape, raw, rawOff, levels, 0);
        for (int i = 0; i < levels.length; i++) {
            samples[off + i] = (short) (levels[i] & 0xff);
        }
        return fits;
    }

    /** The inverse of {@link #unpack(int[], byte[], int, short[], int)}; every level is below {@link #levels()}. */
    default void pack(int[] shape, short[] samples, int off, byte[] raw, int rawOff) {
        byte[] levels = new byte[product(shape)];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) samples[off + i];
        }
        pack(shape, levels, 0, raw, rawOff);
    }

    /** A format of samples that have two levels; which of the two is level 1 differs between collections. */
    sealed interface TwoLevel extends SampleFormat {

        @Override
        default int levels() {
            return 2;
        }

        /** The format that reads the same bytes with level 0 in place of level 1. */
        TwoLevel inverted();
    }

    /** One byte a sample, 256 levels. */
    record U8() implements SampleFormat {

        @Override
        public int levels() {
            return 256;
        }

        @Override
        public long bytes(int[] shape) {
            return samples(shape);
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off) {
            System.arraycopy(raw, rawOff, samples, off, product(shape));
            return true;
        }

        @Override
        public void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff) {
            System.arraycopy(samples, off, raw, rawOff, product(shape));
        }
    }

    /** One byte a sample, a two's complement number; the level is the number plus 128. */
    record I8() implements SampleFormat {

        private static final int SIGN = 1 << 7;

        @Override
        public int levels() {
            return 256;
        }

        @Override
        public long bytes(int[] shape) {
            return samples(shape);
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off) {
            flip(raw, rawOff, samples, off, product(shape));
            return true;
        }

        @Override
        public void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff) {
            flip(samples, off, raw, rawOff, product(shape));
        }

        private static void flip(byte[] from, int fromOff, byte[] to, int toOff, int n) {
            for (int i = 0; i < n; i++) {
                to[toOff + i] = (byte) (from[fromOff + i] ^ SIGN);
            }
        }
    }

    /**
     * One byte a sample, two values.
     *
     * @param lo the byte of level 0, {@code 0 .. 255}
     * @param hi the byte of level 1, {@code 0 .. 255}, another one
     */
    record TwoValued(int lo, int hi) implements TwoLevel {

        /** Checks the values. */
        public TwoValued {
            if (lo < 0 || lo > 255 || hi < 0 || hi > 255 || lo == hi) {
                throw new IllegalArgumentException("two different bytes expected, not " + lo + " and " + hi);
            }
        }

        @Override
        public TwoValued inverted() {
            return new TwoValued(hi, lo);
        }

        @Override
        public long bytes(int[] shape) {
            return samples(shape);
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off) {
            int n = product(shape);
            byte low = (byte) lo;
            for (int i = 0; i < n; i++) {
                byte b = raw[rawOff + i];
                samples[off + i] = (byte) (b == low ? 0 : 1);
                if (b != low && b != (byte) hi) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff) {
            int n = product(shape);
            for (int i = 0; i < n; i++) {
                raw[rawOff + i] = (byte) (samples[off + i] == 0 ? lo : hi);
            }
        }
    }

    /**
     * Eight samples a byte, most significant bit first, dense; a record holds a multiple of eight samples.
     *
     * @param isInverted whether a bit of 1 is level 0
     */
    record Bits(boolean isInverted) implements TwoLevel {

        @Override
        public boolean hasRows() {
            return false;
        }

        @Override
        public Bits inverted() {
            return new Bits(!isInverted);
        }

        @Override
        public long bytes(int[] shape) {
            long n = samples(shape);
            if (n % 8 != 0) {
                throw new IllegalArgumentException(n + " bits do not fill whole bytes");
            }
            return n / 8;
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off) {
            return unpackBits(raw, rawOff, samples, off, product(shape), isInverted);
        }

        @Override
        public void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff) {
            packBits(samples, off, raw, rawOff, product(shape), isInverted);
        }
    }

    /**
     * Eight samples a byte, most significant bit first, every row filled up to a byte with zero bits, as in PBM.
     *
     * @param isInverted whether a bit of 1 is level 0; the filling bits are 0 nevertheless
     */
    record BitRows(boolean isInverted) implements TwoLevel {

        @Override
        public BitRows inverted() {
            return new BitRows(!isInverted);
        }

        /** Bytes of a row, which has at least one sample; {@code width + 7} may not be an int. */
        private static int rowBytes(int width) {
            return (width - 1) / Byte.SIZE + 1;
        }

        @Override
        public long bytes(int[] shape) {
            int width = shape[shape.length - 1];
            return samples(shape) / width * rowBytes(width);
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off) {
            int width = shape[shape.length - 1];
            int rows = product(shape) / width;
            boolean fits = true;
            for (int row = 0; row < rows; row++) {
                fits &= unpackBits(raw, rawOff + row * rowBytes(width), samples, off + row * width, width,
                        isInverted);
            }
            return fits;
        }

        @Override
        public void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff) {
            int width = shape[shape.length - 1];
            int rows = product(shape) / width;
            for (int row = 0; row < rows; row++) {
                packBits(samples, off + row * width, raw, rawOff + row * rowBytes(width), width, isInverted);
            }
        }
    }

    /** One byte a sample, 256 levels, plane after plane: the last axis, the channels, is the slowest in the bytes. */
    record Planes() implements SampleFormat {

        @Override
        public int levels() {
            return 256;
        }

        @Override
        public boolean hasRows() {
            return false;
        }

        @Override
        public long bytes(int[] shape) {
            if (shape.length < 2) {
                throw new IllegalArgumentException("planes need a shape of at least two extents");
            }
            return samples(shape);
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off) {
            int channels = shape[shape.length - 1];
            int pixels = product(shape) / channels;
            int at = rawOff;
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    samples[off + p * channels + c] = raw[at++];
                }
            }
            return true;
        }

        @Override
        public void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff) {
            int channels = shape[shape.length - 1];
            int pixels = product(shape) / channels;
            int at = rawOff;
            for (int c = 0; c < channels; c++) {
                for (int p = 0; p < pixels; p++) {
                    raw[at++] = samples[off + p * channels + c];
                }
            }
        }
    }

    private static boolean unpackBits(byte[] raw, int rawOff, byte[] samples, int off, int n, boolean inverted) {
        int flip = inverted ? 1 : 0;
        for (int i = 0; i < n; i++) {
            samples[off + i] = (byte) (raw[rawOff + (i >> 3)] >> (7 - (i & 7)) & 1 ^ flip);
        }
        int padding = -n & 7;
        return padding == 0 || (raw[rawOff + (n >> 3)] & (1 << padding) - 1) == 0;
    }

    private static void packBits(byte[] samples, int off, byte[] raw, int rawOff, int n, boolean inverted) {
        int flip = inverted ? 1 : 0;
        Arrays.fill(raw, rawOff, rawOff + (n + 7) / 8, (byte) 0);
        for (int i = 0; i < n; i++) {
            raw[rawOff + (i >> 3)] |= (byte) ((samples[off + i] ^ flip) << (7 - (i & 7)));
        }
    }

    /**
     * Two bytes a sample.
     *
     * @param isBigEndian whether the more significant byte comes first
     * @param isSigned whether the value is a two's complement number; the level is the value plus 32768 then, and the
     *     value itself otherwise
     * @param isPlanar whether the last axis is the slowest in the bytes
     * @param levels one more than the highest level, {@code 2 .. 65536}
     */
    record Words(boolean isBigEndian, boolean isSigned, boolean isPlanar, int levels) implements SampleFormat {

        /** Levels that two bytes can say. */
        public static final int MAX_LEVELS = 1 << 16;

        private static final int SIGN = 1 << 15;

        /** Checks the number of levels. */
        public Words {
            if (levels < 2 || levels > MAX_LEVELS) {
                throw new IllegalArgumentException(levels + " levels; 2 to " + MAX_LEVELS + " are possible");
            }
        }

        /** The same samples, of which none is above another level. */
        public Words withLevels(int number) {
            return new Words(isBigEndian, isSigned, isPlanar, number);
        }

        /** The same samples, plane after plane or pixel after pixel. */
        public Words withPlanes(boolean planar) {
            return new Words(isBigEndian, isSigned, planar, levels);
        }

        @Override
        public long bytes(int[] shape) {
            if (isPlanar && shape.length < 2) {
                throw new IllegalArgumentException("planes need a shape of at least two extents");
            }
            return 2 * samples(shape);
        }

        @Override
        public boolean hasRows() {
            return !isPlanar;
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, byte[] samples, int off) {
            short[] wide = new short[product(shape)];
            boolean fits = levels <= 256 && unpack(shape, raw, rawOff, wide, 0);
            for (int i = 0; i < wide.length && fits; i++) {
                samples[off + i] = (byte) wide[i];
            }
            return fits;
        }

        @Override
        public void pack(int[] shape, byte[] samples, int off, byte[] raw, int rawOff) {
            short[] wide = new short[product(shape)];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = (short) (samples[off + i] & 0xff);
            }
            pack(shape, wide, 0, raw, rawOff);
        }

        @Override
        public boolean unpack(int[] shape, byte[] raw, int rawOff, short[] samples, int off) {
            int first = isBigEndian ? Byte.SIZE : 0;
            int second = Byte.SIZE - first;
            int flip = isSigned ? SIGN : 0;
            int planes = isPlanar ? shape[shape.length - 1] : 1;
            int pixels = product(shape) / planes;
            int highest = 0;
            int at = rawOff;
            for (int c = 0; c < planes; c++) {
                for (int to = off + c, p = 0; p < pixels; p++, to += planes, at += 2) {
                    int level = ((raw[at] & 0xff) << first | (raw[at + 1] & 0xff) << second) ^ flip;
                    highest = Math.max(highest, level);
                    samples[to] = (short) level;
                }
            }
            return highest < levels;
        }

        @Override
        public void pack(int[] shape, short[] samples, int off, byte[] raw, int rawOff) {
            int first = isBigEndian ? Byte.SIZE : 0;
            int second = Byte.SIZE - first;
            int flip = isSigned ? SIGN : 0;
            int planes = isPlanar ? shape[shape.length - 1] : 1;
            int pixels = product(shape) / planes;
            int at = rawOff;
            for (int c = 0; c < planes; c++) {
                for (int from = off + c, p = 0; p < pixels; p++, from += planes, at += 2) {
                    int value = samples[from] ^ flip;
                    raw[at] = (byte) (value >> first);
                    raw[at + 1] = (byte) (value >> second);
                }
            }
        }
    }

    private static long samples(int[] shape) {
        long n = 1;
        for (int extent : shape) {
            n *= extent;
        }
        return n;
    }

    private static int product(int[] shape) {
        return Math.toIntExact(samples(shape));
    }
}
