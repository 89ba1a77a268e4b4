package org.bbans.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Softmax} on vectors of the preferred shape. */
final class VectorSoftmax {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /** Older compilers have no instruction for float to int in this shape and call a method for every vector. */
    private static final boolean CONVERTS = Runtime.version().feature() >= 21;

    private VectorSoftmax() {
    }

    /** {@link Softmax#quantize} of every lane. */
    static IntVector quantize(FloatVector logits) {
        final FloatVector scaled = logits.mul(Softmax.SCALE);
        return CONVERTS ? ((IntVector) scaled.convert(VectorOperators.F2I, 0)).min(Softmax.LIMIT).max(-Softmax.LIMIT)
            : truncate(scaled);
    }

    /**
     * What a conversion and the clamps to {@link Softmax#LIMIT} give, from the bits: the significand shifted by the
     * exponent.
     */
    private static IntVector truncate(FloatVector x) {
        final FloatVector limit = FloatVector.broadcast(FLOATS, Softmax.LIMIT);
        final FloatVector number = FloatVector.zero(FLOATS).blend(x, x.compare(VectorOperators.EQ, x));
        final FloatVector high = limit.blend(number, number.compare(VectorOperators.LT, limit));
        final FloatVector low = limit.neg();
        final IntVector bits = low.blend(high, high.compare(VectorOperators.GT, low)).reinterpretAsInts();
        final IntVector exponent = bits.lanewise(VectorOperators.LSHR, 23).and(0xFF).sub(150);
        final IntVector significand = bits.and(0x7F_FFFF).or(0x80_0000);
        final IntVector magnitude = significand
            .lanewise(VectorOperators.LSHR, exponent.neg().max(0).min(31))
            .lanewise(VectorOperators.LSHL, exponent.max(0));
        final IntVector sign = bits.lanewise(VectorOperators.ASHR, 31);
        return magnitude.lanewise(VectorOperators.XOR, sign).sub(sign);
    }

    /** {@link Softmax#weight} of every lane. */
    static IntVector weight(IntVector d) {
        final IntVector f = d.and((1 << Softmax.FRACTION) - 1);
        IntVector g = f.mul(Softmax.C).lanewise(VectorOperators.ASHR, Softmax.FRACTION);
        g = d.broadcast(Softmax.B).sub(g).mul(f).lanewise(VectorOperators.ASHR, Softmax.FRACTION);
        g = d.broadcast(Softmax.A).sub(g).mul(f).lanewise(VectorOperators.ASHR, 10);
        return d.broadcast(1 << Softmax.WEIGHT_BITS).sub(g)
            .lanewise(VectorOperators.LSHR, d.lanewise(VectorOperators.LSHR, Softmax.FRACTION).min(31));
    }
}
