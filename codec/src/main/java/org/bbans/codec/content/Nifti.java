package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.format.SampleFormat;

/**
 * NIfTI-1 and NIfTI-2 in one file, both byte orders: a header of fixed size, with extents the fastest first, then the
 * voxels. A record is a slice of the two fastest axes.
 */
final class Nifti {

    private static final int HEADER_1 = 348;
    private static final int HEADER_2 = 540;
    private static final int MAX_RANK = 7;
    private static final int RGB = 128;

    private Nifti() {}

    static Optional<Finding> parse(FileStart head) {
        boolean one = head.length() > HEADER_1 + 4 && head.text(344, 4).equals("n+1\0");
        boolean two = head.length() > HEADER_2 && head.text(4, 4).equals("n+2\0");
        if (!one && !two) {
            return Optional.empty();
        }
        boolean big = head.u8(0) == 0;
        int header = one ? HEADER_1 : HEADER_2;
        if (number(head, 0, Integer.BYTES, big) != header) {
            return Optional.empty();
        }
        int width = one ? Short.BYTES : Long.BYTES;
        int dims = one ? 40 : 16;
        long rank = number(head, dims, width, big);
        int type = (int) number(head, one ? 70 : 12, Short.BYTES, big);
        long voxels = one ? offset(head, big) : number(head, 168, Long.BYTES, big);
        SampleFormat format = format(type, big);
        if (format == null || rank < 2 || rank > MAX_RANK || voxels < header) {
            return Optional.of(Finding.none("NIfTI of " + rank + " axes with numbers of type " + type
                    + ": no model codes such"));
        }
        long[] e = new long[(int) rank];
        for (int i = 0; i < rank; i++) {
            e[i] = number(head, dims + (i + 1) * width, width, big);
        }
        if (Arrays.stream(e).anyMatch(x -> x < 1)) {
            return Optional.of(Finding.none("NIfTI without voxels"));
        }
        long count = Records.product(Arrays.copyOfRange(e, 2, e.length));
        int channels = type == RGB ? 3 : 1;
        long bytes = Records.product(count, e[1], e[0], channels, format instanceof SampleFormat.Words ? 2 : 1);
        if (bytes > Long.MAX_VALUE - voxels || !head.mayHaveAtLeast(voxels + bytes)) {
            return Optional.of(Finding.none("NIfTI that announces " + bytes + " bytes of voxels and has fewer"));
        }
        return Optional.of(Finding.of(new Records("NIfTI", voxels, 0, count,
                channels == 1 ? new long[] {e[1], e[0]} : new long[] {e[1], e[0], channels}, format, true)));
    }

    /** Where the voxels begin: a float in NIfTI-1. */
    private static long offset(FileStart head, boolean big) {
        float at = Float.intBitsToFloat((int) number(head, 108, Integer.BYTES, big));
        return at >= HEADER_1 && at < 1 << 24 ? (long) at : -1;
    }

    private static SampleFormat format(int type, boolean big) {
        return switch (type) {
            case 2, RGB -> SampleFormat.U8;
            case 256 -> SampleFormat.I8;
            case 4 -> new SampleFormat.Words(big, true, false, SampleFormat.Words.MAX_LEVELS);
            case 512 -> new SampleFormat.Words(big, false, false, SampleFormat.Words.MAX_LEVELS);
            default -> null;
        };
    }

    /** A number with sign; those of fewer than eight bytes without. */
    private static long number(FileStart head, int at, int bytes, boolean big) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << Byte.SIZE | head.u8(at + (big ? i : bytes - 1 - i));
        }
        return value;
    }
}
