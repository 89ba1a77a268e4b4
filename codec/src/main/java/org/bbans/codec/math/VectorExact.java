package org.bbans.codec.math;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of {@link Exact} on vectors of the preferred shape: the same operations, hence the same bits, in
 * every lane.
 */
public final class VectorExact {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

    private VectorExact() {
    }

    /** {@link Exact#exp(float)} of whole vectors from the beginning; returns how many of the {@code n} that are. */
    static int exp(float[] x, int n) {
        final int bound = FLOATS.loopBound(n);
        for (int i = 0; i < bound; i += FLOATS.length()) {
            exp(FloatVector.fromArray(FLOATS, x, i)).intoArray(x, i);
        }
        return bound;
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

    /**
     * {@link Exact#phi} of {@code x[0 .. n)} in place; spoils what follows up to a multiple of the vector's length,
     * which must lie inside the array.
     *
     * <p>Written out so that the method exceeds the size that HotSpot inlines (325 bytes of code): inlined into a
     * large caller it would use up C2's limits, and the vectors would become objects.
     */
    public static void phi(double[] x, int n) {
        final double[] p0 = Exact.PHI_NUMERATOR;
        final double[] q0 = Exact.PHI_DENOMINATOR;
        final double[] e0 = Exact.RECIPROCAL_FACTORIAL;
        for (int i = 0; i < n; i += DOUBLES.length()) {
            final DoubleVector v = DoubleVector.fromArray(DOUBLES, x, i);
            DoubleVector a = v.abs();
            a = a.broadcast(Exact.PHI_MAX).blend(a, a.compare(VectorOperators.LT, Exact.PHI_MAX));
            DoubleVector p = a.fma(a.broadcast(p0[6]), a.broadcast(p0[5]));
            p = p.fma(a, a.broadcast(p0[4]));
            p = p.fma(a, a.broadcast(p0[3]));
            p = p.fma(a, a.broadcast(p0[2]));
            p = p.fma(a, a.broadcast(p0[1]));
            p = p.fma(a, a.broadcast(p0[0]));
            DoubleVector q = a.fma(a.broadcast(q0[7]), a.broadcast(q0[6]));
            q = q.fma(a, a.broadcast(q0[5]));
            q = q.fma(a, a.broadcast(q0[4]));
            q = q.fma(a, a.broadcast(q0[3]));
            q = q.fma(a, a.broadcast(q0[2]));
            q = q.fma(a, a.broadcast(q0[1]));
            q = q.fma(a, a.broadcast(q0[0]));
            // The double exponential; its argument lies between -32 and 0.
            final DoubleVector s = a.mul(-0.5).mul(a);
            final DoubleVector t = s.fma(s.broadcast(Exact.LOG2_E_DOUBLE), s.broadcast(Exact.ROUND_DOUBLE));
            final DoubleVector m = t.sub(Exact.ROUND_DOUBLE);
            DoubleVector r = m.fma(s.broadcast(-Exact.LN2_HI_DOUBLE), s);
            r = m.fma(s.broadcast(-Exact.LN2_LO_DOUBLE), r);
            DoubleVector e = r.fma(r.broadcast(e0[13]), r.broadcast(e0[12]));
            e = e.fma(r, r.broadcast(e0[11]));
            e = e.fma(r, r.broadcast(e0[10]));
            e = e.fma(r, r.broadcast(e0[9]));
            e = e.fma(r, r.broadcast(e0[8]));
            e = e.fma(r, r.broadcast(e0[7]));
            e = e.fma(r, r.broadcast(e0[6]));
            e = e.fma(r, r.broadcast(e0[5]));
            e = e.fma(r, r.broadcast(e0[4]));
            e = e.fma(r, r.broadcast(e0[3]));
            e = e.fma(r, r.broadcast(e0[2]));
            e = e.fma(r, r.broadcast(e0[1]));
            e = e.fma(r, r.broadcast(e0[0]));
            final LongVector scale = t.reinterpretAsLongs().add(1023).lanewise(VectorOperators.LSHL, 52);
            final DoubleVector tail = e.mul(scale.reinterpretAsDoubles()).mul(p.div(q));
            tail.blend(tail.broadcast(1.0).sub(tail), v.compare(VectorOperators.GT, 0.0)).intoArray(x, i);
        }
    }
}
