package org.bbans.bench;

/** The peer of {@link Order0}: the same tables, symbol by symbol on {@link TextbookRans}. */
final class TextbookOrder0 implements Coder {

    private final TextbookRans stack = new TextbookRans();
    private final ByteTable table;
    private final int size;

    TextbookOrder0(ByteTable table, int size) {
        this.table = table;
        this.size = size;
    }

    @Override
    public long symbols() {
        return size;
    }

    @Override
    public void push(int[] x) {
        for (int j = size - 1; j >= 0; j--) {
            stack.push(table.start[x[j]], table.freq[x[j]], ByteTable.PRECISION);
        }
    }

    @Override
    public void pop(int[] x) {
        for (int j = 0; j < size; j++) {
            x[j] = table.symbolOfSlot[stack.peek(ByteTable.PRECISION)];
            stack.pop(table.start[x[j]], table.freq[x[j]], ByteTable.PRECISION);
        }
    }

    @Override
    public String toString() {
        return "textbook order-0 coder";
    }
}
