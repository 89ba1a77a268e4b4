package org.bbans.codec.content;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bbans.codec.format.SampleFormat;

/** NPY, the format of NumPy: magic, version, length of the description, the description as a Python dictionary. */
final class Npy {

    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'[|<>=]?([ub]1|\\?)'");
    private static final Pattern C_ORDER = Pattern.compile("'fortran_order'\\s*:\\s*False");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

    private Npy() {
    }

    static Optional<Records> parse(FileStart head) {
        if (!head.startsWith("\u0093NUMPY") || head.length() < 12) {
            return Optional.empty();
        }
        int version = head.u8(6);
        if (version < 1 || version > 3) {
            return Optional.empty();
        }
        int from = version == 1 ? 10 : 12;
        long n = head.u8(8) | head.u8(9) << 8 | (version == 1 ? 0L
                : (long) head.u8(10) << 16 | (long) head.u8(11) << 24);
        if (n > head.length() - from) {
            return Optional.empty();
        }
        String text = new String(head.bytes(), from, (int) n, StandardCharsets.ISO_8859_1);
        Matcher shape = SHAPE.matcher(text);
        if (!TYPE.matcher(text).find() || !C_ORDER.matcher(text).find() || !shape.find()) {
            return Optional.empty();
        }
        long[] extents;
        try {
            extents = Arrays.stream(shape.group(1).split(",")).map(String::strip).filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong).toArray();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        long bytes = Records.product(extents);
        if (extents.length < 2 || extents.length > 6 || bytes == 0 || bytes > Long.MAX_VALUE - from - n
                || !head.mayHave(from + n + bytes)) {
            return Optional.empty();
        }
        return Optional.of(new Records("NPY", from + n, 0, extents[0], Arrays.copyOfRange(extents, 1, extents.length),
                SampleFormat.U8));
    }
}
