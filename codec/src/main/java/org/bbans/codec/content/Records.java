package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.format.SampleFormat;

/**
 * An array of samples found in a file: where it begins, its extents and its sample format. It is more than a
 * {@link Layout} in that it may be cut into records in more than one way: a page of small images below each other is
 * one image to its file format, and many records to a model.
 */
public final class Records {

    /** Samples of a pixel; what has more along an axis is taken for pixels themselves. */
    private static final int MAX_CHANNELS = 4;
    /** Planes in a row that are more likely one image than three. */
    private static final int COLOURS = 3;

    private final String kind;
    private final long leading;
    private final int prefix;
    private final long count;
    private final long[] extents;
    private final SampleFormat format;
    private final boolean exact;

    /**
     * An array of records.
     *
     * @param kind the file format's name, for people
     * @param leading bytes before the first record
     * @param prefix bytes before the samples of each record
     * @param count records, or {@link Layout#UNKNOWN}
     * @param extents of a record, slowest first
     * @param exact whether the file format says that a record is an image of these extents, channels last; otherwise it
     *     is an array of any meaning
     */
    Records(String kind, long leading, int prefix, long count, long[] extents, SampleFormat format, boolean exact) {
        this.kind = kind;
        this.leading = leading;
        this.prefix = prefix;
        this.count = count;
        this.extents = extents.clone();
        this.format = format;
        this.exact = exact;
    }

    /**
     * Images that lie without anything in front or between.
     *
     * @param kind the file format's name, for people
     * @param extents of an image, slowest first, channels last
     */
    public static Records images(String kind, long count, SampleFormat format, long... extents) {
        return new Records(kind, 0, 0, count, extents, format, true);
    }

    /** So many of these records, without anything in front or between. */
    public Records bare(long number) {
        return new Records(kind, 0, 0, number, extents, format, exact);
    }

    /** So many of these records. */
    public Records counted(long number) {
        return new Records(kind, leading, prefix, number, extents, format, exact);
    }

    /** These records behind so many bytes. */
    public Records behind(long bytes) {
        return new Records(kind, bytes, prefix, count, extents, format, exact);
    }

    /** These records with so many bytes before the samples of each. */
    public Records prefixed(int bytes) {
        return new Records(kind, leading, bytes, count, extents, format, exact);
    }

    /** Bytes before the first record. */
    public long leading() {
        return leading;
    }

    /** Bytes before the samples of each record. */
    public int prefix() {
        return prefix;
    }

    /** Records, or {@link Layout#UNKNOWN}. */
    public long count() {
        return count;
    }

    /** The file format's name, for people. */
    public String kind() {
        return kind;
    }

    /** How the samples lie in the bytes. */
    public SampleFormat format() {
        return format;
    }

    /** These samples, read in another format that takes the same bytes. */
    public Records withFormat(SampleFormat other) {
        return new Records(kind, leading, prefix, count, extents, other, exact);
    }

    /** Such records as all that a content holds, as many as there are. Two are equal if they can follow each other. */
    public Records gathered() {
        return new Records(kind, 0, prefix, Layout.UNKNOWN, extents, format, exact);
    }

    /** Bytes of the whole records in a content of so many bytes; 0 if they are beyond the container's limits. */
    public long bytes(long contentSize) {
        return layout().map(layout -> layout.records(contentSize) * layout.recordBytes()).orElse(0L);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Records that && kind.equals(that.kind) && leading == that.leading
                && prefix == that.prefix && count == that.count && Arrays.equals(extents, that.extents)
                && format.equals(that.format) && exact == that.exact;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(extents) + format.hashCode();
    }

    /** The layout as the file format itself cuts it; empty if its records are beyond the container's limits. */
    public Optional<Layout> layout() {
        long[] e = extents.length <= 4 ? extents : squeeze(extents);
        return Arrays.stream(e).anyMatch(x -> x > Integer.MAX_VALUE) ? Optional.empty()
                : layout(Arrays.stream(e).mapToInt(x -> (int) x).toArray(), count);
    }

    /**
     * The layout with records of a certain shape: the file's own records if they have this shape (extents of 1 aside)
     * or are a single row of as many samples; parts of them if a record is several such records below each other; or
     * several of them if they are parts of such a record. Bytes of shape {@code [channels, height, width]} are planes
     * of records of shape {@code [height, width, channels]}, and the other way round.
     *
     * @param shape the wanted shape
     * @return empty if the array cannot be cut like that
     */
    public Optional<Layout> as(int... shape) {
        return cut(shape).or(() -> planesTheOtherWay().flatMap(records -> records.cut(shape)));
    }

    /** The same bytes as planes, or planes as what they are in the order of the bytes. */
    private Optional<Records> planesTheOtherWay() {
        long[] e = squeeze(extents);
        return e.length != 3 ? Optional.empty() : otherOrder().map(other -> new Records(kind, leading, prefix, count,
                isPlanar() ? new long[] {e[2], e[0], e[1]} : new long[] {e[1], e[2], e[0]}, other,
                exact));
    }

    /** The format that reads planes as pixels or pixels as planes; empty if there is none. */
    private Optional<SampleFormat> otherOrder() {
        return format.equals(SampleFormat.U8) ? Optional.of(SampleFormat.PLANES)
                : format.equals(SampleFormat.PLANES) ? Optional.of(SampleFormat.U8)
                        : format instanceof SampleFormat.Words words ? Optional.of(words.withPlanes(!words.isPlanar()))
                                : Optional.empty();
    }

