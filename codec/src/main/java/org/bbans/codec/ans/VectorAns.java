package org.bbans.codec.ans;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API's twin of {@link ScalarAns}: as many heads at a time as a vector has longs. The vectors of a batch
 * follow each other as its symbols do, and inside a vector words keep the order of the lanes, hence the same words in
 * the same places. What is left over of a batch goes through the plain loops.
 */
final class VectorAns implements AnsKernel {

    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int LANES = LONGS.length();
    private static final VectorSpecies<Integer> INTS =
        VectorSpecies.of(int.class, VectorShape.forBitSize(LANES * Integer.SIZE));

    /** Below this precision quotients may have more than 50 bits. */
    private static final int LEAST_PRECISION = 13;
    /** Added to a double below 2^52 it leaves that number, rounded to an integer, in the low bits. */
    private static final double ROUND = 0x1p52;
    private static final long ROUND_BITS = 0x433L << 52;
    private static final long INTEGER_MASK = (1L << 52) - 1;
    private static final long LOW_WORD = 0xFFFF_FFFFL;
    /** The bits of 2^84, whose last place is 2^32. */
    private static final long HIGH_BITS = 0x453L << 52;
    private static final double HIGH_AND_ROUND = 0x1p84 + 0x1p52;

    /** For each mask of lanes from {@code mask * LANES}: the numbers of its lanes, in order, at the end. */
    private static final int[] COMPRESS = new int[LANES << LANES];
    /** For each mask of lanes from {@code mask * LANES}, in each of its lanes: how many of them are below. */
    private static final int[] EXPAND = new int[LANES << LANES];

    static {
        for (int mask = 0; mask < 1 << LANES; mask++) {
            int below = 0;
            for (int lane = 0; lane < LANES; lane++) {
                if ((mask >> lane & 1) == 1) {
                    COMPRESS[mask * LANES + LANES - Integer.bitCount(mask) + below] = lane;
                    EXPAND[mask * LANES + lane] = below++;
                }
            }
        }
    }

    /**
     * The quotient q = x / f comes from doubles. x and 1 / f are off by 2^-53 of their value, so their product, below
     * 2^50, by little more than 1/4, and rounded to an integer it is q or q + 1; the sign of the remainder tells
     * which. With {@code x = q * f + x % f}, the new head {@code (q << precision) + x % f + start} is
     * {@code x + start + q * (2^precision - f)}.
     */
    @Override
    public int push(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision) {
        if (heads.length < LANES || precision < LEAST_PRECISION) {
            return ScalarAns.pushFrom(0, heads, words, top, start, freq, off, n, precision);
        }
        final int whole = n & -LANES;
        final int mask = heads.length - 1;
        int p = ScalarAns.pushFrom(whole, heads, words, top, start, freq, off, n, precision);
        for (int j = whole - LANES; j >= 0; j -= LANES) {
            final LongVector f = longs(freq, off + j);
            LongVector x = LongVector.fromArray(LONGS, heads, j & mask);
            final VectorMask<Long> full =
                x.lanewise(VectorOperators.LSHR, 63 - precision).compare(VectorOperators.GE, f);
            final int lanes = (int) full.toLong();
            // Words go to the end of the vector's place, what lies in front of them is above the stack's top.
            IntVector.fromArray(INTS, COMPRESS, lanes * LANES).selectFrom((IntVector) x.castShape(INTS, 0))
                .intoArray(words, p - LANES);
            p -= Integer.bitCount(lanes);
            x = x.lanewise(VectorOperators.LSHR, Integer.SIZE, full);
            final DoubleVector divisor = f.or(ROUND_BITS).reinterpretAsDoubles().sub(ROUND);
            final LongVector q = toDouble(x).fma(divisor.broadcast(1.0).div(divisor), divisor.broadcast(ROUND))
                .reinterpretAsLongs().and(INTEGER_MASK);
            final LongVector others = f.broadcast(1L << precision).sub(f);
            final VectorMask<Long> high = x.sub(q.mul(f)).compare(VectorOperators.LT, 0);
            x.add(longs(start, off + j)).add(q.mul(others)).sub(others, high).intoArray(heads, j & mask);
        }
        return p;
    }

    @Override
    public void peek(long[] heads, int[] slot, int off, int n, int precision) {
        final int mask = (1 << precision) - 1;
        final int whole = n & -LANES;
        for (int j = 0; j < whole; j += LANES) {
            ((IntVector) LongVector.fromArray(LONGS, heads, j).castShape(INTS, 0)).and(mask).intoArray(slot, off + j);
        }
        for (int j = whole; j < n; j++) {
            slot[off + j] = (int) heads[j] & mask;
        }
    }

    @Override
    public int pop(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision) {
        if (words.length - top < n) {
            return ScalarAns.popFrom(0, heads, words, top, start, freq, off, n, precision);
        }
        final long mask = (1L << precision) - 1;
        final int whole = n & -LANES;
        int p = top;
        for (int j = 0; j < whole; j += LANES) {
            LongVector x = LongVector.fromArray(LONGS, heads, j);
            x = x.lanewise(VectorOperators.LSHR, precision).mul(longs(freq, off + j)).add(x.and(mask))
                .sub(longs(start, off + j));
            final VectorMask<Long> low = x.compare(VectorOperators.LT, AnsStack.LOWEST);
            final int lanes = (int) low.toLong();
            final IntVector word =
                IntVector.fromArray(INTS, EXPAND, lanes * LANES).selectFrom(IntVector.fromArray(INTS, words, p));
            p += Integer.bitCount(lanes);
            final LongVector refilled = x.lanewise(VectorOperators.LSHL, Integer.SIZE)
                .or(word.convertShape(VectorOperators.ZERO_EXTEND_I2L, LONGS, 0).reinterpretAsLongs());
            x.blend(refilled, low).intoArray(heads, j);
        }
        return ScalarAns.popFrom(whole, heads, words, p, start, freq, off, n, precision);
    }

    private static LongVector longs(int[] v, int off) {
        return (LongVector) IntVector.fromArray(INTS, v, off).castShape(LONGS, 0);
    }

    /**
     * {@code (double) x} for x >= 0. AVX2 has no instruction for it: the halves are put into the low bits of 2^84 and
     * 2^52, and of what follows only the last addition rounds.
     */
    private static DoubleVector toDouble(LongVector x) {
        if (LONGS.vectorBitSize() == 512) {
            return (DoubleVector) x.convert(VectorOperators.L2D, 0);
        }
        return x.lanewise(VectorOperators.LSHR, Integer.SIZE).or(HIGH_BITS).reinterpretAsDoubles().sub(HIGH_AND_ROUND)
            .add(x.and(LOW_WORD).or(ROUND_BITS).reinterpretAsDoubles());
    }
}
