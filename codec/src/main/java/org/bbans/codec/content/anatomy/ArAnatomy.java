package org.bbans.codec.content.anatomy;

import java.io.IOException;
import org.bbans.codec.io.Fields;

/** The archives of {@code ar}, such as Debian's packages: a line of 60 characters before each member. */
final class ArAnatomy {

    private static final String MAGIC = "!<arch>\n";
    private static final int HEADER = 60;
    private static final int SIZE = 48;
    private static final String END = "`\n";

    private ArAnatomy() {}

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        if (!in.has(0, MAGIC)) {
            return;
        }
        for (long at = MAGIC.length(); in.has(at + HEADER - 2, END) && !out.isFull();) {
            String size = in.text(at + SIZE, 10).strip();
            if (!size.matches("\\d{1,10}")) {
                return;
            }
            long bytes = Long.parseLong(size);
            String name = in.text(at, 16).strip();
            at += HEADER;
            boolean index = name.equals("/") || name.equals("//") || name.equals("/SYM64/");
            // BSD's long names stand in front of the content and count.
            long longName = name.matches("#1/\\d{1,6}") ? Long.parseLong(name.substring(3)) : 0;
            if (!index && bytes > longName) {
                out.content(at + longName, bytes - longName);
            }
            at += bytes + (bytes & 1);
        }
    }
}
