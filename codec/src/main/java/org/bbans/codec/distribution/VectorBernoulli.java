package org.bbans.codec.distribution;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API's twin of {@link ScalarBernoulli}: the weights of a tile of rows at a time. */
final class VectorBernoulli extends Bernoulli {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    private static final int TILE = 32;

    /** Whole vectors are computed: what lies past the last row is left from earlier tiles. */
    private final float[] logit = new float[TILE];
    private final int[] quantized = new int[TILE];
    /** Of symbol 0; before that of the less likely one. */
    private final int[] weight = new int[TILE];
    private final int[] total = new int[TILE];

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            weigh(logits, base + j, rows);
            for (int r = 0; r < rows; r++) {
                final int split = split(r);
                final int one = -x[j + r];
                start[j + r] = split & one;
                freq[j + r] = split + ((1 << PRECISION) - 2 * split & one);
            }
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[] logits = this.logits;
        final int base = this.base;
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            weigh(logits, base + j, rows);
            for (int r = 0; r < rows; r++) {
                final int split = split(r);
                final int one = ~(slot[j + r] - split >> 31);
                x[j + r] = -one;
                start[j + r] = split & one;
                freq[j + r] = split + ((1 << PRECISION) - 2 * split & one);
            }
        }
    }

    private int split(int r) {
        return 1 + Softmax.scale(weight[r], ScalarBernoulli.SLOTS, total[r]);
    }

    /** Fills {@link #weight} and {@link #total}. */
    private void weigh(float[] logits, int off, int rows) {
        System.arraycopy(logits, off, logit, 0, rows);
        final int whole = rows + LANES - 1 & -LANES;
        VectorSoftmax.quantize(logit, 0, whole, quantized, 0);
        for (int r = 0; r < whole; r += LANES) {
            IntVector.fromArray(INTS, quantized, r).lanewise(VectorOperators.ABS).neg().intoArray(weight, r);
        }
        VectorSoftmax.weigh(0, weight, 0, whole);
        for (int r = 0; r < whole; r += LANES) {
            final IntVector w = IntVector.fromArray(INTS, weight, r);
            w.add(ScalarBernoulli.ONE).intoArray(total, r);
            w.blend(ScalarBernoulli.ONE, IntVector.fromArray(INTS, quantized, r).compare(VectorOperators.LE, 0))
                    .intoArray(weight, r);
        }
    }
}
