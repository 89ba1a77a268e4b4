package org.bbans.codec.content;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.format.SampleFormat;

/** IDX, the format of MNIST: two zero bytes, element type 8 (unsigned byte), rank, extents as four bytes each. */
final class Idx {

    private static final int UNSIGNED_BYTE = 8;

    private Idx() {
    }

    static Optional<Records> parse(FileStart head) {
        int rank = head.u8(3);
        if (head.u8(0) != 0 || head.u8(1) != 0 || head.u8(2) != UNSIGNED_BYTE || rank < 2 || rank > 5
                || head.length() < 4 + 4 * rank) {
            return Optional.empty();
        }
        long[] extents = new long[rank];
        for (int i = 0; i < rank; i++) {
            extents[i] = head.u32(4 + 4 * i);
        }
        long bytes = Records.product(extents);
        long leading = 4 + 4L * rank;
        if (bytes == 0 || bytes > Long.MAX_VALUE - leading || !head.mayHave(leading + bytes)) {
            return Optional.empty();
        }
        return Optional.of(new Records("IDX", leading, 0, extents[0], Arrays.copyOfRange(extents, 1, rank),
                SampleFormat.U8));
    }
}
