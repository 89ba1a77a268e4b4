package org.bbans.codec.distribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;

/** Every distribution with ordinary, sharp and hostile parameters. */
final class DistributionCases {

    static final int ROWS = 67;

    private static final float[] HOSTILE = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE, 0f, -0f,
        Float.MIN_VALUE, -1f, 1e6f, 11_000f, -12_000f, 88f, 1e-3f, Float.intBitsToFloat(0xFFC0_0001),
    };

    /** Builds a distribution from a source of standard normal, or hostile, numbers. */
    private interface Parameters {
        /** {@code rows * width} numbers with the given mean and deviation. */
        float[] next(int width, double mean, double deviation);
    }

    record Case(String name, Engine engine, BiFunction<Engine, Long, Distribution> maker, long seed) {

        Distribution make() {
            return maker.apply(engine, seed);
        }

        Case with(Engine other) {
            return new Case(name, other, maker, seed);
        }

        @Override
        public String toString() {
            return name + " " + engine + " seed " + seed;
        }
    }

    private DistributionCases() {}

    /** All cases on every engine that this JVM has. */
    static List<Case> all() {
        final List<Case> cases = new ArrayList<>(scalar());
        if (Engines.vectorAvailable()) {
            scalar().forEach(c -> cases.add(c.with(Engine.VECTOR)));
        }
        return cases;
    }

    static List<Case> scalar() {
        final List<Case> cases = new ArrayList<>();
        for (int bits : new int[] {0, 1, 12, 24}) {
            cases.add(new Case("uniform " + bits, Engine.SCALAR, (e, s) -> new Uniform(bits), 0));
        }
        for (double spread : new double[] {1, 8, Double.NaN}) {
            final String kind = Double.isNaN(spread) ? "hostile" : "spread " + spread;
            add(cases, "bernoulli " + kind, spread, (e, p) -> {
                final Bernoulli d = Bernoulli.of(e);
                d.set(p.next(1, 0, spread), 0);
                return d;
            });
            for (int levels : new int[] {2, 3, 15, 16, 17, 100, 255, 256}) {
                add(cases, "categorical " + levels + " " + kind, spread, (e, p) -> {
                    final Categorical d = Categorical.of(levels, e);
                    d.set(p.next(levels, 0, spread), 0);
                    return d;
                });
            }
            add(cases, "gaussian " + kind, spread, (e, p) -> {
                final GaussianBuckets d = GaussianBuckets.of(e);
                final float[] mean = p.next(1, 0, spread);
                final float[] sigma = p.next(1, -4, 2);
                exponentiate(sigma, spread);
                d.set(mean, sigma, 0);
                return d;
            });
            for (int k : new int[] {1, 5, 32}) {
                for (int levels : new int[] {2, 256, 1000}) {
                    add(cases, "mixture " + k + " of " + levels + " " + kind, spread, (e, p) -> {
                        final LogisticMixture d = LogisticMixture.of(k, levels, e);
                        final float[] scale = p.next(k, StrictMath.log(levels / 30.0), 1.5);
                        exponentiate(scale, spread);
                        final float[] logits = p.next(k, 0, spread);
                        d.set(unitMajor(k, logits, p.next(k, levels / 2.0, levels * spread / 10), scale));
                        return d;
                    });
                }
            }
        }
        return cases;
    }

    /** One row of all symbols' numbers for each parameter of each component. */
    private static float[][] unitMajor(int components, float[]... parameters) {
        final float[][] rows = new float[parameters.length * components][ROWS];
        for (int p = 0; p < parameters.length; p++) {
            for (int i = 0; i < ROWS * components; i++) {
                rows[p * components + i % components][i / components] = parameters[p][i];
            }
        }
        return rows;
    }

    private static void exponentiate(float[] v, double spread) {
        for (int i = 0; i < v.length && !Double.isNaN(spread); i++) {
            v[i] = (float) StrictMath.exp(v[i]);
        }
    }

    private static void add(List<Case> cases, String name, double spread,
            BiFunction<Engine, Parameters, Distribution> maker) {
        cases.add(new Case(name, Engine.SCALAR, (engine, seed) -> {
            final Random random = new Random(seed);
            return maker.apply(engine, (width, mean, deviation) -> {
                final float[] v = new float[ROWS * width];
                for (int i = 0; i < v.length; i++) {
                    v[i] = Double.isNaN(spread) && random.nextInt(4) > 0
                            ? HOSTILE[random.nextInt(HOSTILE.length)]
                            : (float) (mean + random.nextGaussian() * (Double.isNaN(deviation) ? 10 : deviation));
                }
                return v;
            });
        }, name.hashCode()));
    }
}
