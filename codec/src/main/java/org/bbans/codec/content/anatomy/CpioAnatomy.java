package org.bbans.codec.content.anatomy;

import java.io.IOException;
import org.bbans.codec.io.Fields;

/** Archives of {@code cpio} with headers of characters: System V's new form, hexadecimal, and that of POSIX, octal. */
final class CpioAnatomy {

    private static final int NEW_HEADER = 110;
    private static final int OLD_HEADER = 76;
    private static final int TYPE_MASK = 0170000;
    private static final int FILE = 0100000;
    private static final String TRAILER = "TRAILER!!!\0";

    private CpioAnatomy() {}

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        long at = 0;
        while (!out.isFull()) {
            boolean isNew = in.has(at, "070701") || in.has(at, "070702");
            if (!isNew && !in.has(at, "070707")) {
                return;
            }
            long mode = isNew ? number(in, at + 14, 8, 16) : number(in, at + 18, 6, 8);
            long name = isNew ? number(in, at + 94, 8, 16) : number(in, at + 59, 6, 8);
            long size = isNew ? number(in, at + 54, 8, 16) : number(in, at + 65, 11, 8);
            if (mode < 0 || name < 0 || size < 0) {
                return;
            }
            long names = at + (isNew ? NEW_HEADER : OLD_HEADER);
            if (name == TRAILER.length() && in.has(names, TRAILER)) {
                return;
            }
            // The new form fills up to multiples of four bytes.
            long content = isNew ? names + name + 3 & -4 : names + name;
            if ((mode & TYPE_MASK) == FILE) {
                out.content(content, size);
            }
            at = isNew ? content + size + 3 & -4 : content + size;
        }
    }

    private static long number(Fields in, long at, int digits, int radix) throws IOException {
        String text = in.text(at, digits);
        return text.matches(radix == 8 ? "[0-7]+" : "[0-9a-fA-F]+") ? Long.parseLong(text, radix) : -1;
    }
}
