package org.bbans.codec.distribution;

import org.bbans.codec.Codec;
import org.bbans.codec.Tape;
import org.bbans.codec.ans.AnsStack;

/**
 * Codes symbols by a {@link Distribution}, symbol {@code j} with row {@code j}. The distribution may be given new
 * parameters between calls; not safe for use by several threads.
 */
public final class DistributionCodec implements Codec {

    private final Distribution distribution;
    private final int size;
    private final int[] symbol;
    private final int[] slot;
    private final int[] start;
    private final int[] freq;

    /** A codec of {@code size} symbols, rows 0 to {@code size - 1} of the distribution, or of the first ones alone. */
    public DistributionCodec(Distribution distribution, int size) {
        this.distribution = distribution;
        this.size = size;
        symbol = new int[size];
        slot = new int[size];
        start = new int[size];
        freq = new int[size];
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void push(AnsStack stack, int[] x, int off) {
        push(stack, x, off, size);
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        pop(stack, x, off, size);
    }

    /** Pushes {@code x[off .. off + n)} by the first {@code n} rows. */
    public void push(AnsStack stack, int[] x, int off, int n) {
        System.arraycopy(x, off, symbol, 0, n);
        distribution.intervals(symbol, 0, n, start, freq);
        stack.push(start, freq, 0, n, Distribution.PRECISION);
    }

    /** Pops into {@code x[off .. off + n)} by the first {@code n} rows. */
    public void pop(AnsStack stack, int[] x, int off, int n) {
        final int precision = Distribution.PRECISION;
        final int heads = stack.heads();
        for (int j = 0; j < n; j += heads) {
            final int some = Math.min(heads, n - j);
            stack.peek(slot, j, some, precision);
            distribution.search(slot, j, some, symbol, start, freq);
            stack.pop(start, freq, j, some, precision);
        }
        System.arraycopy(symbol, 0, x, off, n);
    }

    /** Appends the intervals of {@code x[0 .. n)} by the first {@code n} rows to a tape, as one batch. */
    public void trace(int[] x, int n, int[] owners, Tape tape) {
        distribution.intervals(x, 0, n, start, freq);
        tape.add(start, freq, owners, n);
    }
}
