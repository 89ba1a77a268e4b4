package org.bbans.codec.distribution;

import org.bbans.codec.Codec;
import org.bbans.codec.ans.AnsStack;

/**
 * Codes symbols by a {@link Distribution} as {@link DistributionCodec} does, but for those that bits back pops from
 * other symbols' bits: the heads are mixed before each symbol is popped and after it was pushed, so that these are
 * samples of the distribution even if the bits are not random.
 *
 * <p>Not safe for use by several threads.
 */
public final class SampleCodec implements Codec {

    private final Distribution distribution;
    private final int size;
    private final int[] symbol;
    private final int[] slot;
    private final int[] start;
    private final int[] freq;
    private int key;

    /** A codec of {@code size} symbols, rows 0 to {@code size - 1} of the distribution. */
    public SampleCodec(Distribution distribution, int size) {
        this.distribution = distribution;
        this.size = size;
        symbol = new int[size];
        slot = new int[size];
        start = new int[size];
        freq = new int[size];
    }

    /**
     * Sets the key of the mixing from now on, 0 before: another one for each record and variable, such as the record's
     * number, and the same one when it is pushed back.
     */
    public void setKey(int key) {
        this.key = key;
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
        final int heads = stack.heads();
        for (int j = (n - 1) / heads * heads; j >= 0; j -= heads) {
            stack.push(start, freq, j, Math.min(heads, n - j), Distribution.PRECISION);
            stack.mix(key * size + j);
        }
    }

    /** Pops into {@code x[off .. off + n)} by the first {@code n} rows. */
    public void pop(AnsStack stack, int[] x, int off, int n) {
        final int heads = stack.heads();
        for (int j = 0; j < n; j += heads) {
            final int some = Math.min(heads, n - j);
            stack.mix(key * size + j);
            stack.peek(slot, j, some, Distribution.PRECISION);
            distribution.search(slot, j, some, symbol, start, freq);
            stack.pop(start, freq, j, some, Distribution.PRECISION);
        }
        System.arraycopy(symbol, 0, x, off, n);
    }
}
