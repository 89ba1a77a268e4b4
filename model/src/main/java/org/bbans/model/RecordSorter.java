package org.bbans.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.Layout;
import org.bbans.codec.set.RecordOrder;

/** Brings the records of a content into their canonical order, in memory. */
final class RecordSorter {

    /** The largest content. */
    private static final int MAX_BYTES = 1 << 30;

    private RecordSorter() {}

    /**
     * The content with its records in order; what stands before and behind them stays.
     *
     * @throws IOException if the content cannot be read or is larger than 1 GiB
     */
    static InputStream sorted(InputStream in, Layout layout) throws IOException {
        byte[] content = in.readNBytes(MAX_BYTES + 1);
        if (content.length > MAX_BYTES) {
            throw new OrderedContentException("is larger than 1 GiB, the most whose records can be sorted");
        }
        int records = (int) layout.records(content.length);
        int from = (int) layout.leading();
        int size = (int) layout.recordBytes();
        long[] before = sum(content, from, records, size);
        RecordOrder.sort(content, from, records, size, layout.prefix());
        long[] after = sum(content, from, records, size);
        if (before[0] != after[0] || before[1] != after[1]) {
            throw new IllegalStateException("sorting has changed the records");
        }
        return new ByteArrayInputStream(content);
    }

    /** A hash that does not depend on the records' order: the sums of two parts of their SHA-256. */
    private static long[] sum(byte[] content, int from, int records, int size) {
        MessageDigest sha256 = Checksums.sha256();
        long[] sum = new long[2];
        for (int i = 0; i < records; i++) {
            sha256.update(content, from + i * size, size);
            ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
            sum[0] += digest.getLong();
            sum[1] += digest.getLong();
        }
        return sum;
    }
}
