package org.bbans.codec.set;

import java.util.Arrays;
import org.bbans.codec.format.Layout;

/** Whether the records of a content that is read piece by piece stand in their {@linkplain RecordOrder order}. */
public final class OrderCheck {

    private static final int SMALL = 1 << 12;

    private final int size;
    private final int prefix;
    /** Records that are still to come; negative for as many as there are. */
    private long left;
    private long leading;
    private byte[] last = {};
    private byte[] record = {};
    private int filled;
    private boolean sorted = true;

    private OrderCheck(long leading, int size, int prefix, long records) {
        this.leading = leading;
        this.size = size;
        this.prefix = prefix;
        this.left = records;
    }

    /** A check of a content whose records have no order, which are no larger than an array. */
    public static OrderCheck of(Layout layout) {
        return new OrderCheck(layout.leading(), (int) layout.recordBytes(), layout.prefix(), layout.count());
    }

    /** Takes the next bytes of the content. */
    public void accept(byte[] bytes, int off, int len) {
        int from = off + (int) Math.min(leading, len);
        leading -= from - off;
        while (from < off + len && left != 0) {
            final int n = Math.min(size - filled, off + len - from);
            if (filled + n > record.length) {
                record = Arrays.copyOf(record, (int) Math.min(size, Math.max(SMALL, 2L * (filled + n))));
            }
            System.arraycopy(bytes, from, record, filled, n);
            filled += n;
            from += n;
            if (filled == size) {
                end();
            }
        }
    }

    /** Whether no record so far was less than the one before it. */
    public boolean isSorted() {
        return sorted;
    }

    private void end() {
        filled = 0;
        left--;
        if (last.length == size) {
            final int samples = Arrays.compareUnsigned(last, prefix, size, record, prefix, size);
            sorted &= samples < 0
                    || samples == 0 && Arrays.compareUnsigned(last, 0, prefix, record, 0, prefix) <= 0;
        }
        final byte[] free = last.length == size ? last : new byte[size];
        last = record;
        record = free;
    }
}
