package org.bbans.model.train.head;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.model.spec.MixtureLikelihood;

/** The kernels with the Vector API. Each block of the product keeps its accumulators in registers. */
final class VectorHeadKernels implements HeadKernels {

    /** At most {@link HeadKernels#COLUMNS} lanes, so that every column count is a multiple of them. */
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() > COLUMNS
            ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    /** Whether there are registers for 16 accumulators and what goes with them: those of 256 bits are 16 in all. */
    private static final boolean MANY = LANES != COLUMNS / 2;

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    /** Adding and subtracting 1.5 * 2^23 rounds to an integer, which stays in the low bits of the sum. */
    private static final float ROUND = 12582912f;

    VectorHeadKernels() {}

    @Override
    public void multiplyAdd(int m, int n, int depth, float[] a, int aOff, int aRow, int aColumn, float[] b, int bOff,
            int bRow, float[] c, int cOff, int cRow) {
        int j = 0;
        for (; MANY && j + 4 * LANES <= n; j += 4 * LANES) {
            for (int i = 0; i < m; i += 4) {
                multiply4x4(depth, a, aOff + i * aRow, aRow, aColumn, b, bOff + j, bRow, c, cOff + i * cRow + j, cRow);
            }
        }
        for (; j + 2 * LANES <= n; j += 2 * LANES) {
            for (int i = 0; i < m; i += 4) {
                multiply4x2(depth, a, aOff + i * aRow, aRow, aColumn, b, bOff + j, bRow, c, cOff + i * cRow + j, cRow);
            }
        }
        for (; j < n; j += LANES) {
            for (int i = 0; i < m; i += 8) {
                multiply8x1(depth, a, aOff + i * aRow, aRow, aColumn, b, bOff + j, bRow, c, cOff + i * cRow + j, cRow);
            }
        }
    }

