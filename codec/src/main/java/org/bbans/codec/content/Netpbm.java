package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;

/**
 * PBM, PGM and PPM with binary rasters (P4, P5, P6), 8 and 16 bits. Several images of one size in a row, each with the
 * same header, are records whose prefix is that header.
 */
final class Netpbm {

    private static final int MAX_PREFIX = 255;
    private static final int BYTE_MAX = 255;
    private static final int WORD_MAX = 65535;

    private final FileStart head;
    private final char type;
    private int at = 2;

    private Netpbm(FileStart head) {
        this.head = head;
        this.type = (char) head.u8(1);
    }

    static Optional<Finding> parse(FileStart head) {
        return head.u8(0) == 'P' && head.u8(1) >= '1' && head.u8(1) <= '6' ? new Netpbm(head).parse()
                : Optional.empty();
    }

    private Optional<Finding> parse() {
        int next = head.u8(at);
        if (!isBlank(next) && next != '#') {
            return Optional.empty();
        }
        if (type <= '3') {
            return Optional.of(Finding.none(kind() + " whose samples are decimal numbers: convert it to a binary one"));
        }
        long width = number();
        long height = number();
        long maxval = type == '4' ? 1 : number();
        // Exactly one blank ends the header.
        if (width < 0 || height < 0 || maxval < 0 || !isBlank(head.u8(at))) {
            return Optional.of(Finding.none(kind() + " with a malformed header"));
        }
        if (width == 0 || height == 0 || maxval == 0 || maxval > WORD_MAX) {
            return Optional.of(Finding.none(kind() + " of " + width + " x " + height + " pixels up to " + maxval
                    + ", which cannot be"));
        }
        at++;
        SampleFormat format = type == '4' ? SampleFormat.BIT_ROWS : maxval <= BYTE_MAX ? SampleFormat.U8
                : new SampleFormat.Words(true, false, false, (int) maxval + 1);
        long raster = type == '4' ? Records.product(height, (width + 7) / 8)
                : Records.product(height, width, type == '5' ? 1 : 3, maxval <= BYTE_MAX ? 1 : 2);
        long[] extents = type == '6' ? new long[] {height, width, 3} : new long[] {height, width};
        return Optional.of(images(head, kind(), at, raster, extents, format));
    }

    private String kind() {
        return switch (type) {
            case '1', '4' -> "PBM";
            case '2', '5' -> "PGM";
            default -> "PPM";
        };
    }

    /** One image behind a header, or several of one size with equal headers. */
    static Finding images(FileStart head, String kind, int header, long raster, long[] extents, SampleFormat format) {
        if (raster > Long.MAX_VALUE / 2 || !head.mayHaveAtLeast(header + raster)) {
            return Finding.none(kind + " of " + Records.describe(extents)
                    + " samples, for which the content is too short");
        }
        return Finding.of(repeats(head, header, header + raster)
                ? new Records(kind, 0, header, Layout.UNKNOWN, extents, format, true)
                : new Records(kind, header, 0, 1, extents, format, true));
    }

    /** Whether the header comes again after an image of so many bytes, and all through the part that is known. */
    private static boolean repeats(FileStart head, int header, long period) {
        if (header > MAX_PREFIX || head.sizeIsKnown() && (head.size() % period != 0 || head.size() == period)
                || !head.sizeIsKnown() && period > head.length() - header) {
            return false;
        }
        for (long next = period; next <= head.length() - header; next += period) {
            int n = (int) next;
            if (!Arrays.equals(head.bytes(), 0, header, head.bytes(), n, n + header)) {
                return false;
            }
        }
        return true;
    }

    /** A decimal number after blanks and comments, or -1. */
    private long number() {
        int start = at;
        while (isBlank(head.u8(at)) || head.u8(at) == '#') {
            if (head.u8(at) == '#') {
                while (head.u8(at) != '\n' && head.u8(at) >= 0) {
                    at++;
                }
            } else {
                at++;
            }
        }
        int digits = 0;
        long value = 0;
        while (head.u8(at) >= '0' && head.u8(at) <= '9') {
            value = value * 10 + head.u8(at++) - '0';
            if (++digits > 9) {
                return -1;
            }
        }
        return start == at || digits == 0 ? -1 : value;
    }

    static boolean isBlank(int b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }
}
