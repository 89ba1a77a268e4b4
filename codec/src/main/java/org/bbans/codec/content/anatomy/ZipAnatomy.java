package org.bbans.codec.content.anatomy;

import java.io.IOException;
import org.bbans.codec.io.Fields;

/**
 * Zip archives and what is one inside, such as npz, by their central directory: members that are stored are contents,
 * those that are deflated DEFLATE streams. Zip64 too.
 */
final class ZipAnatomy {

    private static final String LOCAL = "PK\3\4";
    private static final String CENTRAL = "PK\1\2";
    private static final String END = "PK\5\6";
    private static final String END_64 = "PK\6\6";
    private static final String LOCATOR_64 = "PK\6\7";
    private static final int END_BYTES = 22;
    private static final int LOCATOR_BYTES = 20;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL_BYTES = 30;
    private static final int MAX_COMMENT = 1 << 16;
    private static final long IN_64 = 0xFFFF_FFFFL;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private ZipAnatomy() {}

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        if (!in.has(0, LOCAL)) {
            return;
        }
        long end = end(in);
        if (end < 0) {
            return;
        }
        long at = in.u32(end + 16);
        if (end >= LOCATOR_BYTES && in.has(end - LOCATOR_BYTES, LOCATOR_64)) {
            long end64 = in.u63(end - LOCATOR_BYTES + 8);
            if (in.has(end64, END_64)) {
                at = in.u63(end64 + 48);
            }
        }
        // A page of its own: the two places that are looked at in turns lie far apart.
        Fields locals = new Fields(in.content());
        while (in.has(at, CENTRAL) && !out.isFull()) {
            member(in, at, locals, out);
            at += CENTRAL_BYTES + in.u16(at + 28) + in.u16(at + 30) + in.u16(at + 32);
        }
    }

    /** The record at the archive's end, before which a comment may stand; -1 if there is none. */
    private static long end(Fields in) throws IOException {
        long last = in.size() - END_BYTES;
        for (long at = last; at >= 0 && at > last - MAX_COMMENT; at--) {
            if (in.u8(at) == 'P' && in.has(at, END) && at + END_BYTES + in.u16(at + 20) == in.size()) {
                return at;
            }
        }
        return -1;
    }

    private static void member(Fields in, long central, Fields locals, AnatomyBuilder out) throws IOException {
        int flags = in.u16(central + 8);
        int method = in.u16(central + 10);
        long packed = in.u32(central + 20);
        long plain = in.u32(central + 24);
        long local = in.u32(central + 42);
        long extra = central + CENTRAL_BYTES + in.u16(central + 28);
        long extraEnd = extra + in.u16(central + 30);
        while (extra + 4 <= extraEnd && in.u16(extra) != 1) {
            extra += 4 + in.u16(extra + 2);
        }
        // The fields that have no room come here, in this order.
        long wide = extra + 4;
        if (plain == IN_64) {
            wide += 8;
        }
        if (packed == IN_64 && wide + 8 <= extraEnd) {
            packed = in.u63(wide);
            wide += 8;
        }
        if (local == IN_64 && wide + 8 <= extraEnd) {
            local = in.u63(wide);
        }
        boolean encrypted = (flags & 1) != 0;
        if (encrypted || method != STORED && method != DEFLATED || !locals.has(local, LOCAL)) {
            return;
        }
        long content = local + LOCAL_BYTES + locals.u16(local + 26) + locals.u16(local + 28);
        if (method == STORED) {
            out.content(content, packed);
        } else {
            out.deflated(content, packed);
        }
    }
}
