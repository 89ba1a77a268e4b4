package org.bbans.model.net;

/** The rows that go into a dense layer; inputs without a row are zero. */
public final class SparseInputs {

    /** {@code [row][lane]}, the first {@link #count} of them. */
    public final float[][] rows;
    /** Which of the layer's inputs each row is. */
    public final int[] index;
    /** Number of rows. */
    public int count;
    private final int capacity;
    /** Rows for numbers that have none of their own; each is made when it is needed. */
    private final float[][] own;

    /** Makes room for so many inputs, and so many lanes in rows of its own. */
    public SparseInputs(int inputs, int capacity) {
        rows = new float[inputs][];
        index = new int[inputs];
        own = new float[inputs][];
        this.capacity = capacity;
    }

    /** Removes all rows. */
    public void clear() {
        count = 0;
    }

    /** Adds a row for an input, which is greater than that of the row before. */
    public void add(float[] row, int input) {
        rows[count] = row;
        index[count++] = input;
    }

    /** Adds {@code n} rows from {@code from[off]} on, for as many inputs from {@code input} on. */
    public void addAll(float[][] from, int off, int n, int input) {
        System.arraycopy(from, off, rows, count, n);
        for (int i = 0; i < n; i++) {
            index[count++] = input + i;
        }
    }

    /** A row to fill and then to add, or else to leave. */
    public float[] spare() {
        if (own[count] == null) {
            own[count] = new float[capacity];
        }
        return own[count];
    }
}
