package org.bbans.codec.distribution;

import org.bbans.codec.math.Exact;

/**
 * Gaussians over bins of width 1, cut off at both ends: row {@code j} has the bins {@code 0 .. count(j) - 1}.
 *
 * <p>F(i), the first slot of bin i of n, is 2 i + floor((2^24 - 2 n) (phi(i) - phi(0)) / (phi(n) - phi(0))), where
 * phi(i) is the distribution function of N(0, 1) at (i - mean) / sigma; F(0) = 0 and F(n) = 2^24. The 2 i is as in
 * {@link GaussianBuckets}.
 */
public final class TruncatedGaussian implements Distribution {

    /** Binary logarithm of the greatest number of bins. */
    public static final int MAX_BITS = 16;

    private static final double SLOTS = 1 << PRECISION;

    private float[] means = {};
    private float[] sigmas = {};
    private int[] counts = {};
    /** The row at hand: 1 / sigma, phi(0), slots for each unit of phi. */
    private double inverse;
    private double below;
    private double scale;

    /**
     * Gives each row its parameters; the arrays are not copied.
     *
     * @param mean in bins from the lower end of the first one; no further from the bins than a quarter of their number
     * @param sigma in bins; from a 16th of the number of bins on
     * @param count number of bins, 1 to 2^{@value #MAX_BITS}
     */
    public void set(float[] mean, float[] sigma, int[] count) {
        means = mean;
        sigmas = sigma;
        counts = count;
    }

    /** The greatest number of bins; a row may have fewer. */
    @Override
    public int levels() {
        return 1 << MAX_BITS;
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            row(j);
            start[j] = first(j, x[j]);
            freq[j] = first(j, x[j] + 1) - start[j];
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            row(j);
            int low = 0;
            int high = counts[j];
            int atLow = 0;
            int atHigh = 1 << PRECISION;
            while (high - low > 1) {
                final int middle = (low + high) >>> 1;
                final int at = first(j, middle);
                if (at <= slot[j]) {
                    low = middle;
                    atLow = at;
                } else {
                    high = middle;
                    atHigh = at;
                }
            }
            x[j] = low;
            start[j] = atLow;
            freq[j] = atHigh - atLow;
        }
    }

    private void row(int j) {
        inverse = 1 / (double) sigmas[j];
        below = Exact.phi((0 - (double) means[j]) * inverse);
        scale = (SLOTS - 2 * counts[j]) / (Exact.phi((counts[j] - (double) means[j]) * inverse) - below);
    }

    /** F(i). */
    private int first(int j, int i) {
        if (i == 0) {
            return 0;
        }
        if (i == counts[j]) {
            return 1 << PRECISION;
        }
        return 2 * i + (int) ((Exact.phi((i - (double) means[j]) * inverse) - below) * scale);
    }
}
