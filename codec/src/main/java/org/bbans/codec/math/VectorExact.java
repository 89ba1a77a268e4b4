package org.bbans.codec.math;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** The functions of {@link Exact} on vectors of the preferred shape: the same operations, hence the same bits, in every lane. */
public final class VectorExact {

    private VectorExact() {
    }

    /** {@link Exact#exp(float)} of every lane. */
    public static FloatVector exp(FloatVector x) {
        FloatVector v = x.blend(Exact.EXP_MIN, x.compare(VectorOperators.GT, Exact.EXP_MIN).not());
        v = v.blend(Exact.EXP_MAX, v.compare(VectorOperators.GE, Exact.EXP_MAX));
        final FloatVector t = v.fma(v.broadcast(Exact.LOG2_E), v.broadcast(Exact.ROUND));
        final FloatVector n = t.sub(Exact.ROUND);
        FloatVector r = n.fma(v.broadcast(-Exact.LN2_HI), v);
        r = n.fma(v.broadcast(-Exact.LN2_LO), r);
        FloatVector p = r.fma(v.broadcast(Exact.E7), v.broadcast(Exact.E6));
        p = p.fma(r, v.broadcast(Exact.E5));
        p = p.fma(r, v.broadcast(Exact.E4));
        p = p.fma(r, v.broadcast(Exact.E3));
        p = p.fma(r, v.broadcast(Exact.E2));
        p = p.fma(r.mul(r), r).add(1f);
        return p.mul(t.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
    }

    /** {@link Exact#exp2} of every lane. */
    public static FloatVector exp2(FloatVector x) {
        FloatVector v = x.blend(-Exact.EXP2_MAX, x.compare(VectorOperators.GT, -Exact.EXP2_MAX).not());
        v = v.blend(Exact.EXP2_MAX, v.compare(VectorOperators.GE, Exact.EXP2_MAX));
        final FloatVector m = v.sub(0.5f).add(Exact.ROUND);
        final FloatVector g = v.sub(m.sub(Exact.ROUND));
        FloatVector p = g.fma(v.broadcast(Exact.G5), v.broadcast(Exact.G4));
        p = p.fma(g, v.broadcast(Exact.G3));
        p = p.fma(g, v.broadcast(Exact.G2));
        p = p.fma(g, v.broadcast(Exact.G1));
        p = p.fma(g, v.broadcast(1f));
        p = p.blend(2f, p.compare(VectorOperators.GE, 2f));
        return p.mul(m.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
    }

    /** {@link Exact#phi} of every lane. */
    public static DoubleVector phi(DoubleVector x) {
        final VectorMask<Double> positive = x.compare(VectorOperators.GT, 0.0);
        DoubleVector a = x.abs();
        a = a.blend(Exact.PHI_MAX, a.compare(VectorOperators.LT, Exact.PHI_MAX).not());
        final DoubleVector ratio = horner(Exact.PHI_NUMERATOR, a).div(horner(Exact.PHI_DENOMINATOR, a));
        final DoubleVector tail = exp(a.mul(-0.5).mul(a)).mul(ratio);
        return tail.blend(tail.broadcast(1.0).sub(tail), positive);
    }

    /** {@link Exact#exp(double)} of every lane, which must lie between its limits. */
    private static DoubleVector exp(DoubleVector v) {
        final DoubleVector t = v.fma(v.broadcast(Exact.LOG2_E_DOUBLE), v.broadcast(Exact.ROUND_DOUBLE));
        final DoubleVector n = t.sub(Exact.ROUND_DOUBLE);
        DoubleVector r = n.fma(v.broadcast(-Exact.LN2_HI_DOUBLE), v);
        r = n.fma(v.broadcast(-Exact.LN2_LO_DOUBLE), r);
        final LongVector scale = t.reinterpretAsLongs().add(1023).lanewise(VectorOperators.LSHL, 52);
        return horner(Exact.RECIPROCAL_FACTORIAL, r).mul(scale.reinterpretAsDoubles());
    }

    private static DoubleVector horner(double[] c, DoubleVector x) {
        DoubleVector p = x.broadcast(c[c.length - 1]);
        for (int i = c.length - 2; i >= 0; i--) {
            p = p.fma(x, x.broadcast(c[i]));
        }
        return p;
    }
}
