package org.bbans.codec.distribution;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.TwinLoader;

/**
 * Symbols of 2 to 256 levels, each with logits of its own: p(i) = softmax(logits)(i).
 *
 * <p>F(i), the first slot of symbol i, is i + floor(C(i) (2^24 - levels) / T) with C(i) the sum of the integer
 * weights below i and T their total (see {@code Softmax}): every frequency is at least 1.
 */
public abstract sealed class Categorical implements Distribution permits ScalarCategorical, VectorCategorical {

    /** Greatest number of levels. */
    public static final int MAX_LEVELS = 256;

    private static final TwinLoader<Categorical> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), Categorical.class, "VectorCategorical");

    final int levels;
    /** Slots that the weights share. */
    final int slots;
    /** Row {@code j} has {@code logits[base + j * levels ..]}. */
    float[] logits = {};
    int base;

    Categorical(int levels) {
        this.levels = levels;
        slots = (1 << PRECISION) - levels;
    }

    /**
     * A distribution that has no rows until {@link #set} gives it some.
     *
     * @param levels 2 to {@value #MAX_LEVELS}
     * @throws IllegalStateException if the engine cannot be had
     */
    public static Categorical of(int levels, Engine engine) {
        if (levels < 2 || levels > MAX_LEVELS) {
            throw new IllegalArgumentException("levels must be 2 to " + MAX_LEVELS + ": " + levels);
        }
        return engine == Engine.VECTOR ? VECTOR.create(levels) : new ScalarCategorical(levels);
    }

    /**
     * Row {@code j} has the logits {@code logits[off + j * levels() ..]}; the array is not copied. Any float is a legal
     * logit; NaN is 0.
     */
    public final void set(float[] logits, int off) {
        this.logits = logits;
        this.base = Objects.checkIndex(off, logits.length + 1);
    }

    @Override
    public final int levels() {
        return levels;
    }
}
