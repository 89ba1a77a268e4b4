package org.bbans.codec.content.number;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.bbans.codec.format.CorruptArchiveException;

/** What an NPY file of version 1 begins with. */
public final class NpyHeader {

    /** The first bytes. */
    public static final String MAGIC = "\u0093NUMPY";
    /** Where the description begins. */
    public static final int TEXT = 10;

    private static final int ALIGNMENT = 64;

    private NpyHeader() {}

    /** The header of an array in C's order. */
    static byte[] of(String type, long[] extents) {
        return header("'" + type + "'", tuple(extents));
    }

    /**
     * The header of records, each some bytes and then an array.
     *
     * @param prefix bytes before the array; 0 for an array of which the records are the slowest axis
     * @param extents of the array in a record
     */
    static byte[] ofRecords(long records, int prefix, String type, long[] extents) {
        if (prefix == 0) {
            long[] all = new long[extents.length + 1];
            all[0] = records;
            System.arraycopy(extents, 0, all, 1, extents.length);
            return of(type, all);
        }
        return header("[('prefix', 'V" + prefix + "'), ('samples', '" + type + "', " + tuple(extents) + ")]",
                tuple(records));
    }

    private static String tuple(long... extents) {
        return "(" + Arrays.stream(extents).mapToObj(Long::toString).collect(Collectors.joining(", "))
                + (extents.length == 1 ? ",)" : ")");
    }

    private static byte[] header(String type, String shape) {
        String text = "{'descr': " + type + ", 'fortran_order': False, 'shape': " + shape + ", }";
        int length = (TEXT + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - TEXT;
        String all = MAGIC + "\u0001\u0000" + (char) (length & 0xFF) + (char) (length >> Byte.SIZE) + text
                + " ".repeat(length - 1 - text.length()) + "\n";
        return all.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads up to the first element.
     *
     * @param tooShort the message if there are too few bytes; what is wrong with these themselves, their stream says
     */
    static void skip(InputStream in, String tooShort) throws IOException {
        byte[] start = in.readNBytes(TEXT);
        try {
            in.skipNBytes(start.length < TEXT ? 1
                    : start[TEXT - 2] & 0xFF | (start[TEXT - 1] & 0xFF) << Byte.SIZE);
        } catch (EOFException e) {
            throw new CorruptArchiveException(tooShort, e);
        }
    }
}
