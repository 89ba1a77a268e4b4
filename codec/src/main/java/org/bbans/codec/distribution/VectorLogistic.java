package org.bbans.codec.distribution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.math.Exact;
import org.bbans.codec.math.VectorExact;

/**
 * The Vector API's twin of {@link ScalarLogistic}: tiles of rows, a step of the search for all vectors of a tile before
 * the next step, so that one vector's latencies hide behind the other's. Methods stay small: the compiler gives up
 * inlining in a method of more than about 60 vector operations, and every vector becomes an object.
 *
 * <p>Cumulative counts are floats: all their summands are integers below 2^24, hence exact. Conversions to integers
 * are for the ends only, older compilers have none for vectors.
 */
final class VectorLogistic extends LogisticMixture {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int TILE = 32;
    private static final float TOTAL = 1 << PRECISION;
    /** Floats from here to 2^24 are the integers. */
    private static final float INTEGERS = 1 << 23;
    /** An exponential beyond 2^+-60 makes a share that is nothing or the whole weight. */
    private static final int SATURATED = 60;
    /** A mean this far from all borders, in scales, is as good as infinitely far. */
    private static final float NEAR = 2048f;
    private static final int ROUND_BITS = Float.floatToRawIntBits(Exact.ROUND);

    /** Component k of the tile's rows from k * TILE. */
    private final float[] weight;
    private final float[] mean;
    private final float[] inverse;
    /** Parameters of a tile that the caller's rows do not fill. */
    private final float[][] tail;
    private final float[] symbol = new float[TILE];
    private final float[] target = new float[TILE];
    private final float[] first = new float[TILE];
    private final float[] next = new float[TILE];
    private final float[] middle = new float[TILE];
    private final float[] middleFirst = new float[TILE];

