package org.bbans.codec.distribution;

/** One row at a time. */
final class ScalarGaussian extends GaussianBuckets {

    private static final double[] EDGES = GaussianBuckets.Buckets.EDGES;
    private static final int BUCKETS = GaussianBuckets.BUCKETS;

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[] mean = this.means;
        final float[] sigma = this.sigmas;
        final int base = this.base;
        for (int j = off; j < off + n; j++) {
            final double m = clampMean(mean[base + j]);
            final double inverse = 1.0 / clampSigma(sigma[base + j]);
            interval(m, inverse, j, x, start, freq);
        }
    }

    /** The interval of bucket {@code x[j]}. */
    static void interval(double mean, double inverse, int j, int[] x, int[] start, int[] freq) {
        start[j] = first(x[j], mean, inverse);
        freq[j] = first(x[j] + 1, mean, inverse) - start[j];
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[] mean = this.means;
        final float[] sigma = this.sigmas;
        final int base = this.base;
        for (int j = off; j < off + n; j++) {
            final double m = clampMean(mean[base + j]);
            final double inverse = 1.0 / clampSigma(sigma[base + j]);
            x[j] = GaussianBuckets.Guess.bucket(mean[base + j], sigma[base + j], slot[j]);
            interval(m, inverse, j, x, start, freq);
            final int ahead = slot[j] - start[j];
            if (ahead < 0 || ahead >= freq[j]) {
                seek(m, inverse, slot[j], j, x, start, freq);
            }
        }
    }

    /** Finds the bucket, from the wrong one at {@code x[j]} and its interval outward in doubling steps. */
    static void seek(double mean, double inverse, int slot, int j, int[] x, int[] start, int[] freq) {
        int low = x[j];
        int high = low + 1;
        int lowFirst = start[j];
        int highFirst = lowFirst + freq[j];
        for (int step = 1; lowFirst > slot; step <<= 1) {
            high = low;
            highFirst = lowFirst;
            low = Math.max(0, low - step);
            lowFirst = first(low, mean, inverse);
        }
        for (int step = 1; highFirst <= slot; step <<= 1) {
            low = high;
            lowFirst = highFirst;
            high = Math.min(BUCKETS, high + step);
            highFirst = first(high, mean, inverse);
        }
        while (high - low > 1) {
            final int middle = low + high >>> 1;
            final int middleFirst = first(middle, mean, inverse);
            if (middleFirst <= slot) {
                low = middle;
                lowFirst = middleFirst;
            } else {
                high = middle;
                highFirst = middleFirst;
            }
        }
        x[j] = low;
        start[j] = lowFirst;
        freq[j] = highFirst - lowFirst;
    }

    /** F(i); the last edge is infinite, where the computed phi is almost 1. */
    private static int first(int i, double mean, double inverse) {
        return 2 * i + NormalShare.of((EDGES[i] - mean) * inverse) + (i >>> GaussianBuckets.BITS);
    }

    static double clampMean(float mean) {
        final float m = mean > -GaussianBuckets.MEAN_MAX ? mean : -GaussianBuckets.MEAN_MAX;
        return m < GaussianBuckets.MEAN_MAX ? m : GaussianBuckets.MEAN_MAX;
    }

    static double clampSigma(float sigma) {
        final float s = sigma > GaussianBuckets.SIGMA_MIN ? sigma : GaussianBuckets.SIGMA_MIN;
        return s < GaussianBuckets.SIGMA_MAX ? s : GaussianBuckets.SIGMA_MAX;
    }
}
