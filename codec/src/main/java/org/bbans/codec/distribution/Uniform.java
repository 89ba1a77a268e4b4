package org.bbans.codec.distribution;

/** The uniform distribution over 2^bits symbols: costs exactly {@code bits} bits. */
public final class Uniform implements Distribution {

    private final int bits;

    /**
     * A uniform distribution, the same for every row.
     *
     * @param bits 0 to 24
     */
    public Uniform(int bits) {
        if (bits < 0 || bits > PRECISION) {
            throw new IllegalArgumentException("bits must be 0 to " + PRECISION + ": " + bits);
        }
        this.bits = bits;
    }

    @Override
    public int levels() {
        return 1 << bits;
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final int shift = PRECISION - bits;
        for (int j = off; j < off + n; j++) {
            start[j] = x[j] << shift;
            freq[j] = 1 << shift;
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final int shift = PRECISION - bits;
        for (int j = off; j < off + n; j++) {
            x[j] = slot[j] >>> shift;
            start[j] = x[j] << shift;
            freq[j] = 1 << shift;
        }
    }
}
