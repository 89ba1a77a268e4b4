package org.bbans.bench.coder;

import java.util.Random;
import org.bbans.codec.distribution.Bernoulli;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.distribution.LogisticMixture;
import org.bbans.codec.distribution.Uniform;
import org.bbans.codec.engine.Engine;

/** The parameters of many symbols' distributions: random, without a pattern that a branch predictor could learn. */
public sealed interface Rows {

    /** Number of symbols. */
    int size();

    /** The distribution with these parameters. */
    Distribution on(Engine engine);

    /** Symbols drawn from the distribution, one for each row. */
    default int[] draw(long seed) {
        final Distribution d = on(Engine.SCALAR);
        final int n = size();
        final int[] x = new int[n];
        d.search(new Random(seed).ints(n, 0, 1 << Distribution.PRECISION).toArray(), 0, n, x, new int[n], new int[n]);
        return x;
    }

    /** Rows of the distribution of that name: uniform, bernoulli, categorical, gaussian or mixture. */
    static Rows named(String name, int n, long seed) {
        return switch (name) {
            case "uniform" -> new UniformRows(n);
            case "bernoulli" -> BernoulliRows.random(n, seed);
            case "categorical" -> CategoricalRows.random(n, seed);
            case "gaussian" -> GaussianRows.random(n, seed);
            case "mixture" -> MixtureRows.random(n, seed);
            default -> throw new IllegalArgumentException("no distribution is called " + name);
        };
    }

    private static float[] gaussian(Random random, int n, double mean, double deviation) {
        final float[] v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return v;
    }

    private static float[] logUniform(Random random, int n, double low, double high) {
        final float[] v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = (float) (low * Math.pow(high / low, random.nextDouble()));
        }
        return v;
    }

    /** The prior of latents: 12 bits. */
    record UniformRows(int size) implements Rows {
        @Override
        public Distribution on(Engine engine) {
            return new Uniform(GaussianBuckets.BITS);
        }
    }

    /** Probabilities from about 1 % to 99 %. */
    record BernoulliRows(float[] logits) implements Rows {

        public static BernoulliRows random(int n, long seed) {
            return new BernoulliRows(gaussian(new Random(seed), n, 0, 2));
        }

        @Override
        public int size() {
            return logits.length;
        }

        @Override
        public Distribution on(Engine engine) {
            final Bernoulli d = Bernoulli.of(engine);
            d.set(logits, 0);
            return d;
        }
    }

    /** Softmax over 256 levels: rough curves with a peak at a random place, about 5 bits. */
    record CategoricalRows(float[] logits) implements Rows {

        static final int LEVELS = Categorical.MAX_LEVELS;

        public static CategoricalRows random(int n, long seed) {
            final Random random = new Random(seed);
            final float[] logits = gaussian(random, n * LEVELS, 0, 1);
            for (int j = 0; j < n; j++) {
                final double peak = LEVELS * random.nextDouble();
                final double width = 2 + 20 * random.nextDouble();
                for (int i = 0; i < LEVELS; i++) {
                    logits[j * LEVELS + i] -= (float) (Math.abs(i - peak) / width);
                }
            }
            return new CategoricalRows(logits);
        }

        @Override
        public int size() {
            return logits.length / LEVELS;
        }

        @Override
        public Distribution on(Engine engine) {
            final Categorical d = Categorical.of(LEVELS, engine);
            d.set(logits, 0);
            return d;
        }
    }

    /** Posteriors of latents: together about N(0, 1), standard deviations 0.03 to 1. */
    record GaussianRows(float[] mean, float[] sigma) implements Rows {

        public static GaussianRows random(int n, long seed) {
            final Random random = new Random(seed);
            return new GaussianRows(gaussian(random, n, 0, 0.9), logUniform(random, n, 0.03, 1));
        }

        @Override
        public int size() {
            return mean.length;
        }

        @Override
        public Distribution on(Engine engine) {
            final GaussianBuckets d = GaussianBuckets.of(engine);
            d.set(mean, sigma, 0);
            return d;
        }
    }

    /** Mixtures of ten logistics over 256 levels. */
    record MixtureRows(float[] logits, float[] means, float[] scales) implements Rows {

        static final int COMPONENTS = 10;
        static final int LEVELS = 256;

        public static MixtureRows random(int n, long seed) {
            final Random random = new Random(seed);
            final int k = n * COMPONENTS;
            return new MixtureRows(gaussian(random, k, 0, 1), gaussian(random, k, 128, 50),
                    logUniform(random, k, 0.5, 20));
        }

        @Override
        public int size() {
            return logits.length / COMPONENTS;
        }

        @Override
        public Distribution on(Engine engine) {
            final LogisticMixture d = LogisticMixture.of(COMPONENTS, LEVELS, engine);
            d.set(unitMajor(logits, means, scales));
            return d;
        }

        private float[][] unitMajor(float[]... parameters) {
            final float[][] rows = new float[parameters.length * COMPONENTS][size()];
            for (int p = 0; p < parameters.length; p++) {
                for (int i = 0; i < logits.length; i++) {
                    rows[p * COMPONENTS + i % COMPONENTS][i / COMPONENTS] = parameters[p][i];
                }
            }
            return rows;
        }
    }
}
