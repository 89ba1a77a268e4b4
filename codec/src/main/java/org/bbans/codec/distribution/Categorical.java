package org.bbans.codec.distribution;

import java.util.Objects;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;

/**
 * Symbols of 2 to 256 levels, each with logits of its own: p(i) = softmax(logits)(i).
 *
 * <p>F(i), the first slot of symbol i, is i + floor(C(i) (2^24 - levels) / T) with C(i) the sum of the integer
 * weights below i and T their total (see {@code Softmax}): every frequency is at least 1.
 */
public final class Categorical implements Distribution {

    /** Greatest number of levels. */
    public static final int MAX_LEVELS = 256;

    private final int levels;
    private final CategoricalKernel kernel;
    private float[] logits = {};
    private int base;

    /**
     * A distribution that has no rows until {@link #set} gives it some.
     *
     * @param levels 2 to {@value #MAX_LEVELS}
     * @throws IllegalStateException if the engine cannot be had
     */
    public Categorical(int levels, Engine engine) {
        if (levels < 2 || levels > MAX_LEVELS) {
            throw new IllegalArgumentException("levels must be 2 to " + MAX_LEVELS + ": " + levels);
        }
        Engines.require(engine);
        this.levels = levels;
        kernel = engine == Engine.VECTOR ? new VectorCategorical(levels) : new ScalarCategorical(levels);
    }

    /**
     * Row {@code j} has the logits {@code logits[off + j * levels() ..]}; the array is not copied. Any float is a legal
     * logit; NaN is 0.
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
        return levels;
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
