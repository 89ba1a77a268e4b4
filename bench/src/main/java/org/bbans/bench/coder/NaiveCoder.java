package org.bbans.bench.coder;

import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.math.Exact;

/**
 * The peers: models as one would write them down first, symbol by symbol with {@link StrictMath}, binary search of the
 * cumulative counts, on {@link TextbookRans}.
 */
public abstract sealed class NaiveCoder implements Coder {

    private static final int PRECISION = 24;

    private final TextbookRans stack = new TextbookRans();
    private final int size;
    private final int levels;

    private NaiveCoder(int size, int levels) {
        this.size = size;
        this.levels = levels;
    }

    /** Prepares what all symbols of row {@code j} share. */
    abstract void row(int j);

    /** First slot of symbol {@code i}, 0 to {@code levels}, in the row that {@link #row} prepared. */
    abstract int first(int i);

    @Override
    public long symbols() {
        return size;
    }

    @Override
    public void push(int[] x) {
        for (int j = size - 1; j >= 0; j--) {
            row(j);
            final int start = first(x[j]);
            stack.push(start, first(x[j] + 1) - start, PRECISION);
        }
    }

    @Override
    public void pop(int[] x) {
        for (int j = 0; j < size; j++) {
            row(j);
            final int slot = stack.peek(PRECISION);
            int low = 0;
            int high = levels;
            while (high - low > 1) {
                final int middle = low + high >>> 1;
                if (first(middle) <= slot) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            x[j] = low;
            final int start = first(low);
            stack.pop(start, first(low + 1) - start, PRECISION);
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }

    /** Gaussians over buckets of equal mass; the normal distribution function is a parameter. */
    public static final class Gaussian extends NaiveCoder {

        /** How Phi is computed. */
        public enum Phi {
            /** From {@link Erf}, on {@link StrictMath}. */
            STRICT_MATH,
            /** By {@link Exact#phi}: the project's own function, but symbol by symbol and with plain binary search. */
            EXACT
        }

        private static final int BUCKETS = GaussianBuckets.BUCKETS;
        private static final double SLOTS = (1 << PRECISION) - 2 * BUCKETS;

        private final Rows.GaussianRows rows;
        private final Phi phi;
        private final double[] edges = new double[BUCKETS];
        private double mean;
        private double sigma;

        public Gaussian(Rows.GaussianRows rows, Phi phi) {
            super(rows.size(), BUCKETS);
            this.rows = rows;
            this.phi = phi;
            for (int i = 1; i < BUCKETS; i++) {
                edges[i] = quantile((double) i / BUCKETS);
            }
        }

        @Override
        void row(int j) {
            mean = rows.mean()[j];
            sigma = rows.sigma()[j];
        }

        @Override
        int first(int i) {
            if (i == 0) {
                return 0;
            }
            if (i == BUCKETS) {
                return 1 << PRECISION;
            }
            final double t = (edges[i] - mean) / sigma;
            return 2 * i + (int) (SLOTS * (phi == Phi.EXACT ? Exact.phi(t) : Erf.phi(t)));
        }

        private static double quantile(double p) {
            double low = -8;
            double high = 8;
            while (high - low > 1e-14) {
                final double middle = (low + high) / 2;
                if (Exact.phi(middle) < p) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /** Mixtures of logistics. */
    public static final class Mixture extends NaiveCoder {

        private static final int COMPONENTS = Rows.MixtureRows.COMPONENTS;
        private static final int LEVELS = Rows.MixtureRows.LEVELS;

        private final Rows.MixtureRows rows;
        private final double[] weight = new double[COMPONENTS];
        private int base;

        public Mixture(Rows.MixtureRows rows) {
            super(rows.size(), LEVELS);
            this.rows = rows;
        }

        @Override
        void row(int j) {
            base = j * COMPONENTS;
            double sum = 0;
            for (int k = 0; k < COMPONENTS; k++) {
                weight[k] = StrictMath.exp(rows.logits()[base + k]);
                sum += weight[k];
            }
            for (int k = 0; k < COMPONENTS; k++) {
                weight[k] /= sum;
            }
        }

        @Override
        int first(int i) {
            if (i == 0) {
                return 0;
            }
            if (i == LEVELS) {
                return 1 << PRECISION;
            }
            double p = 0;
            for (int k = 0; k < COMPONENTS; k++) {
                p += weight[k] / (1 + StrictMath.exp((rows.means()[base + k] - i + 0.5) / rows.scales()[base + k]));
            }
            return i + (int) (p * ((1 << PRECISION) - LEVELS));
        }
    }

    /** Softmax over 256 levels. */
    public static final class Softmax extends NaiveCoder {

        private static final int LEVELS = Rows.CategoricalRows.LEVELS;

        private final Rows.CategoricalRows rows;
        private final double[] cumulative = new double[LEVELS + 1];

        public Softmax(Rows.CategoricalRows rows) {
            super(rows.size(), LEVELS);
            this.rows = rows;
        }

        @Override
        void row(int j) {
            final float[] logits = rows.logits();
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < LEVELS; i++) {
                max = Math.max(max, logits[j * LEVELS + i]);
            }
            for (int i = 0; i < LEVELS; i++) {
                cumulative[i + 1] = cumulative[i] + StrictMath.exp(logits[j * LEVELS + i] - max);
            }
        }

        @Override
        int first(int i) {
            return i + (int) (cumulative[i] / cumulative[LEVELS] * ((1 << PRECISION) - LEVELS));
        }
    }
}
