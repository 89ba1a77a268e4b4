package org.bbans.codec.distribution;

import java.util.Objects;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;

/**
 * Two-valued symbols, each with a logit of its own: p(1) = sigmoid(logit). Equals {@link Categorical} with (0,
 * logit).
 *
 * <p>F(1), the first slot of symbol 1, is 1 + floor(w(0) (2^24 - 2) / (w(0) + w(1))) with the integer weights w of
 * {@code Softmax}, of which the likelier symbol's is 2^21.
 */
public final class Bernoulli implements Distribution {

    private final BernoulliKernel kernel;
    private float[] logits = {};
    private int base;

    /**
     * A distribution that has no rows until {@link #set} gives it some.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public Bernoulli(Engine engine) {
        Engines.require(engine);
        kernel = engine == Engine.VECTOR ? new VectorBernoulli() : new ScalarBernoulli();
    }

    /**
     * Row {@code j} has the logit {@code logits[off + j]}; the array is not copied. Any float is a legal logit, NaN
     * is 0.
     */
    public void set(float[] logits, int off) {
        this.logits = logits;
        this.base = Objects.checkIndex(off, logits.length + 1);
    }

    @Override
    public int precision() {
        return Softmax.PRECISION;
    }

    @Override
    public int levels() {
        return 2;
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        kernel.intervals(logits, base, x, off, n, start, freq);
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        kernel.search(logits, base, slot, off, n, x, start, freq);
    }
}
