package org.bbans.codec.set;

import java.util.Arrays;
import org.bbans.codec.ans.AnsStack;

/**
 * Records that an encoder draws from their multiset, without putting them back, by popping which one, and that a
 * decoder returns to it, pushing which one it was. What the order of records would cost is so returned to the stack:
 * {@code log2(n! / (k_1! k_2! ...))} bits for {@code n} records among which there are {@code k_1, k_2, ...} equal ones.
 *
 * <p>A record of a set of {@code m} has as many of m shares as there are records in the set that equal it, behind the
 * shares of all that are less. Several are drawn or returned in one batch.
 */
public final class Draws {

    /** Records that a set may hold: every one has four slots at least. */
    public static final int MAX_RECORDS = 1 << 22;

    private final Multiset set;
    private final int[] start;
    private final int[] freq;
    private final int[] slot = new int[AnsStack.MAX_HEADS];

    private Draws(Multiset set, int most) {
        this.set = set;
        start = new int[most];
        freq = new int[most];
    }

    /**
     * The encoder's side, which begins with all records.
     *
     * @param bytes records, one after the other; they must not change
     * @param records number of them, at most {@link #MAX_RECORDS}
     * @param size bytes of a record
     * @param most records in one batch
     */
    public static Draws encoder(byte[] bytes, int records, int size, int most) {
        return new Draws(Multiset.full(bytes, records, size), most);
    }

    /** The decoder's side, which begins with none; records must not change once they have been returned. */
    public static Draws decoder(byte[] bytes, int records, int size, int most) {
        return new Draws(new Multiset(bytes, records, size), most);
    }

    /**
     * Draws records.
     *
     * @param stack what they are popped from; null to take any ones without it
     * @param rows receives their numbers
     */
    public void draw(AnsStack stack, int[] rows, int n) {
        if (stack == null) {
            for (int j = 0; j < n; j++) {
                rows[j] = set.take(set.size() - 1);
            }
            return;
        }
        for (int from = 0; from < n; from += stack.heads()) {
            final int size = Math.min(stack.heads(), n - from);
            stack.peek(slot, 0, size, Shares.PRECISION);
            for (int j = 0; j < size; j++) {
                final int m = set.size();
                rows[from + j] = set.take(Shares.at(slot[j], m));
                interval(j, m);
            }
            stack.pop(start, freq, 0, size, Shares.PRECISION);
        }
    }

    /**
     * Returns records, the last one first.
     *
     * @param stack what they are pushed to; null if they were drawn without it
     * @param first number of the first of {@code n} records that follow each other
     */
    public void giveBack(AnsStack stack, int first, int n) {
        for (int j = n - 1; j >= 0; j--) {
            set.add(first + j);
            interval(j, set.size());
        }
        if (stack != null) {
            stack.push(start, freq, 0, n, Shares.PRECISION);
        }
    }

    private void interval(int j, int m) {
        start[j] = Shares.first(set.below(), m);
        freq[j] = Shares.first(set.below() + set.copies(), m) - start[j];
    }

    /** Bits that leaving out their order saves of each of so many different records: {@code log2(n!) / n}. */
    public static double saved(long records) {
        double nats = 0;
        if (records > 1) {
            // Stirling's series, whose error is below 1 / 360 here.
            nats = (records + 0.5) * StrictMath.log(records) - records + 0.5 * StrictMath.log(2 * Math.PI)
                    + 1.0 / (12 * records);
        }
        return nats / Math.max(1, records) / StrictMath.log(2);
    }

    /** Bits that the first draw takes on average: the entropy of a record of the set. */
    public static double bits(byte[] bytes, int records, int size) {
        final int[] order = RecordOrder.of(bytes, 0, records, size, 0);
        double sum = 0;
        int from = 0;
        for (int i = 1; i <= records; i++) {
            final int a = order[from] * size;
            final int b = i < records ? order[i] * size : a;
            if (i == records || !Arrays.equals(bytes, a, a + size, bytes, b, b + size)) {
                sum += (i - from) * StrictMath.log((double) records / (i - from));
                from = i;
            }
        }
        return sum / records / StrictMath.log(2);
    }
}
