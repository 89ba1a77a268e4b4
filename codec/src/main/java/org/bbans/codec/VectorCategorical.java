package org.bbans.codec;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The Vector API's twin of {@link ScalarCategorical}: vectors along the levels of one row. */
final class VectorCategorical implements CategoricalKernel {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();

    /** Older compilers have no instruction for float to int in this shape and call a method for every vector. */
    private static final boolean CONVERTS = Runtime.version().feature() >= 21;

    private final int levels;
    private final int slots;
    /** Logits as integers, then weights; zeros from {@code levels} to the end of the last vector. */
    private final int[] weights;
    /** Sum of the weights below each vector. */
    private final int[] blocks;

    VectorCategorical(int levels) {
        this.levels = levels;
        slots = (1 << Softmax.PRECISION) - levels;
        blocks = new int[(levels + LANES - 1) / LANES];
        weights = new int[blocks.length * LANES];
    }

    @Override
    public void intervals(float[] logits, int base, int[] x, int off, int n, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            final int max = quantize(logits, base + j * levels);
            final int total = weighBlocks(max);
            int below = blocks[x[j] / LANES];
            for (int i = x[j] / LANES * LANES; i < x[j]; i++) {
                below += weights[i];
            }
            interval(x[j], below, total, j, start, freq);
        }
    }

    @Override
    public void search(float[] logits, int base, int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            final int max = quantize(logits, base + j * levels);
            final int total = weighBlocks(max);
            find(slot[j], total, j, x, start, freq);
        }
    }

    /** Writes the row's logits as integers to {@link #weights} and returns the greatest. */
    private int quantize(float[] logits, int off) {
        final int[] t = weights;
        final int bound = FLOATS.loopBound(levels);
        IntVector max = IntVector.broadcast(INTS, -Softmax.LIMIT);
        for (int i = 0; i < bound; i += LANES) {
            final FloatVector scaled = FloatVector.fromArray(FLOATS, logits, off + i).mul(Softmax.SCALE);
            final IntVector q = CONVERTS ? ((IntVector) scaled.convert(VectorOperators.F2I, 0))
                .min(Softmax.LIMIT).max(-Softmax.LIMIT) : truncate(scaled);
            q.intoArray(t, i);
            max = max.max(q);
        }
        int greatest = max.reduceLanes(VectorOperators.MAX);
        for (int i = bound; i < levels; i++) {
            t[i] = Softmax.quantize(logits[off + i]);
            greatest = Math.max(greatest, t[i]);
        }
        return greatest;
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

    /** Turns the integers into weights, fills {@link #blocks} and returns the total. */
    private int weighBlocks(int max) {
        final int[] w = weights;
        final int bound = INTS.loopBound(levels);
        int total = 0;
        for (int i = 0; i < bound; i += LANES) {
            final IntVector v = weight(max, IntVector.fromArray(INTS, w, i));
            v.intoArray(w, i);
            blocks[i / LANES] = total;
            total += v.reduceLanes(VectorOperators.ADD);
        }
        if (bound < levels) {
            blocks[bound / LANES] = total;
        }
        for (int i = bound; i < levels; i++) {
            w[i] = Softmax.weight(max - w[i]);
            total += w[i];
        }
        return total;
    }

    /** {@link Softmax#weight} of {@code max - t}. */
    private static IntVector weight(int max, IntVector t) {
        final IntVector d = IntVector.broadcast(INTS, max).sub(t);
        final IntVector f = d.and((1 << Softmax.FRACTION) - 1);
        IntVector g = f.mul(Softmax.C).lanewise(VectorOperators.ASHR, Softmax.FRACTION);
        g = IntVector.broadcast(INTS, Softmax.B).sub(g).mul(f).lanewise(VectorOperators.ASHR, Softmax.FRACTION);
        g = IntVector.broadcast(INTS, Softmax.A).sub(g).mul(f).lanewise(VectorOperators.ASHR, 10);
        return IntVector.broadcast(INTS, 1 << Softmax.WEIGHT_BITS).sub(g)
            .lanewise(VectorOperators.LSHR, d.lanewise(VectorOperators.LSHR, Softmax.FRACTION).min(31));
    }

    /** The last symbol i with F(i) at most {@code slot}: first the vector that holds it, then its place there. */
    private void find(int slot, int total, int j, int[] x, int[] start, int[] freq) {
        int block = 0;
        for (int step = Integer.highestOneBit(blocks.length); step > 0; step >>>= 1) {
            final int k = Math.min(block + step, blocks.length - 1);
            // F(i) <= slot, that is floor(C(i) slots / T) <= slot - i, without the division.
            block = (long) blocks[k] * slots < (long) (slot - k * LANES + 1) * total ? k : block;
        }
        final int first = block * LANES;
        long cumulative = (long) blocks[block] * slots;
        long limit = (long) (slot - first) * total;
        int place = 0;
        int below = blocks[block];
        for (int k = first; k < first + LANES - 1; k++) {
            // F(k + 1) <= slot; never so for the zeros past the last level, where F exceeds every slot.
            cumulative += (long) weights[k] * slots;
            final int less = (int) (cumulative - limit >> 63);
            limit -= total;
            place -= less;
            below += weights[k] & less;
        }
        x[j] = first + place;
        interval(first + place, below, total, j, start, freq);
    }

    private void interval(int i, int below, int total, int j, int[] start, int[] freq) {
        final int first = i + Softmax.scale(below, slots, total);
        start[j] = first;
        freq[j] = i + 1 + Softmax.scale(below + weights[i], slots, total) - first;
    }
}
