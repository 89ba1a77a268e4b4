package org.bbans.codec.format;

import java.util.Arrays;
import java.util.Objects;

/**
 * Where the records lie in the content: leading bytes, then whole records, then trailing bytes. A record is
 * {@code prefix} bytes (labels, for example) followed by its packed samples.
 *
 * @param leading bytes before the first record
 * @param prefix bytes before the samples of each record, {@code 0 .. 255}
 * @param shape the record's extents, slowest first: rank 1 to 4, each at least 1, at most {@link #MAX_DIMS} samples
 *     in all; empty for opaque bytes
 * @param format how the samples lie in the bytes; null for opaque bytes
 * @param count records in the content, or {@link #UNKNOWN} for as many whole ones as there are
 * @param unordered whether the records' order says nothing: they then stand in their canonical order, ascending by the
 *     bytes behind the prefix, as unsigned numbers, and then by the prefix
 */
public record Layout(long leading, int prefix, int[] shape, SampleFormat format, long count, boolean unordered) {

    /** Samples that a record may hold. */
    public static final long MAX_DIMS = 1L << 31;

    /** Bytes before the samples of a record. */
    public static final int MAX_PREFIX = 255;

    /** Bytes, and samples, of a record without order. */
    private static final int MAX_UNORDERED = 1 << 25;

    /** The count of a layout that takes every whole record there is. */
    public static final long UNKNOWN = -1;

    /** Opaque bytes: no records known. */
    public static final Layout NONE = new Layout(0, 0, new int[0], null, UNKNOWN);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range or a record does not fill whole bytes
     */
    public Layout {
        shape = shape.clone();
        if (format == null) {
            require(leading == 0 && prefix == 0 && shape.length == 0 && count == UNKNOWN && !unordered,
                    "opaque bytes have no records");
        } else {
            require(leading >= 0, "negative count of leading bytes");
            require(prefix >= 0 && prefix <= MAX_PREFIX, "prefix of " + prefix + " bytes; 0 to 255 are possible");
            require(shape.length >= 1 && shape.length <= 4, "rank " + shape.length + "; 1 to 4 are possible");
            long dims = 1;
            for (int extent : shape) {
                require(extent >= 1, "extent " + extent + " in a record's shape");
                dims *= extent;
                require(dims <= MAX_DIMS, "more than " + MAX_DIMS + " samples in a record");
            }
            require(count >= UNKNOWN, "negative count of records");
            long recordBytes = prefix + format.bytes(shape);
            require(count == UNKNOWN || count <= (Long.MAX_VALUE - leading) / recordBytes,
                    "content larger than 2^63 bytes");
            require(!unordered || Math.max(dims, recordBytes) <= MAX_UNORDERED,
                    "unordered records of more than " + MAX_UNORDERED + " samples or bytes");
        }
    }

    /** Records whose order matters. */
    public Layout(long leading, int prefix, int[] shape, SampleFormat format, long count) {
        this(leading, prefix, shape, format, count, false);
    }

    /** Records of {@code shape} after {@code leading} bytes, as many as there are. */
    public static Layout of(long leading, SampleFormat format, int... shape) {
        return new Layout(leading, 0, shape, Objects.requireNonNull(format), UNKNOWN);
    }

    /** This layout with another count of records. */
    public Layout withCount(long records) {
        return new Layout(leading, prefix, shape, format, records, unordered);
    }

    /** This layout with another number of bytes before each record's samples. */
    public Layout withPrefix(int bytes) {
        return new Layout(leading, bytes, shape, format, count, unordered);
    }

    /** This layout, of records whose order says nothing. */
    public Layout withoutOrder() {
        return new Layout(leading, prefix, shape, format, count, true);
    }

    /** Whether no records are known. */
    public boolean isOpaque() {
        return format == null;
    }

    @Override
    public int[] shape() {
        return shape.clone();
    }

    /** Samples in a record; 0 for opaque bytes. */
    public long dims() {
        return isOpaque() ? 0 : Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
    }

    /** Bytes of a record with its prefix; 0 for opaque bytes. */
    public long recordBytes() {
        return isOpaque() ? 0 : prefix + format.bytes(shape);
    }

    /** Records in a content of so many bytes. */
    public long records(long contentSize) {
        if (isOpaque() || contentSize < leading) {
            return 0;
        }
        long whole = (contentSize - leading) / recordBytes();
        return count == UNKNOWN ? whole : Math.min(count, whole);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Layout that && leading == that.leading && prefix == that.prefix
                && Arrays.equals(shape, that.shape) && Objects.equals(format, that.format) && count == that.count
                && unordered == that.unordered;
    }

    @Override
    public int hashCode() {
        return Objects.hash(leading, prefix, Arrays.hashCode(shape), format, count, unordered);
    }

    @Override
    public String toString() {
        return isOpaque() ? "opaque bytes" : "Layout[leading=" + leading + ", prefix=" + prefix + ", shape="
                + Arrays.toString(shape) + ", format=" + format + ", count=" + count
                + (unordered ? ", unordered]" : "]");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
