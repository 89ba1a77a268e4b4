package org.bbans.codec.content.anatomy;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bbans.codec.io.Fields;

/**
 * Tar archives: V7, ustar, pax and GNU. Blocks of 512 bytes; a member is a header, whose type says what it is, and its
 * content, filled up to whole blocks. Several archives behind one another are read on.
 */
final class TarAnatomy {

    private static final int BLOCK = 512;
    private static final int SIZE = 124;
    private static final int CHECKSUM = 148;
    private static final int TYPE = 156;
    private static final int SPARSE_GOES_ON = 482;
    private static final int SPARSE_MORE = 504;
    private static final int NUMBER_BYTES = 12;
    private static final int MAX_PAX = 1 << 14;
    /** An extended header's line: its length, a blank, the key, the value. */
    private static final Pattern PAX_SIZE = Pattern.compile("(?:^|\n)\\d+ size=(\\d{1,18})\n");

    private TarAnatomy() {}

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        long paxSize = -1;
        for (long at = 0; at <= in.size() - BLOCK && !out.isFull();) {
            if (in.isZero(at, BLOCK) && at > 0) {
                at += BLOCK;
                continue;
            }
            if (!isHeader(in, at)) {
                return;
            }
            int type = in.u8(at + TYPE);
            long size = paxSize >= 0 && type != 'x' && type != 'L' && type != 'K' ? paxSize : number(in, at + SIZE);
            boolean hasData = type < '1' || type > '6';
            long content = at + BLOCK;
            if (type == 'S') {
                content = afterSparseMap(in, at);
            }
            if (!hasData) {
                size = 0;
            }
            if (size < 0 || size > in.size() - content) {
                return;
            }
            if (type == 'x') {
                paxSize = size > MAX_PAX ? -1 : paxSize(in.text(content, (int) size));
            } else if (type != 'L' && type != 'K') {
                paxSize = -1;
            }
            if (type == '0' || type == 0 || type == '7') {
                out.content(content, size);
            }
            at = content + (size + BLOCK - 1) / BLOCK * BLOCK;
        }
    }

    /** Whether the block's checksum is right, taken as a sum of bytes with or without sign as V7's programs had it. */
    private static boolean isHeader(Fields in, long at) throws IOException {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            int b = i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : in.u8(at + i);
            unsigned += b;
            signed += (byte) b;
        }
        long sum = octal(in.text(at + CHECKSUM, 8));
        return sum == unsigned || sum == signed;
    }

    /** The size: octal digits, or a binary number behind a byte of 128; -1 if it is neither. */
    private static long number(Fields in, long at) throws IOException {
        if (in.u8(at) != 0x80) {
            return octal(in.text(at, NUMBER_BYTES));
        }
        long value = 0;
        for (int i = 1; i < NUMBER_BYTES; i++) {
            if (value >>> 55 != 0) {
                return -1;
            }
            value = value << Byte.SIZE | in.u8(at + i);
        }
        return value;
    }

    private static long octal(String text) {
        String digits = text.replace('\0', ' ').strip();
        int end = digits.indexOf(' ');
        digits = end < 0 ? digits : digits.substring(0, end);
        return digits.matches("[0-7]{1,12}") ? Long.parseLong(digits, 8) : -1;
    }

    private static long paxSize(String lines) {
        Matcher m = PAX_SIZE.matcher(lines);
        return m.find() ? Long.parseLong(m.group(1)) : -1;
    }

    /** Where the data of one of GNU's sparse members begins: behind all blocks of its map. */
    private static long afterSparseMap(Fields in, long header) throws IOException {
        long at = header + BLOCK;
        for (boolean more = in.u8(header + SPARSE_GOES_ON) != 0; more; at += BLOCK) {
            more = in.u8(at + SPARSE_MORE) != 0;
        }
        return at;
    }
}
