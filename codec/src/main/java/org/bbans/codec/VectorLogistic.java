package org.bbans.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.math.Exact;
import org.bbans.codec.math.VectorExact;

/** The Vector API's twin of {@link ScalarLogistic}: as many rows at a time as a vector has lanes. */
final class VectorLogistic implements LogisticKernel {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int TOTAL = 1 << LogisticMixture.PRECISION;

    private final int components;
    private final int levels;
    private final float slots;
    /** Component k of the tile's rows from k * LANES. */
    private final float[] weight;
    private final float[] mean;
    private final float[] inverse;
    private final int[] symbol = new int[LANES];
    private final int[] target = new int[LANES];
    private final int[] first = new int[LANES];
    private final int[] next = new int[LANES];

    VectorLogistic(int components, int levels) {
        this.components = components;
        this.levels = levels;
        slots = ScalarLogistic.slots(components, levels);
        weight = new float[components * LANES];
        mean = new float[components * LANES];
        inverse = new float[components * LANES];
    }

    @Override
    public void intervals(float[] logits, float[] means, float[] scales, int base, int[] x, int off, int n,
                          int[] start, int[] freq) {
        for (int j = off; j < off + n; j += LANES) {
            final int rows = Math.min(LANES, off + n - j);
            prepare(logits, means, scales, base + j * components, rows);
            System.arraycopy(x, j, symbol, 0, rows);
            final IntVector i = IntVector.fromArray(INTS, symbol, 0);
            first(i).intoArray(first, 0);
            first(i.add(1)).intoArray(next, 0);
            for (int k = 0; k < rows; k++) {
                start[j + k] = first[k];
                freq[j + k] = next[k] - first[k];
            }
        }
    }

    @Override
    public void search(float[] logits, float[] means, float[] scales, int base, int[] slot, int off, int n,
                       int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j += LANES) {
            final int rows = Math.min(LANES, off + n - j);
            prepare(logits, means, scales, base + j * components, rows);
            System.arraycopy(slot, j, target, 0, rows);
            find();
            for (int k = 0; k < rows; k++) {
                x[j + k] = symbol[k];
                start[j + k] = first[k];
                freq[j + k] = next[k] - first[k];
            }
        }
    }

    /** The last symbol i with F(i) at most the target, with F(i) and F(i + 1), in every lane. */
    private void find() {
        final IntVector u = IntVector.fromArray(INTS, target, 0);
        IntVector low = IntVector.zero(INTS);
        IntVector lowFirst = IntVector.zero(INTS);
        IntVector highFirst = IntVector.broadcast(INTS, TOTAL);
        for (int step = Integer.highestOneBit(levels - 1); step > 0; step >>>= 1) {
            final IntVector middle = low.add(step).min(levels);
            final IntVector middleFirst = first(middle);
            final VectorMask<Integer> below = middleFirst.compare(VectorOperators.LE, u);
            low = low.blend(middle, below);
            lowFirst = lowFirst.blend(middleFirst, below);
            highFirst = middleFirst.blend(highFirst, below);
        }
        low.intoArray(symbol, 0);
        lowFirst.intoArray(first, 0);
        highFirst.intoArray(next, 0);
    }

    /**
     * Clamps the parameters of {@code rows} rows from {@code off}, takes the softmax and lays components side by
     * side.
     */
    private void prepare(float[] logits, float[] means, float[] scales, int off, int rows) {
        for (int r = 0; r < rows; r++) {
            final int p = off + r * components;
            for (int k = 0; k < components; k++) {
                weight[k * LANES + r] = logits[p + k];
                mean[k * LANES + r] = means[p + k];
                inverse[k * LANES + r] = scales[p + k];
            }
        }
        FloatVector max = FloatVector.broadcast(FLOATS, -LogisticMixture.LOGIT_MAX);
        for (int k = 0; k < weight.length; k += LANES) {
            final FloatVector w = clamp(FloatVector.fromArray(FLOATS, weight, k),
                -LogisticMixture.LOGIT_MAX, LogisticMixture.LOGIT_MAX);
            w.intoArray(weight, k);
            max = max.blend(w, w.compare(VectorOperators.GT, max));
            clamp(FloatVector.fromArray(FLOATS, mean, k), -LogisticMixture.MEAN_MAX, LogisticMixture.MEAN_MAX)
                .intoArray(mean, k);
            final FloatVector s = clamp(FloatVector.fromArray(FLOATS, inverse, k),
                LogisticMixture.SCALE_MIN, LogisticMixture.SCALE_MAX);
            s.broadcast(Exact.LOG2_E).div(s).intoArray(inverse, k);
        }
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int k = 0; k < weight.length; k += LANES) {
            final FloatVector e = VectorExact.exp(FloatVector.fromArray(FLOATS, weight, k).sub(max));
            e.intoArray(weight, k);
            sum = sum.add(e);
        }
        for (int k = 0; k < weight.length; k += LANES) {
            FloatVector.fromArray(FLOATS, weight, k).div(sum).mul(slots).intoArray(weight, k);
        }
    }

    /** F(i) of the prepared rows. */
    private IntVector first(IntVector i) {
        final FloatVector border = ((FloatVector) i.convert(VectorOperators.I2F, 0)).sub(0.5f);
        IntVector sum = i;
        for (int k = 0; k < weight.length; k += LANES) {
            final FloatVector t = FloatVector.fromArray(FLOATS, mean, k).sub(border)
                .mul(FloatVector.fromArray(FLOATS, inverse, k));
            final FloatVector share = FloatVector.fromArray(FLOATS, weight, k).div(VectorExact.exp2(t).add(1f));
            sum = sum.add((IntVector) share.convert(VectorOperators.F2I, 0));
        }
        sum = sum.blend(0, i.compare(VectorOperators.EQ, 0));
        return sum.blend(TOTAL, i.compare(VectorOperators.EQ, levels));
    }

    private static FloatVector clamp(FloatVector v, float low, float high) {
        final FloatVector w = v.blend(low, v.compare(VectorOperators.GT, low).not());
        return w.blend(high, w.compare(VectorOperators.GE, high));
    }
}
