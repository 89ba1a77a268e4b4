package org.bbans.codec.content.tiff;

import java.io.IOException;
import org.bbans.codec.io.Fields;

/**
 * A field of a TIFF directory: numbers without sign.
 *
 * @param tag what it says
 * @param bytes of one number: 1, 2, 4 or 8; 0 for other types
 * @param count numbers
 * @param at where they are
 * @param in what they are read through
 */
record TiffField(int tag, int bytes, long count, long at, Fields in) {

    /** Directories below this one. */
    static final int BELOW = 330;

    /** Bytes of a number by the type's code: of those without sign, and of directories' places. */
    private static final int[] BYTES = {0, 1, 0, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 8, 0, 8};

    /**
     * Reads a field; its numbers stand in it if there is room for them.
     *
     * @param in what directories are read through
     * @param elsewhere what numbers are read through that do not stand in their field, so that both keep their page
     * @param at where the field begins
     * @param isBig whether the file is a BigTIFF file
     */
    static TiffField at(Fields in, Fields elsewhere, long at, boolean isBig) throws IOException {
        int type = in.u16(at + 2);
        int bytes = type < BYTES.length ? BYTES[type] : 0;
        long count = isBig ? in.u63(at + 4) : in.u32(at + 4);
        int room = isBig ? 8 : 4;
        long value = at + (isBig ? 12 : 8);
        boolean inside = bytes == 0 || count <= room / bytes;
        return new TiffField(in.u16(at), bytes, bytes == 0 ? 0 : count,
                inside ? value : isBig ? in.u63(value) : in.u32(value), inside ? in : elsewhere);
    }

    /** One of the numbers; 0 if there are fewer. */
    long number(long index) throws IOException {
        if (index >= count) {
            return 0;
        }
        long place = at + index * bytes;
        return switch (bytes) {
            case 1 -> in.u8(place);
            case 2 -> in.u16(place);
            case 4 -> in.u32(place);
            default -> in.u63(place);
        };
    }

    /** Whether all numbers, few of them, are the same. */
    boolean isUniform() throws IOException {
        boolean uniform = count <= 1 << 10;
        for (long i = 1; i < count && uniform; i++) {
            uniform = number(i) == number(0);
        }
        return uniform;
    }
}
