package org.bbans.codec.math;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of {@link Exact} on vectors of the preferred shape: the same operations, hence the same bits, in
 * every lane.
 */
public final class VectorExact extends ExactArrays {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    VectorExact() {}

    @Override
    public void exp(float[] x, int n) {
        final int bound = FLOATS.loopBound(n);
        for (int i = 0; i < bound; i += FLOATS.length()) {
            exp(FloatVector.fromArray(FLOATS, x, i)).intoArray(x, i);
        }
        for (int i = bound; i < n; i++) {
            x[i] = Exact.exp(x[i]);
        }
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
}
