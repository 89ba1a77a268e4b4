package org.bbans.codec.block;

import java.util.function.IntConsumer;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.set.ColumnCodec;
import org.bbans.codec.set.RecordOrder;

/** A block of whole records that have no order, coded without a model. */
public final class ColumnBlock {

    private ColumnBlock() {}

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
