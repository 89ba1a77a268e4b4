package org.bbans.codec.distribution;

import java.lang.invoke.MethodHandles;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.TwinLoader;

/**
 * Mixtures of logistic distributions, discretised to levels 0, 1, 2, ...: symbol i is the interval [i - 1/2, i +
 * 1/2), the outermost symbols take the tails (Salimans et al., arXiv:1701.05517, section 2.1).
 *
 * <p>F(0) = 0 and F(levels) = 2^24; between them F(i), the first slot of symbol i, is i plus the sum over k of
 * floor(w(k) / (1 + 2^((mean(k) - (i - 1/2)) log2(e) / scale(k)))). The weights w are a softmax that sums to a little
 * less than 2^24 - levels. Every step from i to a summand is a rounded monotone function, so each frequency is at
 * least 1.
 */
public abstract sealed class LogisticMixture implements Distribution permits ScalarLogistic, VectorLogistic {

    /** Greatest number of components. */
    public static final int MAX_COMPONENTS = 32;
    /** Greatest number of levels. */
    public static final int MAX_LEVELS = 1 << 12;
    /** Logits of the components are clamped to this magnitude; NaN is the least. */
    public static final float LOGIT_MAX = 1000f;
    /** Means are clamped to this magnitude, in levels; NaN is the least. */
    public static final float MEAN_MAX = 0x1p14f;
    /** Least scale, in levels; NaN acts as this one. */
    public static final float SCALE_MIN = 0x1p-8f;
    /** Greatest scale, in levels. */
    public static final float SCALE_MAX = 0x1p14f;

    private static final TwinLoader<LogisticMixture> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), LogisticMixture.class, "VectorLogistic");

    final int components;
    final int levels;
    /**
     * What the weights share: 2^24 - levels, less a reserve for the rounding of their sum, at most components + 2
     * slots.
     */
    final float slots;
    /** Row {@code j} has {@code parameters[..][j]}. */
    float[][] parameters = {};

    LogisticMixture(int components, int levels) {
        this.components = components;
        this.levels = levels;
        slots = (1 << PRECISION) - levels - 2 * components - 2;
    }

    /**
     * A distribution that has no rows until {@link #set} gives it some.
     *
     * @param components 1 to {@value #MAX_COMPONENTS}
     * @param levels 2 to {@value #MAX_LEVELS}
     * @throws IllegalStateException if the engine cannot be had
     */
    public static LogisticMixture of(int components, int levels, Engine engine) {
        if (components < 1 || components > MAX_COMPONENTS) {
            throw new IllegalArgumentException("components must be 1 to " + MAX_COMPONENTS + ": " + components);
        }
        if (levels < 2 || levels > MAX_LEVELS) {
            throw new IllegalArgumentException("levels must be 2 to " + MAX_LEVELS + ": " + levels);
        }
        return engine == Engine.VECTOR
                ? VECTOR.create(components, levels)
                : new ScalarLogistic(components, levels);
    }

    /**
     * Row {@code j} has the parameters {@code parameters[..][j]}, unit-major as networks give them: with K components
     * first K rows of logits, the mixture weights before the softmax, then K rows of means, in levels, then K rows of
     * scales, in levels (the standard deviation is 1.814 times as large). The arrays are not copied. Any floats are
     * legal, see the clamps above.
     */
    public final void set(float[][] parameters) {
        if (parameters.length != 3 * components) {
            throw new IllegalArgumentException(components + " components do not have " + parameters.length
                    + " rows of parameters");
        }
        this.parameters = parameters;
    }

    @Override
    public final int levels() {
        return levels;
    }
}
