package org.bbans.codec;

import java.util.Objects;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;

/**
 * Two-valued symbols, each with a logit of its own: p(1) = sigmoid(logit). Equals {@link Categorical} with (0,
 * logit).
 */
public final class Bernoulli implements Distribution {

    private static final int ONE = 1 << Softmax.WEIGHT_BITS;
    private static final int SLOTS = (1 << Softmax.PRECISION) - 2;

    private float[] logits = {};
    private int base;

    /**
     * A distribution that has no rows until {@link #set} gives it some.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public Bernoulli(Engine engine) {
        Engines.require(engine);
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
        for (int j = off; j < off + n; j++) {
            final int split = split(logits[base + j]);
            final int one = -x[j];
            start[j] = split & one;
            freq[j] = split + ((1 << Softmax.PRECISION) - 2 * split & one);
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        for (int j = off; j < off + n; j++) {
            final int split = split(logits[base + j]);
            final int one = ~(slot[j] - split >> 31);
            x[j] = -one;
            start[j] = split & one;
            freq[j] = split + ((1 << Softmax.PRECISION) - 2 * split & one);
        }
    }

    /** First slot of symbol 1. */
    private static int split(float logit) {
        final int t = Softmax.quantize(logit);
        final int weight = Softmax.weight(Math.abs(t));
        return 1 + Softmax.scale(t > 0 ? weight : ONE, SLOTS, ONE + weight);
    }
}
