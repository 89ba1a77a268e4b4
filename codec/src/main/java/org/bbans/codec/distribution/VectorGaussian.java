package org.bbans.codec.distribution;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.distribution.GaussianBuckets.Guess;
import org.bbans.codec.math.Exact;

/**
 * The Vector API's twin of {@link ScalarGaussian}: each step for a tile of rows before the next step. The rare rows
 * that an estimate leaves in doubt, or whose bucket is another than guessed, take the plain way.
 */
final class VectorGaussian extends GaussianBuckets {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = DOUBLES.length();
    private static final VectorSpecies<Integer> HALF_INTS =
            VectorSpecies.of(int.class, VectorShape.forBitSize(LANES * Integer.SIZE));
    /** Every row of a tile has a bit in an int. */
    private static final int TILE = Integer.SIZE;
    private static final double[] EDGES = GaussianBuckets.Buckets.EDGES;
    private static final int BUCKETS = GaussianBuckets.BUCKETS;
    private static final float[] QUANTILES = Guess.QUANTILES;
    private static final float[] P = Guess.P;
    private static final float[] D = Guess.D;
    private static final int ROUND_BITS = Float.floatToRawIntBits(Exact.ROUND);

    private final double[] mean = new double[TILE];
    private final double[] inverse = new double[TILE];
    /** Indices of a gather. */
    private final int[] place = new int[TILE];
    /** Arguments of phi at the lower edges of the buckets, then from TILE at the upper ones. */
    private final double[] edge = new double[2 * TILE];
    /** A tile that the caller's rows do not fill; whole vectors are computed, what lies past the last row is stale. */
    private final float[] restMean = new float[TILE];
    private final float[] restSigma = new float[TILE];
    private final int[] restSlot = new int[TILE];
    private final int[] restX = new int[TILE];
    private final int[] restStart = new int[TILE];
    private final int[] restFreq = new int[TILE];

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[] means = this.means;
        final float[] sigmas = this.sigmas;
        final int base = this.base;
        final int whole = n & -TILE;
        for (int j = off; j < off + whole; j += TILE) {
            prepareTile(means, sigmas, base + j);
            tileIntervals(x, j, start, freq);
        }
        if (whole < n) {
            final int j = off + whole;
            final int rows = n - whole;
            System.arraycopy(means, base + j, restMean, 0, rows);
            System.arraycopy(sigmas, base + j, restSigma, 0, rows);
            System.arraycopy(x, j, restX, 0, rows);
            prepareTile(restMean, restSigma, 0);
            tileIntervals(restX, 0, restStart, restFreq);
            System.arraycopy(restStart, 0, start, j, rows);
            System.arraycopy(restFreq, 0, freq, j, rows);
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[] means = this.means;
        final float[] sigmas = this.sigmas;
        final int base = this.base;
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

    private void tileSearch(float[] means, float[] sigmas, int at, int[] slot, int[] x, int j,
            int[] start, int[] freq) {
        prepareTile(means, sigmas, at);
        for (int r = 0; r < TILE; r += 2 * LANES) {
            guess(means, sigmas, at + r, slot, x, j + r);
        }
        tileIntervals(x, j, start, freq);
        int wrong = 0;
        for (int r = 0; r < TILE; r += LANES) {
            final IntVector ahead = IntVector.fromArray(HALF_INTS, slot, j + r)
                    .sub(IntVector.fromArray(HALF_INTS, start, j + r));
            final IntVector left = IntVector.fromArray(HALF_INTS, freq, j + r).sub(ahead).sub(1);
            wrong |= (int) ahead.or(left).compare(VectorOperators.LT, 0).toLong() << r;
        }
        for (; wrong != 0; wrong &= wrong - 1) {
            final int k = Integer.numberOfTrailingZeros(wrong);
            ScalarGaussian.seek(mean[k], inverse[k], slot[j + k], j + k, x, start, freq);
        }
    }

    private void tileIntervals(int[] x, int j, int[] start, int[] freq) {
        for (int r = 0; r < TILE; r += 2 * LANES) {
            standardize(x, j + r, r);
        }
        for (int doubt = estimate(x, j, start, freq); doubt != 0; doubt &= doubt - 1) {
            final int k = Integer.numberOfTrailingZeros(doubt);
            ScalarGaussian.interval(mean[k], inverse[k], j + k, x, start, freq);
        }
    }

    private void prepareTile(float[] means, float[] sigmas, int at) {
        for (int r = 0; r < TILE; r += 2 * LANES) {
            prepare(means, sigmas, at + r, r);
        }
    }

    /** Clamped means and reciprocals of clamped standard deviations, to {@link #mean} and {@link #inverse}. */
    private void prepare(float[] means, float[] sigmas, int at, int r) {
        final int r2 = r + LANES;
        final FloatVector anyMean = FloatVector.fromArray(FLOATS, means, at);
        FloatVector m = anyMean.broadcast(-GaussianBuckets.MEAN_MAX)
                .blend(anyMean, anyMean.compare(VectorOperators.GT, -GaussianBuckets.MEAN_MAX));
        m = m.blend(GaussianBuckets.MEAN_MAX, m.compare(VectorOperators.GT, GaussianBuckets.MEAN_MAX));
        ((DoubleVector) m.convertShape(VectorOperators.F2D, DOUBLES, 0)).intoArray(mean, r);
        ((DoubleVector) m.convertShape(VectorOperators.F2D, DOUBLES, 1)).intoArray(mean, r2);
        final FloatVector anySigma = FloatVector.fromArray(FLOATS, sigmas, at);
        FloatVector s = anySigma.broadcast(GaussianBuckets.SIGMA_MIN)
                .blend(anySigma, anySigma.compare(VectorOperators.GT, GaussianBuckets.SIGMA_MIN));
        s = s.blend(GaussianBuckets.SIGMA_MAX, s.compare(VectorOperators.GT, GaussianBuckets.SIGMA_MAX));
        final DoubleVector one = DoubleVector.broadcast(DOUBLES, 1.0);
        one.div(s.convertShape(VectorOperators.F2D, DOUBLES, 0)).intoArray(inverse, r);
        one.div(s.convertShape(VectorOperators.F2D, DOUBLES, 1)).intoArray(inverse, r2);
    }

    /** {@link Guess#bucket} of a vector of rows. */
    private void guess(float[] means, float[] sigmas, int at, int[] slot, int[] x, int j) {
        final IntVector slots = IntVector.fromArray(INTS, slot, j);
        slots.lanewise(VectorOperators.LSHR, PRECISION - GaussianBuckets.BITS).intoArray(place, 0);
        final FloatVector q = FloatVector.fromArray(FLOATS, QUANTILES, 0, place, 0);
        final FloatVector step = FloatVector.fromArray(FLOATS, QUANTILES, 1, place, 0).sub(q).mul(1f / Guess.WIDTH);
        final FloatVector ahead = (FloatVector) slots.and(Guess.WIDTH - 1).convert(VectorOperators.I2F, 0);
        final FloatVector sigma = FloatVector.fromArray(FLOATS, sigmas, at);
        final FloatVector z = step.fma(ahead, q).fma(sigma, FloatVector.fromArray(FLOATS, means, at));
        final FloatVector square = z.mul(z);
        final FloatVector zz = square.broadcast(Guess.REACH_SQUARED)
                .blend(square, square.compare(VectorOperators.LT, Guess.REACH_SQUARED));
        FloatVector p = zz.fma(zz.broadcast(P[9]), zz.broadcast(P[8]));
        p = p.fma(zz, zz.broadcast(P[7]));
        p = p.fma(zz, zz.broadcast(P[6]));
        p = p.fma(zz, zz.broadcast(P[5]));
        p = p.fma(zz, zz.broadcast(P[4]));
        p = p.fma(zz, zz.broadcast(P[3]));
        p = p.fma(zz, zz.broadcast(P[2]));
        p = p.fma(zz, zz.broadcast(P[1]));
        p = p.fma(zz, zz.broadcast(P[0]));
        FloatVector d = zz.fma(zz.broadcast(D[5]), zz.broadcast(D[4]));
        d = d.fma(zz, zz.broadcast(D[3]));
        d = d.fma(zz, zz.broadcast(D[2]));
        d = d.fma(zz, zz.broadcast(D[1]));
        d = d.fma(zz, zz.broadcast(D[0]));
        final FloatVector y = p.fma(z, z.broadcast(BUCKETS / 2f));
        final FloatVector left = ((FloatVector) slots.convert(VectorOperators.I2F, 0)).mul(Guess.SHARE)
                .sub(y.add(y));
        final FloatVector perSlot = d.mul(sigma).mul(step);
        // Rounding a half less serves as well as truncation.
        perSlot.fma(left, y).sub(0.5f).add(Exact.ROUND).reinterpretAsInts().sub(ROUND_BITS).max(0).min(BUCKETS - 1)
                .intoArray(x, j);
    }

    /**
     * The arguments of phi in two vectors of rows, to {@link #edge}. Apart from {@link #estimate}: a gather waits for
     * what its register held before, which there would be the end of the polynomial before it.
     */
    private void standardize(int[] x, int j, int r) {
        final DoubleVector lower = DoubleVector.fromArray(DOUBLES, EDGES, 0, x, j);
        final DoubleVector upper = DoubleVector.fromArray(DOUBLES, EDGES, 1, x, j);
        final DoubleVector lower2 = DoubleVector.fromArray(DOUBLES, EDGES, 0, x, j + LANES);
        final DoubleVector upper2 = DoubleVector.fromArray(DOUBLES, EDGES, 1, x, j + LANES);
        final DoubleVector m = DoubleVector.fromArray(DOUBLES, mean, r);
        final DoubleVector i = DoubleVector.fromArray(DOUBLES, inverse, r);
        lower.sub(m).mul(i).intoArray(edge, r);
        upper.sub(m).mul(i).intoArray(edge, TILE + r);
        final int r2 = r + LANES;
        final DoubleVector m2 = DoubleVector.fromArray(DOUBLES, mean, r2);
        final DoubleVector i2 = DoubleVector.fromArray(DOUBLES, inverse, r2);
        lower2.sub(m2).mul(i2).intoArray(edge, r2);
        upper2.sub(m2).mul(i2).intoArray(edge, TILE + r2);
    }

    /**
     * {@link ScalarGaussian#interval} by {@link NormalShare#estimate}: t, its square and v at the lower edges, and
     * beside them u, its square and w at the upper ones. The result has a bit for each row with an edge in doubt.
     */
    private int estimate(int[] x, int j, int[] start, int[] freq) {
        final double[] c = NormalShare.P;
        int doubt = 0;
        for (int r = 0; r < TILE; r += LANES) {
            final DoubleVector t = DoubleVector.fromArray(DOUBLES, edge, r);
            final DoubleVector u = DoubleVector.fromArray(DOUBLES, edge, TILE + r);
            final DoubleVector tt = t.mul(t);
            final DoubleVector uu = u.mul(u);
            DoubleVector v = tt.fma(t.broadcast(c[14]), t.broadcast(c[13]));
            DoubleVector w = uu.fma(t.broadcast(c[14]), t.broadcast(c[13]));
            v = v.fma(tt, t.broadcast(c[12]));
            w = w.fma(uu, t.broadcast(c[12]));
            v = v.fma(tt, t.broadcast(c[11]));
            w = w.fma(uu, t.broadcast(c[11]));
            v = v.fma(tt, t.broadcast(c[10]));
            w = w.fma(uu, t.broadcast(c[10]));
            v = v.fma(tt, t.broadcast(c[9]));
            w = w.fma(uu, t.broadcast(c[9]));
            v = v.fma(tt, t.broadcast(c[8]));
            w = w.fma(uu, t.broadcast(c[8]));
            v = v.fma(tt, t.broadcast(c[7]));
            w = w.fma(uu, t.broadcast(c[7]));
            v = v.fma(tt, t.broadcast(c[6]));
            w = w.fma(uu, t.broadcast(c[6]));
            v = v.fma(tt, t.broadcast(c[5]));
            w = w.fma(uu, t.broadcast(c[5]));
            v = v.fma(tt, t.broadcast(c[4]));
            w = w.fma(uu, t.broadcast(c[4]));
            v = v.fma(tt, t.broadcast(c[3]));
            w = w.fma(uu, t.broadcast(c[3]));
            v = v.fma(tt, t.broadcast(c[2]));
            w = w.fma(uu, t.broadcast(c[2]));
            v = v.fma(tt, t.broadcast(c[1]));
            w = w.fma(uu, t.broadcast(c[1]));
            v = v.fma(tt, t.broadcast(c[0]));
            w = w.fma(uu, t.broadcast(c[0]));
            v = v.fma(t, t.broadcast(NormalShare.SLOTS / 2.0));
            w = w.fma(u, t.broadcast(NormalShare.SLOTS / 2.0));
            // The nearest integers, in the low bits, and how far past them: where that is negative, floor is one less.
            final DoubleVector vNear = v.add(NormalShare.INTEGERS);
            final DoubleVector wNear = w.add(NormalShare.INTEGERS);
            final DoubleVector vPast = v.sub(vNear.sub(NormalShare.INTEGERS));
            final DoubleVector wPast = w.sub(wNear.sub(NormalShare.INTEGERS));
            final IntVector vShare = (IntVector) vNear.reinterpretAsLongs()
                    .add(vPast.reinterpretAsLongs().lanewise(VectorOperators.ASHR, Long.SIZE - 1))
                    .castShape(HALF_INTS, 0);
            final IntVector wShare = (IntVector) wNear.reinterpretAsLongs()
                    .add(wPast.reinterpretAsLongs().lanewise(VectorOperators.ASHR, Long.SIZE - 1))
                    .castShape(HALF_INTS, 0);
            final IntVector i = IntVector.fromArray(HALF_INTS, x, j + r);
            vShare.add(i).add(i).intoArray(start, j + r);
            // The 2 of 2 i, and 1 more for the last bucket.
            wShare.sub(vShare).add(2).add(i.add(1).lanewise(VectorOperators.LSHR, GaussianBuckets.BITS))
                    .intoArray(freq, j + r);
            final VectorMask<Double> unsure = vPast.abs().compare(VectorOperators.LE, NormalShare.DOUBT)
                    .or(wPast.abs().compare(VectorOperators.LE, NormalShare.DOUBT))
                    .or(tt.compare(VectorOperators.GE, NormalShare.REACH_SQUARED))
                    .or(uu.compare(VectorOperators.GE, NormalShare.REACH_SQUARED));
            doubt |= (int) unsure.toLong() << r;
        }
        return doubt;
    }
}
