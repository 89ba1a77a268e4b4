package org.bbans.codec.content.tiff;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.bbans.codec.io.Fields;

/** The directories of a TIFF or BigTIFF file: fields of images, in a chain, with others below them. */
public final class TiffDirectories {

    private static final int CLASSIC = 42;
    private static final int BIG = 43;
    /** Images of a file; what comes behind so many is opaque. */
    private static final int MAX_DIRECTORIES = 1 << 18;
    /** Places of strips and tiles that are read of a file, whose directories may all name the same ones. */
    private static final int MAX_PLACES = 1 << 22;
    /** Fields, and places of directories below, that are read of a file however small it is. */
    private static final int FREE_FIELDS = 1 << 16;
    /** Bytes of the smallest field. */
    private static final int FIELD_BYTES = 12;
    /** Directories that a field names. */
    private static final int MAX_BELOW = 1 << 10;

    private final Fields in;
    private final Fields elsewhere;
    private final Visitor visitor;
    private final boolean isBig;
    private final ArrayDeque<Long> ahead = new ArrayDeque<>();
    private final Set<Long> seen = new HashSet<>();
    private int places = MAX_PLACES;
    /** Fields, and places of directories below, that may still be read: directories may lie within each other. */
    private long fieldsLeft;

    /** Whoever looks at images. */
    @FunctionalInterface
    public interface Visitor {

        /**
         * Looks at the next image.
         *
         * @return whether more are wanted
         * @throws EOFException if it says what is not within the file; others may be whole
         */
        boolean visit(TiffImage image) throws IOException;
    }

    private TiffDirectories(Fields in, Fields elsewhere, Visitor visitor, boolean isBig) {
        this.in = in;
        this.elsewhere = elsewhere;
        fieldsLeft = FREE_FIELDS + in.size() / FIELD_BYTES;
        this.visitor = visitor;
        this.isBig = isBig;
    }

    /** Whether a file that begins like this may be a TIFF file. */
    public static boolean looksLikeTiff(byte[] head, int length) {
        if (length < 4) {
            return false;
        }
        int version = head[0] == 'M' ? head[3] : head[2];
        return (head[0] == 'I' && head[1] == 'I' && head[3] == 0 || head[0] == 'M' && head[1] == 'M' && head[2] == 0)
                && (version == CLASSIC || version == BIG);
    }

    /** Visits the images of a content, none if it begins otherwise than a TIFF file; the byte order is then its own. */
    public static void visit(Fields in, Visitor visitor) throws IOException {
        boolean isBigEndian = in.has(0, "MM");
        if (!isBigEndian && !in.has(0, "II")) {
            return;
        }
        in.bigEndian(isBigEndian);
        int version = in.u16(2);
        if (version == CLASSIC || version == BIG && in.u16(4) == Long.BYTES && in.u16(6) == 0) {
            Fields elsewhere = new Fields(in.content());
            elsewhere.bigEndian(isBigEndian);
            new TiffDirectories(in, elsewhere, visitor, version == BIG).all();
        }
    }

    private void all() throws IOException {
        ahead.add(isBig ? in.u63(8) : in.u32(4));
        boolean goesOn = true;
        while (!ahead.isEmpty() && seen.size() < MAX_DIRECTORIES && places > 0 && goesOn) {
            long at = ahead.remove();
            if (at != 0 && seen.add(at)) {
                try {
                    goesOn = directory(at);
                } catch (EOFException beyondTheContent) {
                    // Another image may be whole.
                }
            }
        }
    }

    private boolean directory(long at) throws IOException {
        long fields = isBig ? in.u63(at) : in.u16(at);
        if (fields > 1 << 16) {
            return true;
        }
        fieldsLeft -= fields + 1;
        if (fieldsLeft < 0) {
            return false;
        }
        int step = isBig ? 20 : FIELD_BYTES;
        long next = at + (isBig ? 8 : 2) + fields * step;
        TiffImage image = new TiffImage(in.size(), places);
        for (long field = next - fields * step; field < next; field += step) {
            TiffField value = TiffField.at(in, elsewhere, field, isBig);
            image.set(value);
            long below = value.tag() == TiffField.BELOW ? Math.min(value.count(), MAX_BELOW) : 0;
            for (int i = 0; i < below && fieldsLeft > 0; i++) {
                fieldsLeft--;
                later(value.number(i));
            }
        }
        later(isBig ? in.u63(next) : in.u32(next));
        try {
            return !image.read() || visitor.visit(image);
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
