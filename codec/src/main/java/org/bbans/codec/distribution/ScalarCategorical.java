package org.bbans.codec.distribution;

/** Plain loops, of a form that C2 turns into vectors by itself: element types of input and output arrays differ. */
final class ScalarCategorical extends Categorical {

    private final int[] quantized;
    private final int[] weights;
    private final int[] cumulative;

    ScalarCategorical(int levels) {
        super(levels);
        quantized = new int[levels];
        weights = new int[levels];
        cumulative = new int[levels + 1];
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        for (int j = off; j < off + n; j++) {
            final int total = weigh(logits, base + j * levels);
            int below = 0;
            for (int i = 0; i < x[j]; i++) {
                below += weights[i];
            }
            interval(x[j], below, weights[x[j]], total, j, start, freq);
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        final int[] c = cumulative;
        for (int j = off; j < off + n; j++) {
            final int total = weigh(logits, base + j * levels);
            int sum = 0;
            for (int i = 0; i < weights.length; i++) {
                c[i] = sum;
                sum += weights[i];
            }
            final int i = find(c, slot[j], total);
            x[j] = i;
            interval(i, c[i], weights[i], total, j, start, freq);
        }
    }

    /** The last symbol i with F(i) at most {@code slot}. */
    private int find(int[] c, int slot, int total) {
        int i = 0;
        for (int step = Integer.highestOneBit(levels - 1); step > 0; step >>>= 1) {
            final int k = Math.min(i + step, levels - 1);
            // F(k) <= slot, that is floor(C(k) slots / T) <= slot - k, without the division.
            i = (long) c[k] * slots < (long) (slot - k + 1) * total ? k : i;
        }
        return i;
    }

    private void interval(int i, int below, int weight, int total, int j, int[] start, int[] freq) {
        final int first = i + Softmax.scale(below, slots, total);
        start[j] = first;
        freq[j] = i + 1 + Softmax.scale(below + weight, slots, total) - first;
    }

    /** Writes the weights of the logits from {@code off} to {@link #weights} and returns their total. */
    private int weigh(float[] logits, int off) {
        final int[] t = quantized;
        final int[] w = weights;
        int max = -Softmax.LIMIT;
        for (int i = 0; i < t.length; i++) {
            t[i] = Softmax.quantize(logits[off + i]);
            max = Math.max(max, t[i]);
        }
        for (int i = 0; i < t.length; i++) {
            w[i] = Softmax.mantissa(max - t[i]);
        }
        shiftRight(w, t, max);
        int total = 0;
        for (int i = 0; i < w.length; i++) {
            total += w[i];
        }
        return total;
    }

    /**
     * w[i] >>= min((max - t[i]) / 2^15, 31). C2 makes no vectors of a shift by a variable, but of five by constants.
     */
    private static void shiftRight(int[] w, int[] t, int max) {
        for (int i = 0; i < t.length; i++) {
            t[i] = Math.min(max - t[i] >> Softmax.FRACTION, 31);
        }
        for (int i = 0; i < t.length; i++) {
            final int k = t[i];
            int v = w[i];
            int m = -(k >> 4 & 1);
            v = v >> 16 & m | v & ~m;
            m = -(k >> 3 & 1);
            v = v >> 8 & m | v & ~m;
            m = -(k >> 2 & 1);
            v = v >> 4 & m | v & ~m;
            m = -(k >> 1 & 1);
            v = v >> 2 & m | v & ~m;
            m = -(k & 1);
            w[i] = v >> 1 & m | v & ~m;
        }
    }
}
