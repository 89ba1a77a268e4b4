package org.bbans.codec.content.anatomy;

import java.io.IOException;
import java.util.List;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.Fields;

/** Binary PBM, PGM, PPM and PAM images (P4 to P7), two or more, one behind the other, of any sizes. */
final class PnmAnatomy {

    private static final int BYTE_MAX = 255;
    private static final int WORD_MAX = 65535;
    private static final int MAX_HEADER = 1 << 10;
    private static final List<String> PAM_WORDS = List.of("WIDTH", "HEIGHT", "DEPTH", "MAXVAL");

    private final Fields in;
    private long at;

    private PnmAnatomy(Fields in) {
        this.in = in;
    }

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        new PnmAnatomy(in).images(out);
    }

    private void images(AnatomyBuilder out) throws IOException {
        Records first = null;
        long firstAt = 0;
        for (int images = 0; at < in.size() && !out.isFull(); images++) {
            Records image = header();
            if (image == null) {
                return;
            }
            // A single image is the business of the layout.
            if (images == 0) {
                first = image;
                firstAt = at;
            } else {
                if (images == 1) {
                    out.records(first, firstAt);
                }
                out.records(image, at);
            }
            at += image.layout().orElseThrow().recordBytes();
        }
    }

    /** The image whose header stands at the place, which is then behind it; null if there is none. */
    private Records header() throws IOException {
        if (in.has(at, "P7\n")) {
            return pam();
        }
        if (!in.has(at, "P4") && !in.has(at, "P5") && !in.has(at, "P6")) {
            return null;
        }
        int type = in.u8(at + 1);
        long start = at;
        at += 2;
        long width = number(start);
        long height = number(start);
        long most = type == '4' ? 1 : number(start);
        if (width < 1 || height < 1 || most < 1 || most > WORD_MAX || !isBlank(in.u8(at))) {
            return null;
        }
        at++;
        SampleFormat format = type == '4' ? SampleFormat.BIT_ROWS : format(most);
        Records image = type == '6' ? Records.images("PPM", 1, format, height, width, 3)
                : Records.images(type == '4' ? "PBM" : "PGM", 1, format, height, width);
        return image.layout().isPresent() ? image : null;
    }

    private static SampleFormat format(long most) {
        return most <= BYTE_MAX ? SampleFormat.U8 : new SampleFormat.Words(true, false, false, (int) most + 1);
    }

    /** The same for PAM: lines of a word and a value. */
    private Records pam() throws IOException {
        long start = at;
        long[] values = new long[PAM_WORDS.size()];
        at += 3;
        while (at - start < MAX_HEADER) {
            String line = line();
            if (line.equals("ENDHDR")) {
                return pam(values[0], values[1], values[2], values[3]);
            }
            String[] words = line.split(" ", 2);
            int word = PAM_WORDS.indexOf(words[0]);
            if (word >= 0) {
                values[word] = words.length == 2 && words[1].matches("\\d{1,9}") ? Long.parseLong(words[1]) : 0;
            }
        }
        return null;
    }

    private static Records pam(long width, long height, long depth, long most) {
        if (width < 1 || height < 1 || depth < 1 || most < 1 || most > WORD_MAX) {
            return null;
        }
        Records image = depth == 1 ? Records.images("PAM", 1, format(most), height, width)
                : Records.images("PAM", 1, format(most), height, width, depth);
        return image.layout().isPresent() ? image : null;
    }

    /** The line at the place, which is then behind it. */
    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_HEADER && in.u8(at) != '\n') {
            line.append((char) in.u8(at++));
        }
        at++;
        return line.toString();
    }

    /** A decimal number of at most nine digits behind blanks and comments; -1 if there is none. */
    private long number(long start) throws IOException {
        long before = at;
        while (at - start < MAX_HEADER && (isBlank(in.u8(at)) || in.u8(at) == '#')) {
            if (in.u8(at) == '#') {
                while (at - start < MAX_HEADER && in.u8(at) != '\n') {
                    at++;
                }
            } else {
                at++;
            }
        }
        long value = at == before ? -1 : 0;
        int digits = 0;
        for (; value >= 0 && in.u8(at) >= '0' && in.u8(at) <= '9'; at++) {
            value = ++digits > 9 ? -1 : value * 10 + in.u8(at) - '0';
        }
        return digits == 0 ? -1 : value;
    }

    private static boolean isBlank(int b) {
        return b == ' ' || b >= '\t' && b <= '\r';
    }
}
