package org.bbans.codec.distribution;

/** One row at a time. */
final class ScalarBernoulli extends Bernoulli {

    /** Weight of the likelier symbol. */
    static final int ONE = 1 << Softmax.WEIGHT_BITS;
    /** Slots that the weights share. */
    static final int SLOTS = (1 << PRECISION) - 2;

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        for (int j = off; j < off + n; j++) {
            final int split = split(logits[base + j]);
            final int one = -x[j];
            start[j] = split & one;
            freq[j] = split + ((1 << PRECISION) - 2 * split & one);
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        for (int j = off; j < off + n; j++) {
            final int split = split(logits[base + j]);
            final int one = ~(slot[j] - split >> 31);
            x[j] = -one;
            start[j] = split & one;
            freq[j] = split + ((1 << PRECISION) - 2 * split & one);
        }
    }

    /** First slot of symbol 1. */
    private static int split(float logit) {
        final int t = Softmax.quantize(logit);
        final int weight = Softmax.weight(Math.abs(t));
        return 1 + Softmax.scale(t > 0 ? weight : ONE, SLOTS, ONE + weight);
    }
}
