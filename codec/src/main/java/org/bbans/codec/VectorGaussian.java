package org.bbans.codec;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.GaussianBuckets.Guess;
import org.bbans.codec.math.Exact;
import org.bbans.codec.math.VectorExact;

/** The Vector API's twin of {@link ScalarGaussian}: each step for a tile of rows before the next step. */
final class VectorGaussian implements GaussianKernel {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = DOUBLES.length();
    private static final VectorSpecies<Integer> HALF_INTS =
        VectorSpecies.of(int.class, VectorShape.forBitSize(LANES * Integer.SIZE));
    private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, DOUBLES.vectorShape());
    private static final int TILE = 32;
    private static final double[] EDGES = GaussianBuckets.Buckets.EDGES;
    private static final int BUCKETS = GaussianBuckets.BUCKETS;
    private static final float[] QUANTILES = Guess.QUANTILES;
    private static final float[] PLACES = Guess.PLACES;
    private static final int ROUND_BITS = Float.floatToRawIntBits(Exact.ROUND);
    /** Added to a double below 2^52 it leaves that number, rounded to an integer, in the low bits. */
    private static final double INTEGERS = 0x1p52;

    private final double[] mean = new double[TILE];
    private final double[] inverse = new double[TILE];
    /** Indices into tables. */
    private final int[] place = new int[TILE];
    /** phi at the lower edges of the buckets, then from TILE at the upper ones. */
    private final double[] phi = new double[2 * TILE];
    /** A tile that the caller's rows do not fill; whole vectors are computed, what lies past the last row is stale. */
    private final float[] restMean = new float[TILE];
    private final float[] restSigma = new float[TILE];
    private final int[] restSlot = new int[TILE];
    private final int[] restX = new int[TILE];
    private final int[] restStart = new int[TILE];
    private final int[] restFreq = new int[TILE];

    @Override
    public void intervals(float[] means, float[] sigmas, int base, int[] x, int off, int n, int[] start, int[] freq) {
        final int whole = n & -TILE;
        for (int j = off; j < off + whole; j += TILE) {
            tileIntervals(means, sigmas, base + j, x, j, start, freq);
        }
        if (whole < n) {
            final int j = off + whole;
            final int rows = n - whole;
            System.arraycopy(means, base + j, restMean, 0, rows);
            System.arraycopy(sigmas, base + j, restSigma, 0, rows);
            System.arraycopy(x, j, restX, 0, rows);
            tileIntervals(restMean, restSigma, 0, restX, 0, restStart, restFreq);
            System.arraycopy(restStart, 0, start, j, rows);
            System.arraycopy(restFreq, 0, freq, j, rows);
        }
    }

    @Override
    public void search(float[] means, float[] sigmas, int base, int[] slot, int off, int n,
                       int[] x, int[] start, int[] freq) {
        final int whole = n & -TILE;
        for (int j = off; j < off + whole; j += TILE) {
            tileSearch(means, sigmas, base + j, slot, x, j, start, freq);
        }
        if (whole < n) {
            final int j = off + whole;
            final int rows = n - whole;
            System.arraycopy(means, base + j, restMean, 0, rows);
            System.arraycopy(sigmas, base + j, restSigma, 0, rows);
            System.arraycopy(slot, j, restSlot, 0, rows);
            tileSearch(restMean, restSigma, 0, restSlot, restX, 0, restStart, restFreq);
            System.arraycopy(restX, 0, x, j, rows);
            System.arraycopy(restStart, 0, start, j, rows);
            System.arraycopy(restFreq, 0, freq, j, rows);
        }
    }

    private void tileIntervals(float[] means, float[] sigmas, int at, int[] x, int j, int[] start, int[] freq) {
        for (int r = 0; r < TILE; r += 2 * LANES) {
            standardize(means, sigmas, at + r, x, j + r, r);
        }
        VectorExact.phi(phi, 2 * TILE);
        for (int r = 0; r < TILE; r += LANES) {
            cumulate(x, j + r, r, start, freq);
        }
    }

    private void tileSearch(float[] means, float[] sigmas, int at, int[] slot, int[] x, int j,
                            int[] start, int[] freq) {
        for (int r = 0; r < TILE; r += 2 * LANES) {
            guess(means, sigmas, at + r, slot, x, j + r);
        }
        tileIntervals(means, sigmas, at, x, j, start, freq);
        for (int r = 0; r < TILE; r += LANES) {
            final IntVector ahead = IntVector.fromArray(HALF_INTS, slot, j + r)
                .sub(IntVector.fromArray(HALF_INTS, start, j + r));
            final IntVector left = IntVector.fromArray(HALF_INTS, freq, j + r).sub(ahead).sub(1);
            long wrong = ahead.or(left).compare(VectorOperators.LT, 0).toLong();
            for (; wrong != 0; wrong &= wrong - 1) {
                final int k = r + Long.numberOfTrailingZeros(wrong);
                ScalarGaussian.seek(mean[k], inverse[k], slot[j + k], j + k, x, start, freq);
            }
        }
    }

    /** {@link Guess#bucket} of a vector of rows. */
    private void guess(float[] means, float[] sigmas, int at, int[] slot, int[] x, int j) {
        final IntVector slots = IntVector.fromArray(INTS, slot, j);
        slots.lanewise(VectorOperators.LSHR, GaussianBuckets.PRECISION - GaussianBuckets.BITS).intoArray(place, 0);
        final FloatVector q = FloatVector.fromArray(FLOATS, QUANTILES, 0, place, 0);
        final FloatVector step = FloatVector.fromArray(FLOATS, QUANTILES, 1, place, 0).sub(q).mul(1f / Guess.WIDTH);
        final FloatVector ahead = (FloatVector) slots.and(Guess.WIDTH - 1).convert(VectorOperators.I2F, 0);
        final FloatVector sigma = FloatVector.fromArray(FLOATS, sigmas, at);
        final FloatVector z = step.fma(ahead, q).fma(sigma, FloatVector.fromArray(FLOATS, means, at));
        final FloatVector t = z.fma(z.broadcast(Guess.STEPS), z.broadcast(Guess.REACH * Guess.STEPS));
        // Rounding a half less serves as well as truncation: a distance of 1 to a step is 0 to the next.
        final FloatVector m = t.sub(0.5f).add(Exact.ROUND);
        m.reinterpretAsInts().sub(ROUND_BITS).max(0).min(Guess.LAST_STEP).intoArray(place, 0);
        final FloatVector p = FloatVector.fromArray(FLOATS, PLACES, 0, place, 0);
        final FloatVector slope = FloatVector.fromArray(FLOATS, PLACES, 1, place, 0).sub(p);
        final FloatVector y = slope.fma(t.sub(m.sub(Exact.ROUND)), p);
        final FloatVector left = ((FloatVector) slots.convert(VectorOperators.I2F, 0)).mul(Guess.SHARE)
            .sub(y.add(y));
        final FloatVector perSlot = slope.mul(Guess.STEPS).mul(sigma).mul(step);
        perSlot.fma(left, y).sub(0.5f).add(Exact.ROUND).reinterpretAsInts().sub(ROUND_BITS).max(0).min(BUCKETS - 1)
            .intoArray(x, j);
    }

    /**
     * The arguments of phi in a vector of rows, to {@link #phi}. Too long to be inlined, as it must be: see {@link
     * VectorExact#phi}.
     */
    private void standardize(float[] means, float[] sigmas, int at, int[] x, int j, int r) {
        final int r2 = r + LANES;
        final FloatVector anyMean = FloatVector.fromArray(FLOATS, means, at);
        FloatVector m = anyMean.broadcast(-GaussianBuckets.MEAN_MAX)
            .blend(anyMean, anyMean.compare(VectorOperators.GT, -GaussianBuckets.MEAN_MAX));
        m = m.blend(GaussianBuckets.MEAN_MAX, m.compare(VectorOperators.GT, GaussianBuckets.MEAN_MAX));
        final DoubleVector m1 = (DoubleVector) m.convertShape(VectorOperators.F2D, DOUBLES, 0);
        final DoubleVector m2 = (DoubleVector) m.convertShape(VectorOperators.F2D, DOUBLES, 1);
        m1.intoArray(mean, r);
        m2.intoArray(mean, r2);
        final FloatVector anySigma = FloatVector.fromArray(FLOATS, sigmas, at);
        FloatVector s = anySigma.broadcast(GaussianBuckets.SIGMA_MIN)
            .blend(anySigma, anySigma.compare(VectorOperators.GT, GaussianBuckets.SIGMA_MIN));
        s = s.blend(GaussianBuckets.SIGMA_MAX, s.compare(VectorOperators.GT, GaussianBuckets.SIGMA_MAX));
        final DoubleVector one = DoubleVector.broadcast(DOUBLES, 1.0);
        final DoubleVector inverse1 = one.div(s.convertShape(VectorOperators.F2D, DOUBLES, 0));
        final DoubleVector inverse2 = one.div(s.convertShape(VectorOperators.F2D, DOUBLES, 1));
        inverse1.intoArray(inverse, r);
        inverse2.intoArray(inverse, r2);
        DoubleVector.fromArray(DOUBLES, EDGES, 0, x, j).sub(m1).mul(inverse1).intoArray(phi, r);
        DoubleVector.fromArray(DOUBLES, EDGES, 1, x, j).sub(m1).mul(inverse1).intoArray(phi, TILE + r);
        DoubleVector.fromArray(DOUBLES, EDGES, 0, x, j + LANES).sub(m2).mul(inverse2).intoArray(phi, r2);
        DoubleVector.fromArray(DOUBLES, EDGES, 1, x, j + LANES).sub(m2).mul(inverse2).intoArray(phi, TILE + r2);
    }

    /** The intervals of the buckets at {@code j}; the last edge is infinite, where the computed phi is almost 1. */
    private void cumulate(int[] x, int j, int r, int[] start, int[] freq) {
        final IntVector i = IntVector.fromArray(HALF_INTS, x, j);
        final IntVector first = share(r);
        first.add(i).add(i).intoArray(start, j);
        share(TILE + r).sub(first).add(2).add(i.add(1).lanewise(VectorOperators.LSHR, GaussianBuckets.BITS))
            .intoArray(freq, j);
    }

    /** floor(SLOTS * phi). */
    private IntVector share(int r) {
        final DoubleVector v = DoubleVector.fromArray(DOUBLES, phi, r).mul(GaussianBuckets.SLOTS);
        final DoubleVector nearest = v.add(INTEGERS);
        final VectorMask<Double> above = nearest.sub(INTEGERS).compare(VectorOperators.GT, v);
        return (IntVector) nearest.reinterpretAsLongs().sub(1, above.cast(LONGS)).castShape(HALF_INTS, 0);
    }
}
