package org.bbans.codec.distribution;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.TwinLoader;

/**
 * Two-valued symbols, each with a logit of its own: p(1) = sigmoid(logit). Equals {@link Categorical} with (0,
 * logit).
 *
 * <p>F(1), the first slot of symbol 1, is 1 + floor(w(0) (2^24 - 2) / (w(0) + w(1))) with the integer weights w of
 * {@code Softmax}, of which the likelier symbol's is 2^21.
 */
public abstract sealed class Bernoulli implements Distribution permits ScalarBernoulli, VectorBernoulli {

    private static final TwinLoader<Bernoulli> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), Bernoulli.class, "VectorBernoulli");

    /** Row {@code j} has {@code logits[base + j]}. */
    float[] logits = {};
    int base;

    Bernoulli() {}

    /**
     * A distribution that has no rows until {@link #set} gives it some.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public static Bernoulli of(Engine engine) {
        return engine == Engine.VECTOR ? VECTOR.create() : new ScalarBernoulli();
    }

    /**
     * Row {@code j} has the logit {@code logits[off + j]}; the array is not copied. Any float is a legal logit, NaN
     * is 0.
     */
    public final void set(float[] logits, int off) {
        this.logits = logits;
        this.base = Objects.checkIndex(off, logits.length + 1);
    }

    @Override
    public final int levels() {
        return 2;
    }
}
