package org.bbans.model;

/** The rows that go into a dense layer; inputs without a row are zero. */
final class InputRows {

    /** {@code [row][lane]}, the first {@link #count} of them. */
    final float[][] rows;
    /** Which of the layer's inputs each row is. */
    final int[] index;
    int count;

    InputRows(int inputs) {
        rows = new float[inputs][];
        index = new int[inputs];
    }

    void clear() {
        count = 0;
    }

    void add(float[] row, int input) {
        rows[count] = row;
        index[count++] = input;
    }

    /** Adds {@code n} rows from {@code from[off]} on, for as many inputs from {@code input} on. */
    void addAll(float[][] from, int off, int n, int input) {
        System.arraycopy(from, off, rows, count, n);
        for (int i = 0; i < n; i++) {
            index[count++] = input + i;
        }
    }
}
