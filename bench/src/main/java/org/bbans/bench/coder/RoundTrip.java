package org.bbans.bench.coder;

import java.util.Arrays;

/**
 * Pushes and pops one sequence in turn, so that either half can be timed on a stack that stays the same size: what the
 * other half does to it happens between the measurements.
 */
public final class RoundTrip {

    private final Coder coder;
    private final int[] expected;
    private final int[] actual;
    private boolean pushed;

    /**
     * Codes the sequence once in both directions.
     *
     * @throws IllegalStateException if it does not come back
     */
    public RoundTrip(Coder coder, int[] x) {
        this.coder = coder;
        expected = x.clone();
        actual = new int[x.length];
        push();
        pop();
        if (!Arrays.equals(expected, actual)) {
            throw new IllegalStateException(coder + " does not decode what it encodes: symbol "
                    + Arrays.mismatch(expected, actual));
        }
    }

    public long symbols() {
        return coder.symbols();
    }

    public void push() {
        coder.push(expected);
        pushed = true;
    }

    public void pop() {
        coder.pop(actual);
        pushed = false;
    }

    /** Makes {@link #push} the next step. */
    public void rewindForPush() {
        if (pushed) {
            pop();
        }
    }

    /** Makes {@link #pop} the next step. */
    public void rewindForPop() {
        if (!pushed) {
            push();
        }
    }
}
