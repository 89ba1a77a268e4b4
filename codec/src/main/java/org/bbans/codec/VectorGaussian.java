package org.bbans.codec;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.math.VectorExact;

/** The Vector API's twin of {@link ScalarGaussian}: each step for a tile of rows before the next step. */
final class VectorGaussian implements GaussianKernel {

    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = DOUBLES.length();
    private static final int TILE = 32;
    private static final double[] EDGES = GaussianBuckets.Buckets.EDGES;
    private static final int BUCKETS = GaussianBuckets.BUCKETS;

    /** Whole vectors are computed: what lies past the last row is left from earlier tiles. */
    private final double[] mean = new double[TILE];
    private final double[] sigma = new double[TILE];
    private final double[] inverse = new double[TILE];
    private final int[] bucket = new int[TILE];
    private final double[] target = new double[TILE];
    private final double[] quantile = new double[TILE];
    private final double[] slope = new double[TILE];
    /** Lower edges of the buckets, then F there before it is rounded. */
    private final double[] low = new double[TILE];
    /** The same for upper edges. */
    private final double[] high = new double[TILE];

    @Override
    public void intervals(float[] means, float[] sigmas, int base, int[] x, int off, int n, int[] start, int[] freq) {
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            load(means, sigmas, base + j, rows);
            System.arraycopy(x, j, bucket, 0, rows);
            cumulate(rows);
            for (int r = 0; r < rows; r++) {
                start[j + r] = ScalarGaussian.first(bucket[r], low[r]);
                freq[j + r] = ScalarGaussian.first(bucket[r] + 1, high[r]) - start[j + r];
            }
        }
    }

    @Override
    public void search(float[] means, float[] sigmas, int base, int[] slot, int off, int n,
                       int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            load(means, sigmas, base + j, rows);
            guess(slot, j, rows);
            cumulate(rows);
            for (int r = 0; r < rows; r++) {
                final int i = bucket[r];
                final int first = ScalarGaussian.first(i, low[r]);
                final int width = ScalarGaussian.first(i + 1, high[r]) - first;
                x[j + r] = i;
                start[j + r] = first;
                freq[j + r] = width;
                final int ahead = slot[j + r] - first;
                if (ahead < 0 || ahead >= width) {
                    ScalarGaussian.seek(mean[r], inverse[r], slot[j + r], j + r, x, start, freq);
                }
            }
        }
    }

    private void load(float[] means, float[] sigmas, int off, int rows) {
        for (int r = 0; r < rows; r++) {
            mean[r] = means[off + r];
        }
        for (int r = 0; r < rows; r++) {
            sigma[r] = sigmas[off + r];
        }
        for (int r = 0; r < rows; r += LANES) {
            clamp(DoubleVector.fromArray(DOUBLES, mean, r), -GaussianBuckets.MEAN_MAX, GaussianBuckets.MEAN_MAX)
                .intoArray(mean, r);
            final DoubleVector s = clamp(DoubleVector.fromArray(DOUBLES, sigma, r), GaussianBuckets.SIGMA_MIN,
                GaussianBuckets.SIGMA_MAX);
            s.intoArray(sigma, r);
            s.broadcast(1.0).div(s).intoArray(inverse, r);
        }
    }

    /** The buckets that probably hold the slots: see {@link GaussianBuckets.Guess}. */
    private void guess(int[] slot, int off, int rows) {
        for (int r = 0; r < rows; r++) {
            final int s = slot[off + r];
            final int i = GaussianBuckets.Guess.place(s);
            target[r] = s;
            slope[r] = GaussianBuckets.Guess.slope(i);
            quantile[r] = GaussianBuckets.Guess.quantile(i, s);
        }
        for (int r = 0; r < rows; r += LANES) {
            final DoubleVector s = DoubleVector.fromArray(DOUBLES, sigma, r);
            final DoubleVector m = DoubleVector.fromArray(DOUBLES, mean, r);
            final DoubleVector q = DoubleVector.fromArray(DOUBLES, quantile, r);
            final DoubleVector z = clamp(s.fma(q, m), -GaussianBuckets.Guess.PHI_RANGE,
                GaussianBuckets.Guess.PHI_RANGE);
            final DoubleVector zz = z.mul(z);
            final DoubleVector p = zz.fma(z.broadcast(GaussianBuckets.Guess.PHI_5),
                z.broadcast(GaussianBuckets.Guess.PHI_3)).fma(zz, z.broadcast(GaussianBuckets.Guess.PHI_1));
            final DoubleVector reserved = p.fma(z, z.broadcast(0.5)).mul(2 * BUCKETS);
            final DoubleVector shift = DoubleVector.fromArray(DOUBLES, target, r).mul(GaussianBuckets.Guess.SHARE)
                .sub(reserved);
            final DoubleVector corrected = DoubleVector.fromArray(DOUBLES, slope, r).fma(shift, q);
            s.fma(corrected, m).intoArray(low, r);
        }
        VectorExact.phi(low, rows);
        for (int r = 0; r < rows; r++) {
            bucket[r] = Math.min(BUCKETS - 1, (int) (BUCKETS * low[r]));
        }
    }

    /** Fills {@link #low} and {@link #high}. */
    private void cumulate(int rows) {
        for (int r = 0; r < rows; r++) {
            low[r] = EDGES[bucket[r]];
            high[r] = EDGES[bucket[r] + 1];
        }
        for (int r = 0; r < rows; r += LANES) {
            final DoubleVector m = DoubleVector.fromArray(DOUBLES, mean, r);
            final DoubleVector inv = DoubleVector.fromArray(DOUBLES, inverse, r);
            DoubleVector.fromArray(DOUBLES, low, r).sub(m).mul(inv).intoArray(low, r);
            DoubleVector.fromArray(DOUBLES, high, r).sub(m).mul(inv).intoArray(high, r);
        }
        VectorExact.phi(low, rows);
        VectorExact.phi(high, rows);
    }

    private static DoubleVector clamp(DoubleVector v, double low, double high) {
        final DoubleVector w = v.blend(low, v.compare(VectorOperators.GT, low).not());
        return w.blend(high, w.compare(VectorOperators.GE, high));
    }
}
