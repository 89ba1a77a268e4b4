package org.bbans.bench;

import org.bbans.codec.ans.AnsStack;

/**
 * Static order-0 coding on an {@link AnsStack}: its interface for adaptive coding, given constant tables. There is no
 * interface for one static distribution, so intervals are looked up into arrays first.
 */
final class Order0 implements Coder {

    /** Symbols looked up together; a multiple of every number of heads. */
    private static final int BATCH = 1024;

    private final ByteTable table;
    private final AnsStack stack;
    private final int size;
    private final int[] slot = new int[BATCH];
    private final int[] start = new int[BATCH];
    private final int[] freq = new int[BATCH];

    Order0(ByteTable table, int size, int heads) {
        this.table = table;
        this.size = size;
        stack = new AnsStack(heads);
    }

    @Override
    public long symbols() {
        return size;
    }

    @Override
    public void push(int[] x) {
        for (int from = (size - 1) / BATCH * BATCH; from >= 0; from -= BATCH) {
            final int n = Math.min(BATCH, size - from);
            for (int j = 0; j < n; j++) {
                start[j] = table.start[x[from + j]];
                freq[j] = table.freq[x[from + j]];
            }
            stack.push(start, freq, 0, n, ByteTable.PRECISION);
        }
    }

    @Override
    public void pop(int[] x) {
        final int heads = stack.heads();
        for (int from = 0; from < size; from += heads) {
            final int n = Math.min(heads, size - from);
            stack.peek(slot, 0, n, ByteTable.PRECISION);
            for (int j = 0; j < n; j++) {
                final int s = table.symbolOfSlot[slot[j]];
                x[from + j] = s;
                start[j] = table.start[s];
                freq[j] = table.freq[s];
            }
            stack.pop(start, freq, 0, n, ByteTable.PRECISION);
        }
    }

    @Override
    public String toString() {
        return "order-0 coder with " + stack.heads() + " heads";
    }
}
