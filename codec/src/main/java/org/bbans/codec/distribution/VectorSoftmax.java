package org.bbans.codec.distribution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Softmax} on vectors of the preferred shape, from arrays to arrays: a method of vectors with several callers
 * may be compiled by itself and then never be inlined (see CONTRIBUTING.md, vector code).
 */
final class VectorSoftmax {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();

    /** Older compilers have no instruction for float to int in this shape and call a method for every vector. */
    private static final boolean CONVERTS = Runtime.version().feature() >= 21;

    /** Bits that {@link Softmax#mantissa} drops at the end. */
    private static final int SCALE_BITS = 10;

    private VectorSoftmax() {}

    /**
     * {@link Softmax#quantize} of {@code logits[off .. off + n)} to {@code t[to ..]}, n whole vectors; returns the
     * greatest. Numbers that lie more than 32 * 2^15 below it may be lower than {@link Softmax#quantize} has them.
     */
    static int quantize(float[] logits, int off, int n, int[] t, int to) {
        final int greatest = CONVERTS ? convert(logits, off, n, t, to) : truncate(logits, off, n, t, to);
        // Where this holds, clamps make no difference to any weight.
        return greatest <= Softmax.LIMIT && greatest > -Softmax.LIMIT / 2 ? greatest : clamp(t, to, n);
    }

    private static int convert(float[] logits, int off, int n, int[] t, int to) {
        IntVector max = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        for (int i = 0; i < n; i += LANES) {
            final IntVector q = (IntVector) FloatVector.fromArray(FLOATS, logits, off + i).mul(Softmax.SCALE)
                    .convert(VectorOperators.F2I, 0);
            q.intoArray(t, to + i);
            max = q.max(max);
        }
        return IntVector.broadcast(INTS, Integer.MIN_VALUE).max(max).reduceLanes(VectorOperators.MAX);
    }

    /** The conversion from the bits: the significand shifted by the exponent. */
    private static int truncate(float[] logits, int off, int n, int[] t, int to) {
        IntVector max = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        for (int i = 0; i < n; i += LANES) {
            final FloatVector x = FloatVector.fromArray(FLOATS, logits, off + i).mul(Softmax.SCALE);
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
            final IntVector q = magnitude.lanewise(VectorOperators.XOR, sign).sub(sign);
            q.intoArray(t, to + i);
            max = q.max(max);
        }
        return IntVector.broadcast(INTS, Integer.MIN_VALUE).max(max).reduceLanes(VectorOperators.MAX);
    }

    private static int clamp(int[] t, int to, int n) {
        int greatest = -Softmax.LIMIT;
        for (int i = to; i < to + n; i++) {
            t[i] = Math.max(-Softmax.LIMIT, Math.min(Softmax.LIMIT, t[i]));
            greatest = Math.max(greatest, t[i]);
        }
        return greatest;
    }

    /**
     * Replaces t by {@link Softmax#weight} of {@code max - t} in {@code t[from .. from + n)}, n whole vectors.
     *
     * <p>With d = max - t, f its fraction and X = g f of {@link Softmax#mantissa}, the weight is
     * {@code (2^21 - (X >> 10)) >> (d >> 15)}. Both shifts in one are
     * {@code (2^31 + 1023 - X) >>> (d + (10 << 15) >> 15)}, if that does not exceed 31: logits that lie lower are
     * raised to where the weight is still 0.
     */
    static void weigh(int max, int[] t, int from, int n) {
        final int above = max + (SCALE_BITS << Softmax.FRACTION);
        final IntVector top = IntVector.broadcast(INTS, above);
        final IntVector lowest = IntVector.broadcast(INTS, above - (Integer.SIZE << Softmax.FRACTION) + 1);
        for (int i = from; i < from + n; i += LANES) {
            final IntVector d = top.sub(IntVector.fromArray(INTS, t, i).max(lowest));
            final IntVector f = d.and((1 << Softmax.FRACTION) - 1);
            IntVector g = f.mul(Softmax.C).lanewise(VectorOperators.ASHR, Softmax.FRACTION);
            g = IntVector.broadcast(INTS, Softmax.B).sub(g).mul(f).lanewise(VectorOperators.ASHR, Softmax.FRACTION);
            g = IntVector.broadcast(INTS, Softmax.A).sub(g).mul(f);
            IntVector.broadcast(INTS, (1 << 31) + (1 << SCALE_BITS) - 1).sub(g)
                    .lanewise(VectorOperators.LSHR, d.lanewise(VectorOperators.LSHR, Softmax.FRACTION)).intoArray(t, i);
        }
    }
}
