package org.bbans.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API's twin of {@link ScalarBernoulli}: the weights of a tile of rows at a time. */
final class VectorBernoulli implements BernoulliKernel {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int TILE = 32;

    /** Whole vectors are computed: what lies past the last row is left from earlier tiles. */
    private final float[] logit = new float[TILE];
    /** Of symbol 0. */
    private final int[] weight = new int[TILE];
    private final int[] total = new int[TILE];

    @Override
    public void intervals(float[] logits, int base, int[] x, int off, int n, int[] start, int[] freq) {
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            weigh(logits, base + j, rows);
            for (int r = 0; r < rows; r++) {
                final int split = split(r);
                final int one = -x[j + r];
                start[j + r] = split & one;
                freq[j + r] = split + ((1 << Softmax.PRECISION) - 2 * split & one);
            }
        }
    }

    @Override
    public void search(float[] logits, int base, int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            weigh(logits, base + j, rows);
            for (int r = 0; r < rows; r++) {
                final int split = split(r);
                final int one = ~(slot[j + r] - split >> 31);
                x[j + r] = -one;
                start[j + r] = split & one;
                freq[j + r] = split + ((1 << Softmax.PRECISION) - 2 * split & one);
            }
        }
    }

    private int split(int r) {
        return 1 + Softmax.scale(weight[r], ScalarBernoulli.SLOTS, total[r]);
    }

    /** Fills {@link #weight} and {@link #total}. */
    private void weigh(float[] logits, int off, int rows) {
        System.arraycopy(logits, off, logit, 0, rows);
        for (int r = 0; r < rows; r += LANES) {
            final IntVector t = VectorSoftmax.quantize(FloatVector.fromArray(FLOATS, logit, r));
            final IntVector w = VectorSoftmax.weight(t.lanewise(VectorOperators.ABS));
            w.add(ScalarBernoulli.ONE).intoArray(total, r);
            w.blend(ScalarBernoulli.ONE, t.compare(VectorOperators.LE, 0)).intoArray(weight, r);
        }
    }
}
