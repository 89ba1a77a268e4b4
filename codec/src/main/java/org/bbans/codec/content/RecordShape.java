package org.bbans.codec.content;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;

/** The records of a file as a user describes them: {@code 28x28}, {@code 32x32x3:planes}, {@code 512x512:u16le}. */
public final class RecordShape {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:x\\d{1,9}){0,3})(?::([a-z0-9:]+))?");

    private static final Map<String, SampleFormat> FORMATS = formats();

    private RecordShape() {}

    private static Map<String, SampleFormat> formats() {
        Map<String, SampleFormat> formats = new LinkedHashMap<>(Map.of("u8", SampleFormat.U8, "i8", SampleFormat.I8,
                "planes", SampleFormat.PLANES, "bits", SampleFormat.BITS, "bitrows", SampleFormat.BIT_ROWS));
        for (String type : new String[] {"u16le", "u16be", "i16le", "i16be"}) {
            SampleFormat.Words words = new SampleFormat.Words(type.endsWith("be"), type.startsWith("i"), false,
                    SampleFormat.Words.MAX_LEVELS);
            formats.put(type, words);
            formats.put("planes:" + type, words.withPlanes(true));
        }
        return formats;
    }

    /** What a description calls a format; of two-valued bytes and inverted bits what they are but for that. */
    public static String name(SampleFormat format) {
        SampleFormat plain = format instanceof SampleFormat.TwoValued ? SampleFormat.U8
                : format instanceof SampleFormat.Bits ? SampleFormat.BITS
                        : format instanceof SampleFormat.BitRows ? SampleFormat.BIT_ROWS
                                : format instanceof SampleFormat.Words words
                                        ? words.withLevels(SampleFormat.Words.MAX_LEVELS) : format;
        return FORMATS.entrySet().stream().filter(entry -> entry.getValue().equals(plain)).findFirst().orElseThrow()
                .getKey();
    }

    /**
     * Reads a description.
     *
     * @param text extents, slowest first, with an {@code x} between; then optionally {@code :u8} (one byte a sample,
     *     the default), {@code :i8} (the same, signed), {@code :u16le}, {@code :u16be}, {@code :i16le} or
     *     {@code :i16be} (two bytes a sample, the less or the more significant one first), {@code :planes} (one byte a
     *     sample, plane after plane of the last extent), {@code :planes:u16le} and so on (the same with two bytes),
     *     {@code :bits} (dense) or {@code :bitrows} (every row filled up to a byte)
     * @param skip bytes before the first record
     * @throws IllegalArgumentException if it is malformed or out of range; the message is fit for the user
     */
    public static Records parse(String text, long skip) {
        Matcher m = TEXT.matcher(text);
        SampleFormat format = m.matches() ? FORMATS.get(m.group(2) == null ? "u8" : m.group(2)) : null;
        if (format == null) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a record shape; write for example 28x28, 32x32x3:planes, 512x512:u16le, "
                    + "28x28:bits or 105x105:bitrows");
        }
        int[] shape = Arrays.stream(m.group(1).split("x")).mapToInt(Integer::parseInt).toArray();
        // Checks the extents.
        Layout.of(skip, format, shape);
        return new Records("records", skip, 0, Layout.UNKNOWN, Arrays.stream(shape).asLongStream().toArray(), format,
                format.equals(SampleFormat.PLANES) || format instanceof SampleFormat.Words words && words.isPlanar());
    }
}