    private static void multiply4x4(int depth, float[] a, int a0, int aRow, int aColumn, float[] b, int b0, int bRow,
            float[] c, int c0, int cRow) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
        FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + cRow);
        FloatVector s11 = FloatVector.fromArray(SPECIES, c, c0 + cRow + LANES);
        FloatVector s12 = FloatVector.fromArray(SPECIES, c, c0 + cRow + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(SPECIES, c, c0 + cRow + 3 * LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cRow);
        FloatVector s21 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cRow + LANES);
        FloatVector s22 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cRow + 2 * LANES);
        FloatVector s23 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cRow + 3 * LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cRow);
        FloatVector s31 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cRow + LANES);
        FloatVector s32 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cRow + 2 * LANES);
        FloatVector s33 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cRow + 3 * LANES);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector w0 = FloatVector.fromArray(SPECIES, b, q);
            final FloatVector w1 = FloatVector.fromArray(SPECIES, b, q + LANES);
            final FloatVector w2 = FloatVector.fromArray(SPECIES, b, q + 2 * LANES);
            final FloatVector w3 = FloatVector.fromArray(SPECIES, b, q + 3 * LANES);
            final FloatVector x0 = FloatVector.broadcast(SPECIES, a[p]);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            s02 = x0.fma(w2, s02);
            s03 = x0.fma(w3, s03);
            final FloatVector x1 = FloatVector.broadcast(SPECIES, a[p + aRow]);
            s10 = x1.fma(w0, s10);
            s11 = x1.fma(w1, s11);
            s12 = x1.fma(w2, s12);
            s13 = x1.fma(w3, s13);
            final FloatVector x2 = FloatVector.broadcast(SPECIES, a[p + 2 * aRow]);
            s20 = x2.fma(w0, s20);
            s21 = x2.fma(w1, s21);
            s22 = x2.fma(w2, s22);
            s23 = x2.fma(w3, s23);
            final FloatVector x3 = FloatVector.broadcast(SPECIES, a[p + 3 * aRow]);
            s30 = x3.fma(w0, s30);
            s31 = x3.fma(w1, s31);
            s32 = x3.fma(w2, s32);
            s33 = x3.fma(w3, s33);
            p += aColumn;
            q += bRow;
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s02.intoArray(c, c0 + 2 * LANES);
        s03.intoArray(c, c0 + 3 * LANES);
        s10.intoArray(c, c0 + cRow);
        s11.intoArray(c, c0 + cRow + LANES);
        s12.intoArray(c, c0 + cRow + 2 * LANES);
        s13.intoArray(c, c0 + cRow + 3 * LANES);
        s20.intoArray(c, c0 + 2 * cRow);
        s21.intoArray(c, c0 + 2 * cRow + LANES);
        s22.intoArray(c, c0 + 2 * cRow + 2 * LANES);
        s23.intoArray(c, c0 + 2 * cRow + 3 * LANES);
        s30.intoArray(c, c0 + 3 * cRow);
        s31.intoArray(c, c0 + 3 * cRow + LANES);
        s32.intoArray(c, c0 + 3 * cRow + 2 * LANES);
        s33.intoArray(c, c0 + 3 * cRow + 3 * LANES);
    }

    private static void multiply4x2(int depth, float[] a, int a0, int aRow, int aColumn, float[] b, int b0, int bRow,
            float[] c, int c0, int cRow) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
        FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + cRow);
        FloatVector s11 = FloatVector.fromArray(SPECIES, c, c0 + cRow + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cRow);
        FloatVector s21 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cRow + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cRow);
        FloatVector s31 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cRow + LANES);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector w0 = FloatVector.fromArray(SPECIES, b, q);
            final FloatVector w1 = FloatVector.fromArray(SPECIES, b, q + LANES);
            final FloatVector x0 = FloatVector.broadcast(SPECIES, a[p]);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            final FloatVector x1 = FloatVector.broadcast(SPECIES, a[p + aRow]);
            s10 = x1.fma(w0, s10);
            s11 = x1.fma(w1, s11);
            final FloatVector x2 = FloatVector.broadcast(SPECIES, a[p + 2 * aRow]);
            s20 = x2.fma(w0, s20);
            s21 = x2.fma(w1, s21);
            final FloatVector x3 = FloatVector.broadcast(SPECIES, a[p + 3 * aRow]);
            s30 = x3.fma(w0, s30);
            s31 = x3.fma(w1, s31);
            p += aColumn;
            q += bRow;
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s10.intoArray(c, c0 + cRow);
        s11.intoArray(c, c0 + cRow + LANES);
        s20.intoArray(c, c0 + 2 * cRow);
        s21.intoArray(c, c0 + 2 * cRow + LANES);
        s30.intoArray(c, c0 + 3 * cRow);
        s31.intoArray(c, c0 + 3 * cRow + LANES);
    }

    private static void multiply8x1(int depth, float[] a, int a0, int aRow, int aColumn, float[] b, int b0, int bRow,
            float[] c, int c0, int cRow) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
        FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + cRow);
        FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cRow);
        FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cRow);
        FloatVector s40 = FloatVector.fromArray(SPECIES, c, c0 + 4 * cRow);
        FloatVector s50 = FloatVector.fromArray(SPECIES, c, c0 + 5 * cRow);
        FloatVector s60 = FloatVector.fromArray(SPECIES, c, c0 + 6 * cRow);
        FloatVector s70 = FloatVector.fromArray(SPECIES, c, c0 + 7 * cRow);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector w0 = FloatVector.fromArray(SPECIES, b, q);
            final FloatVector x0 = FloatVector.broadcast(SPECIES, a[p]);
            s00 = x0.fma(w0, s00);
            final FloatVector x1 = FloatVector.broadcast(SPECIES, a[p + aRow]);
            s10 = x1.fma(w0, s10);
            final FloatVector x2 = FloatVector.broadcast(SPECIES, a[p + 2 * aRow]);
            s20 = x2.fma(w0, s20);
            final FloatVector x3 = FloatVector.broadcast(SPECIES, a[p + 3 * aRow]);
            s30 = x3.fma(w0, s30);
            final FloatVector x4 = FloatVector.broadcast(SPECIES, a[p + 4 * aRow]);
            s40 = x4.fma(w0, s40);
            final FloatVector x5 = FloatVector.broadcast(SPECIES, a[p + 5 * aRow]);
            s50 = x5.fma(w0, s50);
            final FloatVector x6 = FloatVector.broadcast(SPECIES, a[p + 6 * aRow]);
            s60 = x6.fma(w0, s60);
            final FloatVector x7 = FloatVector.broadcast(SPECIES, a[p + 7 * aRow]);
            s70 = x7.fma(w0, s70);
            p += aColumn;
            q += bRow;
        }
        s00.intoArray(c, c0);
        s10.intoArray(c, c0 + cRow);
        s20.intoArray(c, c0 + 2 * cRow);
        s30.intoArray(c, c0 + 3 * cRow);
        s40.intoArray(c, c0 + 4 * cRow);
        s50.intoArray(c, c0 + 5 * cRow);
        s60.intoArray(c, c0 + 6 * cRow);
        s70.intoArray(c, c0 + 7 * cRow);
    }

    /** exp to about 2e-7, for x in [-87, 88]. */
    private static FloatVector exp(FloatVector x) {
        final FloatVector shifted = x.fma(FloatVector.broadcast(SPECIES, LOG2_E),
                FloatVector.broadcast(SPECIES, ROUND));
        final FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(SPECIES, 1.9875691500e-4f);
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.3981999507e-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 8.3334519073e-3f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 4.1665795894e-2f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 1.6666665459e-1f));
        p = p.fma(r, FloatVector.broadcast(SPECIES, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r.add(1f));
        return shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(0x3f800000).reinterpretAsFloats()
                .mul(p);
    }

    @Override
    public void elu(float[] x, int off, int n) {
        for (int i = off; i < off + n; i += LANES) {
            final FloatVector v = FloatVector.fromArray(SPECIES, x, i);
            final VectorMask<Float> positive = v.compare(VectorOperators.GT, 0f);
            exp(v.min(0f).max(-80f)).sub(1f).blend(v, positive).intoArray(x, i);
        }
    }

    @Override
    public void eluGradient(float[] y, int yOff, float[] gradient, int off, int n) {
        for (int i = 0; i < n; i += LANES) {
            final FloatVector slope = FloatVector.fromArray(SPECIES, y, yOff + i).min(0f).add(1f);
            FloatVector.fromArray(SPECIES, gradient, off + i).mul(slope).intoArray(gradient, off + i);
        }
    }

    @Override
    public void sqlu(float[] x, int off, int n) {
        for (int i = off; i < off + n; i += LANES) {
            final FloatVector v = FloatVector.fromArray(SPECIES, x, i).max(-2f);
            final FloatVector m = v.min(0f);
            m.mul(0.25f).fma(m, v).intoArray(x, i);
        }
    }

    @Override
    public void sqluGradient(float[] y, int yOff, float[] gradient, int off, int n) {
        for (int i = 0; i < n; i += LANES) {
            final FloatVector slope = FloatVector.fromArray(SPECIES, y, yOff + i).min(0f).add(1f)
                    .lanewise(VectorOperators.SQRT);
            FloatVector.fromArray(SPECIES, gradient, off + i).mul(slope).intoArray(gradient, off + i);
        }
    }

    @Override
    public float softmaxCrossEntropy(float[] logits, int off, int n, int target, float scale) {
        FloatVector top = FloatVector.fromArray(SPECIES, logits, off);
        for (int i = LANES; i < n; i += LANES) {
            top = top.max(FloatVector.fromArray(SPECIES, logits, off + i));
        }
        final float max = top.reduceLanes(VectorOperators.MAX);
        final float chosen = logits[off + target] - max;
        FloatVector sums = FloatVector.zero(SPECIES);
        for (int i = off; i < off + n; i += LANES) {
            final FloatVector e = exp(FloatVector.fromArray(SPECIES, logits, i).sub(max).max(LEAST_LOGIT));
            e.intoArray(logits, i);
            sums = sums.add(e);
        }
        final float sum = sum(sums);
        final float factor = scale / sum;
        for (int i = off; i < off + n; i += LANES) {
            FloatVector.fromArray(SPECIES, logits, i).mul(factor).intoArray(logits, i);
        }
        logits[off + target] -= scale;
        return (float) Math.log(sum) - chosen;
    }

    /**
     * The sum of all lanes, in order: {@code reduceLanes} adds them in one order before it is compiled, in another one
     * after, and no training would be like the one before.
     */
    private static float sum(FloatVector v) {
        float sum = 0;
        for (float lane : v.toArray()) {
            sum += lane;
        }
        return sum;
    }

    /** {@code exp(x) - 1} to about 2e-7 of it, for x in (0, 88]. */
    private static FloatVector expm1(FloatVector x) {
        // Near 0 the difference would lose digits: exp(x) - 1 = x + x^2 * (1/2 + x/6 + ...).
        FloatVector p = FloatVector.broadcast(SPECIES, 1.9875691500e-4f);
        p = p.fma(x, FloatVector.broadcast(SPECIES, 1.3981999507e-3f));
        p = p.fma(x, FloatVector.broadcast(SPECIES, 8.3334519073e-3f));
        p = p.fma(x, FloatVector.broadcast(SPECIES, 4.1665795894e-2f));
        p = p.fma(x, FloatVector.broadcast(SPECIES, 1.6666665459e-1f));
        p = p.fma(x, FloatVector.broadcast(SPECIES, 5.0000001201e-1f));
        return exp(x).sub(1f).blend(p.fma(x.mul(x), x), x.compare(VectorOperators.LT, 0.3f));
    }

    /**
     * With t the argument of an end's logistic function, a and b those of a level's upper and lower border on the
     * side of the mean where both are small, and v = a - b the inverse scale, a level's mass is
     * <pre>
     *   e^t / (1 + e^t)                              at an end
     *   e^b (e^v - 1) / ((1 + e^a) (1 + e^b))        elsewhere
     * </pre>
     * which keeps its relative precision however far out the level is, and so do the derivatives of its logarithm.
     */
    @Override
    public void logisticMixture(int components, int n, float[] outputs, float[] distance, float[] end, float gain,
            float scale, float[] gradient, float[] probability) {
        final int means = components * n;
        final int scales = 2 * components * n;
        for (int i = 0; i < n; i += LANES) {
            FloatVector max = FloatVector.fromArray(SPECIES, outputs, i);
            for (int k = 1; k < components; k++) {
                max = max.max(FloatVector.fromArray(SPECIES, outputs, k * n + i));
            }
            final FloatVector ends = FloatVector.fromArray(SPECIES, end, i);
            final VectorMask<Float> atEnd = ends.compare(VectorOperators.NE, 0f);
            FloatVector weights = FloatVector.zero(SPECIES);
            FloatVector total = FloatVector.zero(SPECIES);
            for (int k = 0; k < components; k++) {
                final int at = k * n + i;
                final FloatVector weight = exp(FloatVector.fromArray(SPECIES, outputs, at).sub(max).max(-80f));
                weights = weights.add(weight);
                final FloatVector shifted = FloatVector.fromArray(SPECIES, outputs, scales + at)
                        .add(MixtureLikelihood.LOG_SCALE_SHIFT);
                final FloatVector clamped = shifted.max(MixtureLikelihood.LOG_SCALE_LOW)
                        .min(MixtureLikelihood.LOG_SCALE_HIGH);
                final FloatVector v = exp(clamped.neg()).mul(1 / MixtureLikelihood.HALF_RANGE);
                final FloatVector centre = FloatVector.fromArray(SPECIES, outputs, means + at)
                        .fma(FloatVector.broadcast(SPECIES, -gain), FloatVector.fromArray(SPECIES, distance, i));

                final FloatVector b = centre.abs().neg().sub(0.5f).mul(v);
                final FloatVector a = b.add(v);
                final FloatVector rise = expm1(v);
                final FloatVector eb = exp(b.max(-80f));
                final FloatVector ea = rise.fma(eb, eb);
                final FloatVector one = FloatVector.broadcast(SPECIES, 1f);
                final FloatVector lower = one.div(eb.add(1f));
                final FloatVector upper = one.div(ea.add(1f));
                final FloatVector inner = eb.mul(rise).mul(lower).mul(upper);
                // 1 - F(a) - F(b) and the derivative by the logarithm of the scale, times -1.
                final FloatVector innerByCentre = upper.sub(eb.mul(lower)).mul(v);
                final FloatVector innerByScale = b.mul(lower).sub(a.mul(ea).mul(upper))
                        .add(v.mul(rise.add(1f)).div(rise));

                final FloatVector t = ends.mul(centre).neg().add(0.5f).mul(v);
                final FloatVector et = exp(t.abs().neg().max(-80f));
                final FloatVector small = et.div(et.add(1f));
                final FloatVector large = one.div(et.add(1f));
                final VectorMask<Float> above = t.compare(VectorOperators.GT, 0f);
                final FloatVector outer = small.blend(large, above);
                final FloatVector rest = large.blend(small, above);

                final FloatVector share = weight.mul(inner.blend(outer, atEnd));
                total = total.add(share);
                final FloatVector byCentre = innerByCentre.blend(innerByCentre.neg(),
                        centre.compare(VectorOperators.GT, 0f)).blend(rest.mul(v).mul(ends.neg()), atEnd);
                final FloatVector byScale = innerByScale.blend(t.mul(rest), atEnd)
                        .blend(0f, clamped.compare(VectorOperators.NE, shifted));
                weight.intoArray(gradient, at);
                share.intoArray(outputs, at);
                share.mul(byCentre).mul(gain).intoArray(gradient, means + at);
                share.mul(byScale).intoArray(gradient, scales + at);
            }
            final FloatVector norm = FloatVector.broadcast(SPECIES, 1f).div(weights);
            final FloatVector p = total.fma(norm, FloatVector.broadcast(SPECIES, FLOOR));
            p.intoArray(probability, i);
            final FloatVector factor = norm.div(p).mul(scale);
            final FloatVector covered = total.mul(norm);
            for (int k = 0; k < components; k++) {
                final int at = k * n + i;
                FloatVector.fromArray(SPECIES, gradient, at).mul(covered)
                        .sub(FloatVector.fromArray(SPECIES, outputs, at)).mul(factor).intoArray(gradient, at);
                FloatVector.fromArray(SPECIES, gradient, means + at).mul(factor).intoArray(gradient, means + at);
                FloatVector.fromArray(SPECIES, gradient, scales + at).mul(factor).intoArray(gradient, scales + at);
            }
        }
    }
}
