package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.bbans.codec.format.SampleFormat;

/**
 * NPY, the format of NumPy: magic, version, length of the description, the description as a Python dictionary. An array
 * in Fortran's order is taken as what it is in C's order: one with its axes reversed.
 */
final class Npy {

    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([|<>=]?)([a-zA-Z?]\\d{0,4})[^']*'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(False|True)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");
    private static final int MAX_RANK = 6;
    /** What a file begins with. */
    static final String MAGIC = "\u0093NUMPY";
    /** Where the description begins in a file of version 1. */
    static final int TEXT_1 = 10;

    private Npy() {}

    /**
     * What the description says.
     *
     * @param type a letter and a number of bytes
     * @param shape the extents, with commas
     * @param end the bytes up to the first element
     */
    record ArrayHeader(boolean bigEndian, String type, boolean fortran, String shape, long end) {}

    private static boolean isNpy(FileStart head) {
        return head.startsWith(MAGIC) && head.length() >= 12;
    }

    /** The description; empty if there is none, or it is not understood. */
    static Optional<ArrayHeader> describe(FileStart head) {
        if (!isNpy(head)) {
            return Optional.empty();
        }
        int version = head.u8(6);
        int from = version == 1 ? TEXT_1 : 12;
        long n = version == 1 ? head.u16le(8) : head.u32le(8);
        if (version < 1 || version > 3 || n > head.length() - from) {
            return Optional.empty();
        }
        String text = head.text(from, (int) n);
        Matcher type = TYPE.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!type.find() || !order.find() || !shape.find()) {
            return Optional.empty();
        }
        return Optional.of(new ArrayHeader(type.group(1).equals(">"), type.group(2), order.group(1).equals("True"),
                shape.group(1), from + n));
    }

    static Optional<Finding> parse(FileStart head) {
        if (!isNpy(head)) {
            return Optional.empty();
        }
        Optional<ArrayHeader> description = describe(head);
        if (description.isEmpty()) {
            return Optional.of(Finding.none("NPY with a description that is not understood"));
        }
        ArrayHeader d = description.get();
        SampleFormat format = format(d.bigEndian(), d.type());
        if (format == null) {
            return Optional.of(Finding.none("NPY with elements of type " + d.type() + ": no model codes such"));
        }
        return Optional.of(array(head, d.end(), d.shape(), d.fortran(), format));
    }

    private static Finding array(FileStart head, long leading, String shape, boolean fortran, SampleFormat format) {
        long[] extents;
        try {
            extents = Arrays.stream(shape.split(",")).map(String::strip).filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong).toArray();
        } catch (NumberFormatException e) {
            return Finding.none("NPY with an impossible shape");
        }
        if (extents.length < 2 || extents.length > MAX_RANK) {
            return Finding.none("NPY of " + extents.length + " axes: no model codes such");
        }
        long bytes = Records.product(Records.product(extents), format instanceof SampleFormat.Words ? 2 : 1);
        if (bytes == 0) {
            return Finding.none("NPY without elements");
        }
        if (bytes > Long.MAX_VALUE - leading || !head.mayHave(leading + bytes)) {
            return Finding.none("NPY that announces " + (bytes == Long.MAX_VALUE ? "more bytes than there can be"
                    : bytes + " bytes") + " of elements and has far more or fewer");
        }
        long[] inBytes = fortran ? LongStream.range(0, extents.length).map(i -> extents[(int) (extents.length - 1 - i)])
                .toArray() : extents;
        return Finding.of(new Records("NPY", leading, 0, inBytes[0], Arrays.copyOfRange(inBytes, 1, inBytes.length),
                format, false));
    }

    private static SampleFormat format(boolean bigEndian, String type) {
        return switch (type) {
            case "u1", "b1", "?" -> SampleFormat.U8;
            case "i1" -> SampleFormat.I8;
            case "u2" -> new SampleFormat.Words(bigEndian, false, false, SampleFormat.Words.MAX_LEVELS);
            case "i2" -> new SampleFormat.Words(bigEndian, true, false, SampleFormat.Words.MAX_LEVELS);
            default -> null;
        };
    }
}