    private boolean isPlanar() {
        return format.equals(SampleFormat.PLANES) || format instanceof SampleFormat.Words words && words.isPlanar();
    }

    /**
     * The layout with records that are images. What a file format calls an image is one. Of an array whose axes may
     * mean anything, an image is made of the last two; or of the last three, if the last has at most four elements,
     * which are taken for the samples of a pixel, or the third from the end has three, which are taken for planes.
     *
     * @return empty if there is one axis only, or if an image is beyond the container's limits
     */
    public Optional<Layout> images() {
        if (exact) {
            return layout();
        }
        boolean open = count == Layout.UNKNOWN;
        long[] e = squeeze(open ? extents : LongStream.concat(LongStream.of(count), Arrays.stream(extents)).toArray());
        int n = e.length;
        if (n < 2) {
            return Optional.empty();
        }
        boolean pixels = n > 2 && e[n - 1] <= MAX_CHANNELS;
        boolean planes = n > 2 && !pixels && e[n - 3] == COLOURS && otherOrder().isPresent()
                && product(e[n - 3], e[n - 2], e[n - 1]) <= RowGrid.MAX_BLOCK_SAMPLES;
        long[] image = planes ? new long[] {e[n - 2], e[n - 1], e[n - 3]}
                : Arrays.copyOfRange(e, pixels ? n - 3 : n - 2, n);
        long images = open ? Layout.UNKNOWN : product(Arrays.copyOf(e, n - image.length));
        return new Records(kind, leading, prefix, images, image, planes ? otherOrder().get() : format, true).layout();
    }

    private Optional<Layout> cut(int... shape) {
        long[] want = squeeze(Arrays.stream(shape).asLongStream().toArray());
        long parts = parts(squeeze(extents), want);
        if (parts == 1 || parts > 1 && prefix == 0) {
            return count == Layout.UNKNOWN ? layout(shape, count)
                    : count <= Long.MAX_VALUE / parts ? layout(shape, count * parts) : Optional.empty();
        }
        if (count == Layout.UNKNOWN || prefix > 0) {
            return Optional.empty();
        }
        long[] page = new long[extents.length + 1];
        page[0] = count;
        System.arraycopy(extents, 0, page, 1, extents.length);
        long records = parts(squeeze(page), want);
        return records == 0 ? Optional.empty() : layout(shape, records);
    }

    /** How many wanted records lie behind each other in one array; 0 if it is not made of them. */
    private long parts(long[] have, long[] want) {
        if (isPlanar()) {
            return Arrays.equals(have, want) ? 1 : 0;
        }
        boolean rows = format instanceof SampleFormat.BitRows;
        if (!rows && have.length == 1 && have[0] == product(want)) {
            return 1;
        }
        boolean sameRows = have.length == want.length && (have.length > 1 || !rows)
                && Arrays.equals(have, 1, have.length, want, 1, want.length);
        return sameRows && have[0] % want[0] == 0 ? have[0] / want[0] : 0;
    }

    private Optional<Layout> layout(int[] shape, long records) {
        try {
            return Optional.of(new Layout(leading, prefix, shape, format, records));
        } catch (IllegalArgumentException beyondLimits) {
            return Optional.empty();
        }
    }

    /**
     * The two values that all samples of a piece of content have.
     *
     * @param content begins where the content begins
     * @param length bytes of it
     * @return the smaller and the larger value; empty if the samples are not bytes, or not of exactly two values
     */
    public Optional<SampleFormat.TwoValued> twoValues(byte[] content, int length) {
        if (!format.equals(SampleFormat.U8)) {
            return Optional.empty();
        }
        long bytes = Math.min(product(extents), Integer.MAX_VALUE);
        long end = count == Layout.UNKNOWN ? length : Math.min(length, leading + count * (prefix + bytes));
        int first = -1;
        int second = -1;
        for (long record = leading; record < end; record += prefix + bytes) {
            for (long at = record + prefix; at < Math.min(end, record + prefix + bytes); at++) {
                int value = content[(int) at] & 0xFF;
                if (first < 0) {
                    first = value;
                } else if (value != first && second < 0) {
                    second = value;
                } else if (value != first && value != second) {
                    return Optional.empty();
                }
            }
        }
        return second < 0 ? Optional.empty()
                : Optional.of(new SampleFormat.TwoValued(Math.min(first, second), Math.max(first, second)));
    }

    @Override
    public String toString() {
        return kind + ": " + (count == Layout.UNKNOWN ? "" : count + " x ") + describe(extents);
    }

    /** Extents for people. */
    static String describe(long[] extents) {
        return Arrays.stream(extents).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }

    /** Extents other than 1; at least one extent remains. */
    private static long[] squeeze(long[] extents) {
        long[] squeezed = Arrays.stream(extents).filter(e -> e != 1).toArray();
        return squeezed.length == 0 ? new long[] {1} : squeezed;
    }

    /** The product, or {@link Long#MAX_VALUE} if it is larger. */
    public static long product(long... extents) {
        long product = 1;
        for (long e : extents) {
            if (e != 0 && product > Long.MAX_VALUE / e) {
                return Long.MAX_VALUE;
            }
            product *= e;
        }
        return product;
    }
}
