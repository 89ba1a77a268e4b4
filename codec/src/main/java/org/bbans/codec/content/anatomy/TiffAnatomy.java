package org.bbans.codec.content.anatomy;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * TIFF and BigTIFF: directories of fields, each of them an image, in a chain, with others below them. The pixels of an
 * image lie in strips of rows, or in tiles, all samples of a pixel together or in planes.
 */
final class TiffAnatomy {

    private static final int CLASSIC = 42;
    private static final int BIG = 43;
    /** Images of a file; what comes behind so many is opaque. */
    private static final int MAX_DIRECTORIES = 1 << 18;
    /** Places of strips and tiles that are read of a file, whose directories may all name the same ones. */
    private static final int MAX_PLACES = 1 << 22;

    private final Fields in;
    private final AnatomyBuilder out;
    private final boolean isBig;
    private final ArrayDeque<Long> ahead = new ArrayDeque<>();
    private final Set<Long> seen = new HashSet<>();
    private int places = MAX_PLACES;

    private TiffAnatomy(Fields in, AnatomyBuilder out, boolean isBig) {
        this.in = in;
        this.out = out;
        this.isBig = isBig;
    }

    static void parse(Fields in, AnatomyBuilder out) throws IOException {
        boolean isBigEndian = in.has(0, "MM");
        if (!isBigEndian && !in.has(0, "II")) {
            return;
        }
        in.bigEndian(isBigEndian);
        int version = in.u16(2);
        if (version == CLASSIC || version == BIG && in.u16(4) == Long.BYTES && in.u16(6) == 0) {
            new TiffAnatomy(in, out, version == BIG).directories();
        }
    }

    private void directories() throws IOException {
        ahead.add(isBig ? in.u63(8) : in.u32(4));
        while (!ahead.isEmpty() && seen.size() < MAX_DIRECTORIES && places > 0 && !out.isFull()) {
            long at = ahead.remove();
            if (at != 0 && seen.add(at)) {
                try {
                    directory(at);
                } catch (EOFException beyondTheContent) {
                    // Another image may be whole.
                }
            }
        }
    }

    private void directory(long at) throws IOException {
        long fields = isBig ? in.u63(at) : in.u16(at);
        if (fields > 1 << 16) {
            return;
        }
        int step = isBig ? 20 : 12;
        long next = at + (isBig ? 8 : 2) + fields * step;
        TiffImage image = new TiffImage(in, places);
        for (long field = next - fields * step; field < next; field += step) {
            TiffField value = TiffField.at(in, field, isBig);
            image.set(value);
            for (int i = 0; value.tag() == TiffField.BELOW && i < Math.min(value.count(), 1 << 10); i++) {
                later(value.number(in, i));
            }
        }
        later(isBig ? in.u63(next) : in.u32(next));
        try {
            image.find(out);
        } finally {
            places -= image.placesRead();
        }
    }

    /** Notes a directory to look at, if there are not too many. */
    private void later(long at) {
        if (ahead.size() < MAX_DIRECTORIES && !seen.contains(at)) {
            ahead.add(at);
        }
    }
}
