package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;

/**
 * PBM, PGM and PPM with binary rasters (P4, P5, P6). Several images of one size in a row, each with the same header,
 * are records whose prefix is that header.
 */
final class Netpbm {

    private static final int MAX_PREFIX = 255;

    private final FileStart head;
    private int at = 2;

    private Netpbm(FileStart head) {
        this.head = head;
    }

    static Optional<Records> parse(FileStart head) {
        return head.u8(0) == 'P' && head.u8(1) >= '4' && head.u8(1) <= '6' ? new Netpbm(head).parse()
                : Optional.empty();
    }

    private Optional<Records> parse() {
        int type = head.u8(1);
        long width = number();
        long height = number();
        long maxval = type == '4' ? 1 : number();
        // Exactly one blank ends the header.
        if (width <= 0 || height <= 0 || maxval != (type == '4' ? 1 : 255) || !isBlank(head.u8(at))) {
            return Optional.empty();
        }
        at++;
        SampleFormat format = type == '4' ? SampleFormat.BIT_ROWS : SampleFormat.U8;
        long raster = type == '4' ? Records.product(height, (width + 7) / 8)
                : Records.product(height, width, type == '5' ? 1 : 3);
        long[] extents = type == '6' ? new long[] {height, width, 3} : new long[] {height, width};
        if (raster > Long.MAX_VALUE / 2 || !head.mayHaveAtLeast(at + raster)) {
            return Optional.empty();
        }
        String kind = type == '4' ? "PBM" : type == '5' ? "PGM" : "PPM";
        return Optional.of(repeats(at + raster)
                ? new Records(kind, 0, at, Layout.UNKNOWN, extents, format)
                : new Records(kind, at, 0, 1, extents, format));
    }

    /** Whether the header comes again after an image of so many bytes, and all through the part that is known. */
    private boolean repeats(long period) {
        if (at > MAX_PREFIX || period > head.length() - at || head.sizeIsKnown() && head.size() % period != 0) {
            return false;
        }
        for (long next = period; next <= head.length() - at; next += period) {
            int n = (int) next;
            if (!Arrays.equals(head.bytes(), 0, at, head.bytes(), n, n + at)) {
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

    private static boolean isBlank(int b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }
}
