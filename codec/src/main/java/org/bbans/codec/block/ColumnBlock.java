package org.bbans.codec.block;

import java.util.function.IntConsumer;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.set.ColumnCodec;
import org.bbans.codec.set.RecordOrder;

/** A block of whole records that have no order, coded without a model. */
public final class ColumnBlock {

    /** Larger records are not tried: what their order takes is nothing beside them, their tables much memory. */
    private static final int LARGEST_RECORD = 1 << 16;

    private ColumnBlock() {}

    static boolean maySave(Layout layout) {
        return layout.unordered() && layout.recordBytes() <= LARGEST_RECORD;
    }

    /** Bytes of memory that decoding takes at most beside payload, records and their order. */
    public static long memory(Layout layout, long payloadBytes) {
        return ColumnCodec.memory(layout.recordBytes(), payloadBytes);
    }

    static byte[] encode(Layout layout, byte[] raw, IntConsumer done) {
        int size = (int) layout.recordBytes();
        return ColumnCodec.encode(raw, raw.length / size, size, done);
    }

    /** Restores {@code rawSize} bytes, a whole number of records; {@code done} is told how many are decoded. */
    public static byte[] decode(Layout layout, byte[] payload, int rawSize, IntConsumer done)
            throws CorruptArchiveException {
        int size = (int) layout.recordBytes();
        int records = rawSize / size;
        byte[] raw = new byte[rawSize];
        try {
            ColumnCodec.decode(payload, raw, records, size, done);
        } catch (IllegalArgumentException e) {
            throw new CorruptArchiveException("the records' columns: " + e.getMessage(), e);
        }
        RecordOrder.sort(raw, 0, records, size, layout.prefix());
        return raw;
    }
}
