package org.bbans.codec.distribution;

/** Bits whose probabilities are given as numbers of slots: 0 has the first ones, 1 the last {@code one[row]}. */
public final class Coins implements Distribution {

    private final int[] one;

    /**
     * Coins.
     *
     * @param one slots of the symbol 1 of each row, 1 to 2^24 - 1; not copied
     */
    public Coins(int[] one) {
        this.one = one;
    }

    @Override
    public int levels() {
        return 2;
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            final int zero = (1 << PRECISION) - one[j];
            start[j] = x[j] == 0 ? 0 : zero;
            freq[j] = x[j] == 0 ? zero : one[j];
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            x[j] = slot[j] >= (1 << PRECISION) - one[j] ? 1 : 0;
        }
        intervals(x, off, n, start, freq);
    }
}
