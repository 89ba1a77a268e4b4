package org.bbans.codec.distribution;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.engine.TwinLoader;
import org.bbans.codec.math.Exact;

/**
 * Gaussians over the 4096 buckets of equal mass under N(0, 1), so that a N(0, 1) prior is {@link Uniform} with
 * {@value #BITS} bits.
 *
 * <p>F(i), the first slot of bucket i, is 2 i + floor((2^24 - 2 * 4096) phi((edge(i) - mean) / sigma)), with F(0) = 0
 * and F(4096) = 2^24. The computed phi may fall by its rounding error where the true one rises, hence by one slot;
 * the 2 i leaves every bucket at least one.
 */
public abstract sealed class GaussianBuckets implements Distribution permits ScalarGaussian, VectorGaussian {

    /** Binary logarithm of the number of buckets. */
    public static final int BITS = 12;
    /** Number of buckets. */
    public static final int BUCKETS = 1 << BITS;
    /** Means are clamped to this magnitude, far beyond the outermost edges (+-3.49). */
    public static final float MEAN_MAX = 16f;
    /** Least standard deviation; smaller ones and NaN act as this one. */
    public static final float SIGMA_MIN = 0x1p-14f;
    /** Greatest standard deviation. */
    public static final float SIGMA_MAX = 0x1p14f;

    private static final double RANGE = 8.0;
    private static final int BISECTIONS = 52;

    private static final TwinLoader<GaussianBuckets> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), GaussianBuckets.class, "VectorGaussian");

    /** Row {@code j} has {@code means[base + j]} and {@code sigmas[base + j]}. */
    float[] means = {};
    float[] sigmas = {};
    int base;

    GaussianBuckets() {}

    /**
     * A distribution that has no rows until {@link #set} gives it some.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public static GaussianBuckets of(Engine engine) {
        Engines.require(engine);
        return engine == Engine.VECTOR && hasVectorLoops() ? VECTOR.create() : new ScalarGaussian();
    }

    /**
     * Whether the vector engine has loops of its own for Gaussians. Latents are few beside samples: plain loops do
     * where vectors of two shapes would spoil the others.
     */
    public static boolean hasVectorLoops() {
        return Engines.vectorAvailable() && Engines.severalShapes();
    }

    /**
     * Row {@code j} has the mean {@code mean[off + j]} and the standard deviation {@code sigma[off + j]}; the arrays
     * are not copied. Any floats are legal: the mean is clamped to +-{@link #MEAN_MAX} (NaN is the least), sigma to
     * [{@link #SIGMA_MIN}, {@link #SIGMA_MAX}].
     */
    public final void set(float[] mean, float[] sigma, int off) {
        this.means = mean;
        this.sigmas = sigma;
        this.base = Objects.checkIndex(off, Math.min(mean.length, sigma.length) + 1);
    }

    /** The median of bucket {@code i}: the value of the latent that the bucket stands for. */
    public static float centre(int i) {
        return Buckets.CENTRES[i];
    }

    @Override
    public final int levels() {
        return BUCKETS;
    }

    /** Edges and medians of the buckets, computed when the first Gaussian is used. */
    static final class Buckets {

        /** EDGES[i] is the quantile of i / 4096; the first and the last are infinite. */
        static final double[] EDGES = new double[BUCKETS + 1];
        /** CENTRES[i] is the quantile of (i + 1/2) / 4096. */
        static final float[] CENTRES = new float[BUCKETS];

        static {
            for (int i = 0; i < BUCKETS / 2; i++) {
                EDGES[i] = i == 0 ? Double.NEGATIVE_INFINITY : lowerQuantile((double) i / BUCKETS);
                EDGES[BUCKETS - i] = -EDGES[i];
                CENTRES[i] = (float) lowerQuantile((i + 0.5) / BUCKETS);
                CENTRES[BUCKETS - 1 - i] = -CENTRES[i];
            }
        }

        private Buckets() {}

        /** The quantile of p, below 1/2, by bisection. */
        private static double lowerQuantile(double p) {
            double low = -RANGE;
            double high = 0;
            for (int k = 0; k < BISECTIONS; k++) {
                final double middle = (low + high) * 0.5;
                if (Exact.phi(middle) < p) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return high;
        }
    }

    /**
     * Where to begin a search: the bucket at the quantile of the slot if F had no 2 i, y, then a step of Newton's
     * method for the 2 i. In floats; wrong in a few searches of a thousand, then mostly by one. Engines may round it
     * differently, and for hostile parameters it may be any bucket.
     */
    static final class Guess {

        /** QUANTILES[i] is the quantile of slot i * WIDTH; the outermost, infinite ones are replaced. */
        static final float[] QUANTILES = new float[BUCKETS + 1];
        /** Slots of a bucket if all have equal frequencies. */
        static final int WIDTH = 1 << PRECISION - BITS;
        /** Square of the greatest magnitude of a value that {@link #P} and {@link #D} serve. */
        static final float REACH_SQUARED = 12.25f;
        /**
         * Coefficients of 4096 phi(z) = 2048 + z P(z^2), the place on the scale of buckets, constant term first:
         * interpolated at Chebyshev nodes on [-3.5, 3.5], with an error of 0.003.
         */
        static final float[] P = {
            1634.0673f, -272.33984f, 40.838684f, -4.8493104f, 0.46504992f, -0.03614537f, 0.0022033756f, -9.7538265e-5f,
            2.7305007e-6f, -3.5611365e-8f,
        };
        /** Coefficients of its derivative, D(z^2), with an error of 6. */
        static final float[] D = {1628.3158f, -782.67645f, 168.78079f, -19.489655f, 1.1583098f, -0.027636321f};
        /** What a slot leaves for the 2 i, if buckets had equal frequencies. */
        static final float SHARE = 2f * BUCKETS / NormalShare.SLOTS;

        static {
            for (int i = 1; i < BUCKETS; i++) {
                QUANTILES[i] = (float) Buckets.EDGES[i];
            }
            QUANTILES[0] = 2 * Buckets.CENTRES[0] - QUANTILES[1];
            QUANTILES[BUCKETS] = -QUANTILES[0];
        }

        private Guess() {}

        static int bucket(float mean, float sigma, int slot) {
            final int i = slot / WIDTH;
            final float step = (QUANTILES[i + 1] - QUANTILES[i]) * (1f / WIDTH);
            final float z = (QUANTILES[i] + step * (slot % WIDTH)) * sigma + mean;
            final float zz = Math.min(z * z, REACH_SQUARED);
            final float y = Math.fma(horner(P, zz), z, BUCKETS / 2f);
            final float perSlot = horner(D, zz) * sigma * step;
            return Math.max(0, Math.min(BUCKETS - 1, (int) (y + perSlot * (slot * SHARE - 2 * y))));
        }

        private static float horner(float[] c, float x) {
            float p = c[c.length - 1];
            for (int i = c.length - 2; i >= 0; i--) {
                p = Math.fma(p, x, c[i]);
            }
            return p;
        }
    }
}
