package org.bbans.bench;

import java.util.Random;
import org.bbans.codec.ans.StaticTable;

/** One static distribution of bytes, as order-0 coders use it: intervals by symbol, and the symbol of every slot. */
final class ByteTable {

    static final int PRECISION = StaticTable.PRECISION;

    final int[] start = new int[256];
    final int[] freq = new int[256];
    final int[] symbolOfSlot = new int[1 << PRECISION];

    /** A distribution like text's: 97 symbols in no order, probabilities falling as 1 / (rank + 3), about 5.6 bits. */
    static ByteTable random(long seed) {
        final int symbols = 97;
        final int[] order = new Random(seed).ints(0, 256).distinct().limit(symbols).toArray();
        double total = 0;
        for (int i = 0; i < symbols; i++) {
            total += 1.0 / (i + 3);
        }
        final ByteTable t = new ByteTable();
        int left = 1 << PRECISION;
        for (int i = symbols - 1; i > 0; i--) {
            t.freq[order[i]] = Math.max(1, (int) ((1 << PRECISION) / (i + 3) / total));
            left -= t.freq[order[i]];
        }
        t.freq[order[0]] = left;
        int sum = 0;
        for (int s = 0; s < 256; s++) {
            t.start[s] = sum;
            for (int i = 0; i < t.freq[s]; i++) {
                t.symbolOfSlot[sum++] = s;
            }
        }
        return t;
    }

    /** Independent symbols. */
    int[] draw(int n, long seed) {
        final Random random = new Random(seed);
        final int[] x = new int[n];
        for (int j = 0; j < n; j++) {
            x[j] = symbolOfSlot[random.nextInt(1 << PRECISION)];
        }
        return x;
    }
}
