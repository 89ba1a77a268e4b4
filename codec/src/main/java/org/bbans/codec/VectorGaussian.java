package org.bbans.codec;

import org.bbans.codec.math.VectorExact;

/** The Vector API's twin of {@link ScalarGaussian}: the distribution function of a tile of rows at a time. */
final class VectorGaussian implements GaussianKernel {

    private static final int TILE = 32;
    private static final double[] EDGES = GaussianBuckets.Buckets.EDGES;
    private static final int BUCKETS = GaussianBuckets.BUCKETS;
    /** Rounds in which a first guess is improved before the scalar search takes over. */
    private static final int ROUNDS = 4;

    private final double[] mean = new double[TILE];
    private final double[] sigma = new double[TILE];
    private final double[] inverse = new double[TILE];
    private final int[] bucket = new int[TILE];
    /** phi at the lower edges of the buckets, then at the upper edges. */
    private final double[] phi = new double[2 * TILE];

    @Override
    public void intervals(float[] means, float[] sigmas, int base, int[] x, int off, int n, int[] start, int[] freq) {
        for (int j = off; j < off + n; j += TILE) {
            final int rows = Math.min(TILE, off + n - j);
            load(means, sigmas, base + j, rows);
            System.arraycopy(x, j, bucket, 0, rows);
            cumulate(rows);
            for (int k = 0; k < rows; k++) {
                start[j + k] = first(bucket[k], phi[k]);
                freq[j + k] = first(bucket[k] + 1, phi[rows + k]) - start[j + k];
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
            int missed = rows;
            for (int round = 0; round < ROUNDS && missed > 0; round++) {
                cumulate(rows);
                missed = step(slot, j, rows, x, start, freq);
            }
            for (int k = 0; k < rows && missed > 0; k++) {
                if (slot[j + k] < start[j + k] || slot[j + k] - start[j + k] >= freq[j + k]) {
                    ScalarGaussian.search(mean[k], sigma[k], slot[j + k], j + k, x, start, freq);
                }
            }
        }
    }

    private void load(float[] means, float[] sigmas, int off, int rows) {
        for (int k = 0; k < rows; k++) {
            mean[k] = ScalarGaussian.clampMean(means[off + k]);
            sigma[k] = ScalarGaussian.clampSigma(sigmas[off + k]);
            inverse[k] = 1.0 / sigma[k];
        }
    }

    /** The buckets at the quantiles of the slots. */
    private void guess(int[] slot, int off, int rows) {
        for (int k = 0; k < rows; k++) {
            phi[k] = mean[k] + sigma[k] * GaussianBuckets.Buckets.roughQuantile(slot[off + k]);
        }
        VectorExact.phi(phi, rows);
        for (int k = 0; k < rows; k++) {
            bucket[k] = Math.min(BUCKETS - 1, (int) (BUCKETS * phi[k]));
        }
    }

    /** Fills {@link #phi}; upper edges from {@code rows} on. */
    private void cumulate(int rows) {
        for (int k = 0; k < rows; k++) {
            phi[k] = (EDGES[bucket[k]] - mean[k]) * inverse[k];
            phi[rows + k] = (EDGES[bucket[k] + 1] - mean[k]) * inverse[k];
        }
        VectorExact.phi(phi, 2 * rows);
    }

    /**
     * Takes the buckets as found, and moves those that do not hold their slot to where it should be; returns how
     * many.
     */
    private int step(int[] slot, int off, int rows, int[] x, int[] start, int[] freq) {
        int moved = 0;
        for (int k = 0; k < rows; k++) {
            final int i = bucket[k];
            final int first = first(i, phi[k]);
            final int width = first(i + 1, phi[rows + k]) - first;
            final int ahead = slot[off + k] - first;
            x[off + k] = i;
            start[off + k] = first;
            freq[off + k] = width;
            if (ahead < 0 || ahead >= width) {
                bucket[k] = Math.max(0, Math.min(BUCKETS - 1, i + Math.floorDiv(ahead, width)));
                moved++;
            }
        }
        return moved;
    }

    /** F(i), given phi at its edge. */
    private static int first(int i, double phi) {
        final int inner = 2 * i + (int) (GaussianBuckets.SLOTS * phi);
        return i == 0 ? 0 : i == BUCKETS ? 1 << GaussianBuckets.PRECISION : inner;
    }
}
