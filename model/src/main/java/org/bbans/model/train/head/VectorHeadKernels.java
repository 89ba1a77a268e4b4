package org.bbans.model.train.head;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.engine.Engine;
import org.bbans.model.net.MatrixProduct;
import org.bbans.model.spec.MixtureLikelihood;

/** The kernels with the Vector API. */
final class VectorHeadKernels implements HeadKernels {

    /** At most {@link HeadKernels#COLUMNS} lanes, so that every column count is a multiple of them. */
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() > COLUMNS
            ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    /** Adding and subtracting 1.5 * 2^23 rounds to an integer, which stays in the low bits of the sum. */
    private static final float ROUND = 12582912f;

    private final MatrixProduct product = MatrixProduct.of(Engine.VECTOR);

    VectorHeadKernels() {}

    @Override
    public MatrixProduct product() {
        return product;
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
