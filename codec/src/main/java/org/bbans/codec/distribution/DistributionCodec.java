package org.bbans.codec.distribution;

import org.bbans.codec.Codec;
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

    /** A codec of {@code size} symbols, rows 0 to {@code size - 1} of the distribution. */
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
        System.arraycopy(x, off, symbol, 0, size);
        distribution.intervals(symbol, 0, size, start, freq);
        stack.push(start, freq, 0, size, distribution.precision());
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        final int precision = distribution.precision();
        final int heads = stack.heads();
        for (int j = 0; j < size; j += heads) {
            final int n = Math.min(heads, size - j);
            stack.peek(slot, j, n, precision);
            distribution.search(slot, j, n, symbol, start, freq);
            stack.pop(start, freq, j, n, precision);
        }
        System.arraycopy(symbol, 0, x, off, size);
    }
}