    VectorLogistic(int components, int levels) {
        super(components, levels);
        weight = new float[components * TILE];
        mean = new float[components * TILE];
        inverse = new float[components * TILE];
        tail = new float[3 * components][TILE];
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[][] parameters = this.parameters;
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            prepare(parameters, j, rows);
            for (int r = 0; r < rows; r++) {
                symbol[r] = x[j + r];
                middle[r] = symbol[r] + 1f;
            }
            for (int r = 0; r < rows; r += LANES) {
                cumulate(symbol, r, first);
                cumulate(middle, r, next);
            }
            for (int r = 0; r < rows; r++) {
                start[j + r] = x[j + r] == 0 ? 0 : (int) first[r];
                freq[j + r] = (int) next[r] - start[j + r];
            }
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[][] parameters = this.parameters;
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            prepare(parameters, j, rows);
            for (int r = 0; r < rows; r++) {
                target[r] = slot[j + r];
                symbol[r] = 0f;
                first[r] = 0f;
                next[r] = TOTAL;
            }
            for (int step = Integer.highestOneBit(levels - 1); step > 0; step >>>= 1) {
                for (int r = 0; r < rows; r += LANES) {
                    halve(r, step);
                }
            }
            for (int r = 0; r < rows; r++) {
                x[j + r] = (int) symbol[r];
                start[j + r] = (int) first[r];
                freq[j + r] = (int) (next[r] - first[r]);
            }
        }
    }

    /** Halves the range of the rows from {@code r} whose lower end is {@link #symbol}: asks at {@code step} above. */
    private void halve(int r, int step) {
        final FloatVector low = FloatVector.fromArray(FLOATS, symbol, r);
        final FloatVector up = low.add(step);
        final FloatVector top = FloatVector.broadcast(FLOATS, levels);
        up.blend(top, up.compare(VectorOperators.GT, top)).intoArray(middle, r);
        cumulate(middle, r, middleFirst);
        final FloatVector f = FloatVector.fromArray(FLOATS, middleFirst, r);
        final VectorMask<Float> below = f.compare(VectorOperators.LE, FloatVector.fromArray(FLOATS, target, r));
        low.blend(FloatVector.fromArray(FLOATS, middle, r), below).intoArray(symbol, r);
        FloatVector.fromArray(FLOATS, first, r).blend(f, below).intoArray(first, r);
        f.blend(FloatVector.fromArray(FLOATS, next, r), below).intoArray(next, r);
    }

    /** F(i) in the prepared rows from {@code r}, for i from 1. */
    private void cumulate(float[] i, int r, float[] cumulative) {
        final FloatVector symbols = FloatVector.fromArray(FLOATS, i, r);
        final FloatVector border = symbols.sub(0.5f);
        FloatVector sum = symbols;
        for (int k = r; k < weight.length; k += TILE) {
            sum = share(k, border).add(sum);
        }
        FloatVector.broadcast(FLOATS, TOTAL).blend(sum, symbols.compare(VectorOperators.NE, levels))
                .intoArray(cumulative, r);
    }

    /** Clamps the parameters of {@code rows} rows from {@code j} and takes the softmax. */
    private void prepare(float[][] parameters, int j, int rows) {
        float[][] source = parameters;
        int at = j;
        if (!fills(parameters, j, rows)) {
            for (int i = 0; i < tail.length; i++) {
                System.arraycopy(parameters[i], j, tail[i], 0, rows);
            }
            source = tail;
            at = 0;
        }
        for (int r = 0; r < rows; r += LANES) {
            prepareLanes(source, at, r);
        }
    }

    /** Whether all parameters reach to the end of the last vector that {@code rows} rows from {@code j} take. */
    private static boolean fills(float[][] parameters, int j, int rows) {
        int length = Integer.MAX_VALUE;
        for (float[] p : parameters) {
            length = Math.min(length, p.length);
        }
        return j + (rows + LANES - 1 & -LANES) <= length;
    }

    private void prepareLanes(float[][] source, int at, int r) {
        FloatVector max = FloatVector.broadcast(FLOATS, -LogisticMixture.LOGIT_MAX);
        for (int k = 0; k < components; k++) {
            final int to = k * TILE + r;
            final FloatVector w = clamp(FloatVector.fromArray(FLOATS, source[k], at + r),
                    -LogisticMixture.LOGIT_MAX, LogisticMixture.LOGIT_MAX);
            w.intoArray(weight, to);
            max = w.blend(max, w.compare(VectorOperators.LE, max));
            final FloatVector s = clamp(FloatVector.fromArray(FLOATS, source[2 * components + k], at + r),
                    LogisticMixture.SCALE_MIN, LogisticMixture.SCALE_MAX);
            final FloatVector i = s.broadcast(Exact.LOG2_E).div(s);
            i.intoArray(inverse, to);
            final FloatVector m = clamp(FloatVector.fromArray(FLOATS, source[components + k], at + r),
                    -LogisticMixture.MEAN_MAX, LogisticMixture.MEAN_MAX);
            // Where that makes no difference, nearer means: exponents stay below 2^22.
            m.blend(clamp(m, -NEAR, LogisticMixture.MAX_LEVELS + NEAR), i.compare(VectorOperators.GT, 1f))
                    .intoArray(mean, to);
        }
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int k = r; k < weight.length; k += TILE) {
            final FloatVector e = VectorExact.exp(FloatVector.fromArray(FLOATS, weight, k).sub(max));
            e.intoArray(weight, k);
            sum = e.add(sum);
        }
        for (int k = r; k < weight.length; k += TILE) {
            FloatVector.fromArray(FLOATS, weight, k).div(sum).mul(slots).intoArray(weight, k);
        }
    }

    /**
     * floor(w / (1 + 2^((mean - border) / scale))) of the components at {@code k}, with {@link Exact#exp2} and
     * without its clamps, which make no difference: its polynomial ends at exactly 2, and beyond
     * {@link #SATURATED} only the sign of the exponent matters.
     */
    private FloatVector share(int k, FloatVector border) {
        final FloatVector t = FloatVector.fromArray(FLOATS, mean, k).sub(border)
                .mul(FloatVector.fromArray(FLOATS, inverse, k));
        final FloatVector m = t.sub(0.5f).add(Exact.ROUND);
        final FloatVector g = t.sub(m.sub(Exact.ROUND));
        FloatVector p = g.fma(g.broadcast(Exact.G5), g.broadcast(Exact.G4));
        p = p.fma(g, g.broadcast(Exact.G3));
        p = p.fma(g, g.broadcast(Exact.G2));
        p = p.fma(g, g.broadcast(Exact.G1));
        p = p.fma(g, g.broadcast(1f));
        final IntVector exponent = m.reinterpretAsInts().max(ROUND_BITS - SATURATED).min(ROUND_BITS + SATURATED)
                .lanewise(VectorOperators.LSHL, 23);
        final FloatVector e = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        return floor(FloatVector.fromArray(FLOATS, weight, k).div(e.add(1f)));
    }

    /** The greatest integer at most x, for x from 0 to 2^24. */
    private static FloatVector floor(FloatVector x) {
        final FloatVector nearest = x.add(INTEGERS).sub(INTEGERS);
        final FloatVector below = nearest.blend(nearest.sub(1f), nearest.compare(VectorOperators.GT, x));
        return below.blend(x, x.compare(VectorOperators.GE, INTEGERS));
    }

    private static FloatVector clamp(FloatVector v, float low, float high) {
        final FloatVector w = v.blend(low, v.compare(VectorOperators.GT, low).not());
        return w.blend(high, w.compare(VectorOperators.GE, high));
    }
}
