package org.bbans.codec.content.anatomy;

import java.io.IOException;
import java.util.Arrays;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.Fields;

/**
 * FITS: units of a header and its data, each filled up to blocks of 2880 bytes. A header is cards of 80 characters; the
 * data are big-endian, the first axis the fastest. Images of 8 and 16 bits are named.
 */
final class FitsAnatomy {

    private static final int BLOCK = 2880;
    private static final int CARD = 80;
    private static final int MAX_AXES = 16;
    private static final int MAX_HEADER = 1 << 22;

    private FitsAnatomy() {}

    /** What the cards of a header say about the data. */
    private static final class Header {

        private boolean isImage;
        private long bits;
        private long parameters;
        private long groups = 1;
        private long[] extents = {};
    }

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        if (!in.has(0, "SIMPLE  =")) {
            return;
        }
        for (long at = 0; at <= in.size() - BLOCK && !out.isFull();) {
            Header header = new Header();
            long data = header(in, at, header);
            if (data < 0) {
                return;
            }
            long elements = header.extents.length == 0 ? 0 : Records.product(header.extents);
            long bytes = Records.product(header.groups, elements > Long.MAX_VALUE - header.parameters ? Long.MAX_VALUE
                    : elements + header.parameters, Math.abs(header.bits) / Byte.SIZE);
            if (bytes > in.size() - data) {
                return;
            }
            image(header, data, out);
            at = data + (bytes + BLOCK - 1) / BLOCK * BLOCK;
        }
    }

    private static void image(Header header, long data, AnatomyBuilder out) {
        long[] e = header.extents;
        if (!header.isImage || header.parameters != 0 || header.groups != 1 || header.bits != 8 && header.bits != 16
                || e.length < 2 || Records.product(e) == 0) {
            return;
        }
        SampleFormat format = header.bits == 8 ? SampleFormat.U8
                : new SampleFormat.Words(true, true, false, SampleFormat.Words.MAX_LEVELS);
        out.records(Records.images("FITS", Records.product(Arrays.copyOfRange(e, 2, e.length)), format, e[1], e[0]),
                data);
    }

    /** Reads a header; where its data begin, -1 if it is malformed. */
    private static long header(Fields in, long start, Header header) throws IOException {
        header.isImage = in.has(start, "SIMPLE  =") || in.has(start, "XTENSION= 'IMAGE   '");
        if (!header.isImage && !in.has(start, "XTENSION=")) {
            return -1;
        }
        for (long at = start; at - start < MAX_HEADER; at += CARD) {
            String key = in.text(at, 8).stripTrailing();
            if (key.equals("END")) {
                boolean possible = header.parameters >= 0 && header.groups >= 0
                        && Arrays.stream(header.extents).allMatch(e -> e >= 0);
                return possible ? start + (at + CARD - start + BLOCK - 1) / BLOCK * BLOCK : -1;
            }
            if (!card(header, key, value(in, at))) {
                return -1;
            }
        }
        return -1;
    }

    /** Takes a card; false if it cannot be. */
    private static boolean card(Header header, String key, long value) {
        switch (key) {
            case "BITPIX" -> header.bits = value;
            case "PCOUNT" -> header.parameters = value;
            case "GCOUNT" -> header.groups = value;
            case "NAXIS" -> {
                if (value < 0 || value > MAX_AXES) {
                    return false;
                }
                header.extents = new long[(int) value];
            }
            default -> {
                if (key.matches("NAXIS[1-9]\\d?")) {
                    int axis = Integer.parseInt(key.substring(5)) - 1;
                    if (axis >= header.extents.length) {
                        return false;
                    }
                    header.extents[axis] = value;
                }
            }
        }
        return true;
    }

    /** The integer of a card; -1 if it has none. */
    private static long value(Fields in, long card) throws IOException {
        String text = in.text(card + 10, CARD - 10);
        int comment = text.indexOf('/');
        String number = (comment < 0 ? text : text.substring(0, comment)).strip();
        return number.matches("-?\\d{1,18}") ? Long.parseLong(number) : -1;
    }
}
