package org.bbans.codec.ans;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
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
final class VectorAns extends AnsKernel {

    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, LONGS.vectorShape());
    private static final int LANES = LONGS.length();
    /** Whether there are instructions between longs and doubles. */
    private static final boolean WIDE = LONGS.vectorBitSize() == 512;
    private static final VectorSpecies<Integer> INTS =
            VectorSpecies.of(int.class, VectorShape.forBitSize(LANES * Integer.SIZE));

    private static final VectorSpecies<Integer> WIDE_INTS = VectorSpecies.of(int.class, LONGS.vectorShape());

    /** From here on quotients have at most 46 bits. */
    private static final int LEAST_PRECISION = 17;
    /** Added to a double below 2^52 it leaves that number, rounded to an integer, in the low bits. */
    private static final double ROUND = 0x1p52;
    private static final long ROUND_BITS = 0x433L << 52;
    private static final long LOW_WORD = 0xFFFF_FFFFL;
    /** Of longs as ints those with an even number. */
    private static final VectorMask<Integer> LOW_WORDS =
            VectorMask.fromLong(WIDE_INTS, 0x5555_5555L & (1L << 2 * LANES) - 1);
    /** The bits of 2^84, whose last place is 2^32. */
    private static final long HIGH_BITS = 0x453L << 52;
    private static final double HIGH_AND_ROUND = 0x1p84 + 0x1p52;

    /**
     * For each mask of lanes from {@code mask * LANES}: the places of its lanes' low words, in order, at the end. What
     * follows up to a whole vector is loaded with them.
     */
    private static final int[] COMPRESS = new int[LANES + (LANES << LANES)];
    /** For each mask of lanes from {@code mask * LANES}, in each of its lanes: how many of them are below. */
    private static final int[] EXPAND = new int[LANES << LANES];

    static {
        for (int mask = 0; mask < 1 << LANES; mask++) {
            int below = 0;
            for (int lane = 0; lane < LANES; lane++) {
                if ((mask >> lane & 1) == 1) {
                    COMPRESS[mask * LANES + LANES - Integer.bitCount(mask) + below] = 2 * lane;
                    EXPAND[mask * LANES + lane] = below++;
                }
            }
        }
    }

    /**
     * The quotient q = x / f comes from doubles, 1 / f from a division of floats and a step of Newton's method: a
     * division of doubles would keep the divider busy for most of the loop's time. The float is off by 2^-24 of its
     * value, 1 / f then by 2^-48 and a few 2^-53, so x / f, below 2^46, by less than 1/3, and rounded to an integer it
     * is q or q + 1; the sign of the remainder tells which. The new head is
     * {@code (q << precision) + x % f + start}.
     */
    @Override
    int push(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision) {
        if (heads.length < LANES || precision < LEAST_PRECISION) {
            return ScalarAns.pushFrom(0, heads, words, top, start, freq, off, n, precision);
        }
        final int whole = n & -LANES;
        final int mask = heads.length - 1;
        // Shifts by vectors: those by a variable number take twice as long.
        final LongVector up = LongVector.broadcast(LONGS, precision);
        final LongVector down = LongVector.broadcast(LONGS, 63 - precision);
        int p = ScalarAns.pushFrom(whole, heads, words, top, start, freq, off, n, precision);
        for (int j = whole - LANES; j >= 0; j -= LANES) {
            // Masks are used up before the next access of an array: for its exception they would be made objects.
            final IntVector freqs = IntVector.fromArray(INTS, freq, off + j);
            final LongVector f = (LongVector) freqs.castShape(LONGS, 0);
            final LongVector starts = longs(start, off + j);
            final LongVector x = LongVector.fromArray(LONGS, heads, j & mask);
            final VectorMask<Long> full =
                    x.lanewise(VectorOperators.LSHR, down).compare(VectorOperators.GE, f);
            final int lanes = (int) full.toLong();
            final LongVector y = x.lanewise(VectorOperators.LSHR, Integer.SIZE, full);
            // Words go to the end of the vector's place, what lies in front of them is above the stack's top.
            ((IntVector) IntVector.fromArray(WIDE_INTS, COMPRESS, lanes * LANES).selectFrom(x.reinterpretAsInts())
                    .reinterpretShape(INTS, 0)).intoArray(words, p - LANES);
            p -= Integer.bitCount(lanes);
            // In the low 52 bits; what is above them will be shifted out.
            final LongVector q = toDouble(y).fma(minusReciprocal(freqs, f), DoubleVector.broadcast(DOUBLES, -ROUND))
                    .reinterpretAsLongs();
            // Between -f and f, so the low words tell it.
            final LongVector rest = y.reinterpretAsInts().sub(q.reinterpretAsInts().mul(f.reinterpretAsInts()))
                    .reinterpretAsLongs();
            final VectorMask<Long> high = rest.lanewise(VectorOperators.LSHL, Integer.SIZE)
                    .compare(VectorOperators.LT, 0);
            // Nothing carries: the sum of remainder and start takes the bits that the shift has freed.
            q.sub(1, high).lanewise(VectorOperators.LSHL, up).add(starts).reinterpretAsInts()
                    .add(rest.add(f, high).reinterpretAsInts(), LOW_WORDS).reinterpretAsLongs()
                    .intoArray(heads, j & mask);
        }
        return p;
    }

    @Override
    void peek(long[] heads, int[] slot, int off, int n, int precision) {
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
    int pop(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision) {
        if (words.length - top < n) {
            return ScalarAns.popFrom(0, heads, words, top, start, freq, off, n, precision);
        }
        final LongVector mask = LongVector.broadcast(LONGS, (1L << precision) - 1);
        final LongVector down = LongVector.broadcast(LONGS, precision);
        final int whole = n & -LANES;
        int p = top;
        for (int j = 0; j < whole; j += LANES) {
            final LongVector head = LongVector.fromArray(LONGS, heads, j);
            final LongVector x = head.lanewise(VectorOperators.LSHR, down).mul(longs(freq, off + j))
                    .add(head.and(mask)).sub(longs(start, off + j));
            final VectorMask<Long> low = x.compare(VectorOperators.LT, AnsStack.LOWEST);
            final int lanes = (int) low.toLong();
            final LongVector y = x.lanewise(VectorOperators.LSHL, Integer.SIZE, low);
            final LongVector word =
                    IntVector.fromArray(INTS, EXPAND, lanes * LANES).selectFrom(IntVector.fromArray(INTS, words, p))
                            .convertShape(VectorOperators.ZERO_EXTEND_I2L, LONGS, 0).reinterpretAsLongs();
            p += Integer.bitCount(lanes);
            y.add(word, VectorMask.fromLong(LONGS, lanes)).intoArray(heads, j);
        }
        return ScalarAns.popFrom(whole, heads, words, p, start, freq, off, n, precision);
    }

    private static LongVector longs(int[] v, int off) {
        return (LongVector) IntVector.fromArray(INTS, v, off).castShape(LONGS, 0);
    }

    /** -1 / f, off by little more than 2^-48 of its value; f is given as ints and as longs. */
    private static DoubleVector minusReciprocal(IntVector f, LongVector same) {
        final FloatVector divisor = (FloatVector) f.convert(VectorOperators.I2F, 0);
        final DoubleVector r = (DoubleVector) divisor.broadcast(-1f).div(divisor).castShape(DOUBLES, 0);
        final DoubleVector exact = WIDE ? toDouble(same) : (DoubleVector) f.castShape(DOUBLES, 0);
        return r.mul(exact.fma(r, r.broadcast(2.0)));
    }

    /**
     * {@code (double) x} for x >= 0. AVX2 has no instruction for it: the halves are put into the low bits of 2^84 and
     * 2^52, and of what follows only the last addition rounds.
     */
    private static DoubleVector toDouble(LongVector x) {
        if (WIDE) {
            return (DoubleVector) x.convert(VectorOperators.L2D, 0);
        }
        return x.lanewise(VectorOperators.LSHR, Integer.SIZE).or(HIGH_BITS).reinterpretAsDoubles().sub(HIGH_AND_ROUND)
                .add(x.and(LOW_WORD).or(ROUND_BITS).reinterpretAsDoubles());
    }
}
