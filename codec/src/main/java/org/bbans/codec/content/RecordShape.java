package org.bbans.codec.content;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;

/** The records of a file as a user describes them: {@code 28x28}, {@code 32x32x3:planes}, {@code 28x28:bits}. */
public final class RecordShape {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:x\\d{1,9}){0,3})(?::(u8|planes|bits|bitrows))?");

    private RecordShape() {
    }

    /**
     * Reads a description.
     *
     * @param text extents, slowest first, with an {@code x} between; then optionally {@code :u8} (one byte a sample,
     *     the default), {@code :planes} (the same, but plane after plane of the last extent), {@code :bits} (dense) or
     *     {@code :bitrows} (every row filled up to a byte)
     * @param skip bytes before the first record
     * @throws IllegalArgumentException if it is malformed or out of range; the message is fit for the user
     */
    public static Records parse(String text, long skip) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a record shape; write for example 28x28, 32x32x3:planes, "
                    + "28x28:bits or 105x105:bitrows");
        }
        SampleFormat format = switch (m.group(2) == null ? "u8" : m.group(2)) {
            case "u8" -> SampleFormat.U8;
            case "planes" -> SampleFormat.PLANES;
            case "bits" -> SampleFormat.BITS;
            default -> SampleFormat.BIT_ROWS;
        };
        int[] shape = Arrays.stream(m.group(1).split("x")).mapToInt(Integer::parseInt).toArray();
        Layout layout = Layout.of(skip, format, shape);
        if (layout.recordBytes() == 0) {
            throw new IllegalArgumentException("'" + text + "' describes records without samples");
        }
        return new Records("records", skip, 0, Layout.UNKNOWN, Arrays.stream(shape).asLongStream().toArray(), format);
    }
}
