package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.bbans.codec.content.number.NumberArray;
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

    /** The fields that say where the voxels are and what they are; those of NIfTI-2 are wider. */
    private record VoxelHeader(boolean isTwo, boolean isBigEndian, int type, long rank, long voxels) {

        static Optional<VoxelHeader> of(FileStart head) {
            boolean one = head.length() > HEADER_1 + 4 && head.text(344, 4).equals("n+1\0");
            boolean two = head.length() > HEADER_2 && head.text(4, 4).equals("n+2\0");
            boolean big = head.u8(0) == 0;
            if (!one && !two || number(head, 0, Integer.BYTES, big) != (one ? HEADER_1 : HEADER_2)) {
                return Optional.empty();
            }
            return Optional.of(new VoxelHeader(!one, big, (int) number(head, one ? 70 : 12, Short.BYTES, big),
                    extent(head, !one, big, 0), one ? offset(head, big) : number(head, 168, Long.BYTES, big)));
        }

        boolean hasAxes() {
            return rank >= 2 && rank <= MAX_RANK && voxels >= (isTwo ? HEADER_2 : HEADER_1);
        }

        /** An extent, from 1 on, the fastest first; 0 is the rank. */
        private static long extent(FileStart head, boolean two, boolean big, int i) {
            int width = two ? Long.BYTES : Short.BYTES;
            return number(head, (two ? 16 : 40) + i * width, width, big);
        }

        /** The extents, slowest first. */
        long[] extents(FileStart head) {
            return LongStream.range(0, rank).map(i -> extent(head, isTwo, isBigEndian, (int) (rank - i))).toArray();
        }
    }

    /** The voxels, if they are numbers of several bytes. */
    static Optional<NumberArray> numbers(FileStart head) {
        return VoxelHeader.of(head).filter(VoxelHeader::hasAxes).flatMap(h -> {
            String type = switch (h.type) {
                case 4 -> "i2";
                case 8 -> "i4";
                case 16 -> "f4";
                case 64 -> "f8";
                case 512 -> "u2";
                case 768 -> "u4";
                case 1024 -> "i8";
                case 1280 -> "u8";
                default -> null;
            };
            return type == null ? Optional.empty() : Optional.of(new NumberArray(type.charAt(0), type.charAt(1) - '0',
                    h.isBigEndian, h.extents(head), h.voxels));
        });
    }

    static Optional<Finding> parse(FileStart head) {
        Optional<VoxelHeader> header = VoxelHeader.of(head);
        return header.isEmpty() ? Optional.empty() : Optional.of(voxels(head, header.get()));
    }

    private static Finding voxels(FileStart head, VoxelHeader h) {
        SampleFormat format = format(h.type, h.isBigEndian);
        if (format == null || !h.hasAxes()) {
            return Finding.none("NIfTI of " + h.rank + " axes with numbers of type " + h.type
                    + ": no model codes such");
        }
        long[] e = h.extents(head);
        if (Arrays.stream(e).anyMatch(x -> x < 1)) {
            return Finding.none("NIfTI without voxels");
        }
        long height = e[e.length - 2];
        long width = e[e.length - 1];
        long count = Records.product(Arrays.copyOf(e, e.length - 2));
        int channels = h.type == RGB ? 3 : 1;
        long bytes = Records.product(count, height, width, channels, format instanceof SampleFormat.Words ? 2 : 1);
        if (bytes > Long.MAX_VALUE - h.voxels || !head.mayHaveAtLeast(h.voxels + bytes)) {
            return Finding.none("NIfTI that announces " + bytes + " bytes of voxels and has fewer");
        }
        return Finding.of(new Records("NIfTI", h.voxels, 0, count,
                channels == 1 ? new long[] {height, width} : new long[] {height, width, channels}, format, true));
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
