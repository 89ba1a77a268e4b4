package org.bbans.codec.content;

import java.util.Optional;
import org.bbans.codec.format.SampleFormat;

/** PAM, the general one of the Netpbm formats: lines of a word and a value up to ENDHDR, then pixels of any depth. */
final class Pam {

    private static final int MAX_HEADER = 1 << 16;
    private static final int BYTE_MAX = 255;
    private static final int WORD_MAX = 65535;

    private Pam() {}

    static Optional<Finding> parse(FileStart head) {
        if (!head.startsWith("P7\n")) {
            return Optional.empty();
        }
        long width = 0;
        long height = 0;
        long depth = 0;
        long maxval = 0;
        int at = 3;
        while (true) {
            int end = at;
            while (end < head.length() && end < MAX_HEADER && head.u8(end) != '\n') {
                end++;
            }
            if (end == head.length() || end == MAX_HEADER) {
                return Optional.of(Finding.none("PAM whose header does not end"));
            }
            String[] words = head.text(at, end - at).strip().split("\\s+", 2);
            at = end + 1;
            switch (words[0]) {
                case "ENDHDR" -> {
                    return Optional.of(image(head, at, width, height, depth, maxval));
                }
                case "WIDTH" -> width = number(words);
                case "HEIGHT" -> height = number(words);
                case "DEPTH" -> depth = number(words);
                case "MAXVAL" -> maxval = number(words);
                default -> {
                    // Comments, blank lines, the name of what a tuple is.
                }
            }
        }
    }

    private static Finding image(FileStart head, int header, long width, long height, long depth, long maxval) {
        if (width <= 0 || height <= 0 || depth <= 0 || maxval <= 0 || maxval > WORD_MAX) {
            return Finding.none("PAM of " + width + " x " + height + " pixels of " + depth + " samples up to " + maxval
                    + ", which cannot be");
        }
        SampleFormat format = maxval <= BYTE_MAX ? SampleFormat.U8
                : new SampleFormat.Words(true, false, false, (int) maxval + 1);
        long[] extents = depth == 1 ? new long[] {height, width} : new long[] {height, width, depth};
        return Netpbm.images(head, "PAM", header, Records.product(height, width, depth, maxval <= BYTE_MAX ? 1 : 2),
                extents, format);
    }

    /** The number behind a word; 0, which no field may have, if there is none. */
    private static long number(String[] words) {
        return words.length == 2 && words[1].matches("\\d{1,9}") ? Long.parseLong(words[1]) : 0;
    }
}
