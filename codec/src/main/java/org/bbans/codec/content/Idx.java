package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.format.SampleFormat;

/** IDX, the format of MNIST: two zero bytes, element type, rank, extents as four bytes each; all big-endian. */
final class Idx {

    private static final int MAX_RANK = 5;
    /** Bytes of a record; of a file that does not hold what it says, a smaller one would be one by chance. */
    private static final int LEAST_RECORD = 16;

    private Idx() {}

    static Optional<Finding> parse(FileStart head) {
        int rank = head.u8(3);
        if (head.u8(0) != 0 || head.u8(1) != 0 || rank < 2 || rank > MAX_RANK || head.length() < 4 + 4 * rank) {
            return Optional.empty();
        }
        int type = head.u8(2);
        SampleFormat format = format(type);
        long[] extents = new long[rank];
        for (int i = 0; i < rank; i++) {
            extents[i] = head.u32(4 + 4 * i);
        }
        int sampleBytes = format == null ? 1 : format.levels() > 256 ? 2 : 1;
        long bytes = Records.product(Records.product(extents), sampleBytes);
        long leading = 4 + 4L * rank;
        long[] record = Arrays.copyOfRange(extents, 1, rank);
        long recordBytes = Records.product(Records.product(record), sampleBytes);
        if (format != null && bytes > 0 && recordBytes >= LEAST_RECORD && head.whole(leading, recordBytes) > 0
                && head.whole(leading, recordBytes) < extents[0]) {
            return Optional.of(Finding.of(new Records("cut-off IDX", leading, 0, head.whole(leading, recordBytes),
                    record, format, false)));
        }
        if (format == null || bytes == 0 || bytes > Long.MAX_VALUE - leading || !head.mayHave(leading + bytes)) {
            return whyNot(head, type, leading, bytes);
        }
        return Optional.of(Finding.of(new Records("IDX", leading, 0, extents[0], record, format, false)));
    }

    /** Four numbers may look like IDX by chance: only what fits in size is taken for it. */
    private static Optional<Finding> whyNot(FileStart head, int type, long leading, long bytes) {
        int sampleBytes = switch (type) {
            case 0x0C, 0x0D -> 4;
            case 0x0E -> 8;
            default -> 0;
        };
        long all = Records.product(bytes, sampleBytes);
        return sampleBytes > 0 && bytes > 0 && all <= Long.MAX_VALUE - leading && head.mayHave(leading + all)
                ? Optional.of(Finding.none("IDX of " + 8 * sampleBytes + "-bit "
                        + (type == 0x0C ? "integers" : "floating-point numbers") + ": no model codes such"))
                : Optional.empty();
    }

    private static SampleFormat format(int type) {
        return switch (type) {
            case 0x08 -> SampleFormat.U8;
            case 0x09 -> SampleFormat.I8;
            case 0x0B -> new SampleFormat.Words(true, true, false, SampleFormat.Words.MAX_LEVELS);
            default -> null;
        };
    }
}
