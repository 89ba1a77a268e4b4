package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.bbans.codec.content.number.NpyHeader;
import org.bbans.codec.content.number.NumberArray;
import org.bbans.codec.format.Layout;
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
    /** Records of some bytes, such as a label, and an array. */
    private static final Pattern STRUCTURE =
            Pattern.compile("'descr'\\s*:\\s*\\[\\('[^']*', '[|<>=]?[Vbiufc?](\\d{1,3})'\\), "
                    + "\\('[^']*', '([|<>=]?)([a-zA-Z?]\\d{0,4})', \\(([0-9, ]*)\\)\\)\\]");

    private Npy() {}

    /**
     * What the description says.
     *
     * @param prefix bytes before the array of each record; 0 if there are no such records
     * @param type a letter and a number of bytes
     * @param records the number of them, with a comma; empty if there are none
     * @param shape the extents, with commas
     * @param end the bytes up to the first element
     */
    private record ArrayHeader(int prefix, boolean bigEndian, String type, boolean fortran, String records,
            String shape, long end) {

        /** Extents in the order of the bytes, slowest first; null if they cannot be. */
        long[] extents() {
            try {
                long[] e = numbers(shape);
                return fortran ? LongStream.range(0, e.length).map(i -> e[(int) (e.length - 1 - i)]).toArray() : e;
            } catch (NumberFormatException tooLarge) {
                return null;
            }
        }

        static long[] numbers(String shape) {
            return Arrays.stream(shape.split(",")).map(String::strip).filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong).toArray();
        }
    }

    private static boolean isNpy(FileStart head) {
        return head.startsWith(NpyHeader.MAGIC) && head.length() >= 12;
    }

    /** The description; empty if there is none, or it is not understood. */
    private static Optional<ArrayHeader> describe(FileStart head) {
        if (!isNpy(head)) {
            return Optional.empty();
        }
        int version = head.u8(6);
        int from = version == 1 ? NpyHeader.TEXT : 12;
        long n = version == 1 ? head.u16le(8) : head.u32le(8);
        if (version < 1 || version > 3 || n > head.length() - from) {
            return Optional.empty();
        }
        String text = head.text(from, (int) n);
        Matcher type = TYPE.matcher(text);
        Matcher structure = STRUCTURE.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!order.find() || !shape.find()) {
            return Optional.empty();
        }
        boolean fortran = order.group(1).equals("True");
        if (type.find()) {
            return Optional.of(new ArrayHeader(0, type.group(1).equals(">"), type.group(2), fortran, "",
                    shape.group(1), from + n));
        }
        return structure.find() ? Optional.of(new ArrayHeader(Integer.parseInt(structure.group(1)),
                structure.group(2).equals(">"), structure.group(3), false, shape.group(1), structure.group(4),
                from + n)) : Optional.empty();
    }

    /** The array, if it is one of numbers of several bytes. */
    static Optional<NumberArray> numbers(FileStart head) {
        Optional<ArrayHeader> description = describe(head).filter(d -> d.records().isEmpty()
                && d.type().matches("[fiu][248]") && d.extents() != null);
        return description.map(d -> new NumberArray(d.type().charAt(0), d.type().charAt(1) - '0', d.bigEndian(),
                d.extents(), d.end()));
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
        return Optional.of(d.records().isEmpty() ? array(head, d, format) : records(head, d, format));
    }

    private static Finding array(FileStart head, ArrayHeader d, SampleFormat format) {
        long[] extents = d.extents();
        if (extents == null) {
            return Finding.none("NPY with an impossible shape");
        }
        if (extents.length < 2 || extents.length > MAX_RANK) {
            return Finding.none("NPY of " + extents.length + " axes: no model codes such");
        }
        long bytes = Records.product(Records.product(extents), bytes(format));
        long[] record = Arrays.copyOfRange(extents, 1, extents.length);
        long recordBytes = Records.product(Records.product(record), bytes(format));
        if (bytes > 0 && head.whole(d.end(), recordBytes) > 0 && head.whole(d.end(), recordBytes) < extents[0]) {
            return Finding.of(new Records("cut-off NPY", d.end(), 0, head.whole(d.end(), recordBytes), record,
                    format, false));
        }
        return bytes == 0 || bytes > Long.MAX_VALUE - d.end() || !head.mayHave(d.end() + bytes)
                ? otherSize(bytes)
                : Finding.of(new Records("NPY", d.end(), 0, extents[0], record, format, false));
    }

    private static Finding otherSize(long bytes) {
        return Finding.none(bytes == 0 ? "NPY without elements"
                : "NPY that announces " + (bytes == Long.MAX_VALUE ? "more bytes than there can be"
                        : bytes + " bytes") + " of elements and has far more or fewer");
    }

    /** Records of a label, or other bytes, and an image; three planes of one are known by their number. */
    private static Finding records(FileStart head, ArrayHeader d, SampleFormat format) {
        long[] extents = d.extents();
        long[] counts;
        try {
            counts = ArrayHeader.numbers(d.records());
        } catch (NumberFormatException tooLarge) {
            counts = new long[0];
        }
        if (extents == null || extents.length < 1 || extents.length > MAX_RANK || counts.length != 1
                || d.prefix() < 1 || d.prefix() > Layout.MAX_PREFIX) {
            return Finding.none("NPY of records that no model codes");
        }
        long samples = Records.product(Records.product(extents), bytes(format));
        long bytes = samples == 0 ? 0
                : Records.product(counts[0], samples > Long.MAX_VALUE - d.prefix() ? samples : samples + d.prefix());
        if (bytes == 0 || bytes > Long.MAX_VALUE - d.end() || !head.mayHave(d.end() + bytes)) {
            return otherSize(bytes);
        }
        boolean planes = extents.length == 3 && extents[0] == 3 && extents[2] > 4;
        return Finding.of(new Records("NPY", d.end(), d.prefix(), counts[0],
                planes ? new long[] {extents[1], extents[2], extents[0]} : extents,
                !planes ? format : format instanceof SampleFormat.Words words ? words.withPlanes(true)
                        : SampleFormat.PLANES,
                true));
    }

    private static int bytes(SampleFormat format) {
        return format instanceof SampleFormat.Words ? 2 : 1;
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
