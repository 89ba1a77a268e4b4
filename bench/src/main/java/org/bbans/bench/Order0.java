package org.bbans.bench;

import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.ans.StaticTable;

/** Static order-0 coding on an {@link AnsStack}. */
final class Order0 implements Coder {

    private final StaticTable table;
    private final AnsStack stack;
    private final int size;

    Order0(ByteTable table, int size, int heads) {
        this.table = new StaticTable(table.freq);
        this.size = size;
        stack = new AnsStack(heads);
    }

    @Override
    public long symbols() {
        return size;
    }

    @Override
    public void push(int[] x) {
        stack.push(table, x, 0, size);
    }

    @Override
    public void pop(int[] x) {
        stack.pop(table, x, 0, size);
    }

    @Override
    public String toString() {
        return "order-0 coder with " + stack.heads() + " heads";
    }
}
