package org.bbans.bench.coder;

import java.util.Arrays;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.engine.Engine;

/**
 * The stack alone, every symbol with an interval of its own: intervals are computed beforehand, and what a distribution
 * would search is only checked after the fact.
 */
public final class AdaptiveCore implements Coder {

    private final AnsStack stack;
    private final int[] symbols;
    private final int[] start;
    private final int[] freq;
    private final int[] slot;
    private final int repetitions;

    public AdaptiveCore(Rows rows, int[] x, Engine engine, int heads, int repetitions) {
        final Distribution d = rows.on(Engine.SCALAR);
        stack = new AnsStack(heads);
        stack.setEngine(engine);
        symbols = x.clone();
        start = new int[x.length];
        freq = new int[x.length];
        slot = new int[x.length];
        this.repetitions = repetitions;
        d.intervals(symbols, 0, x.length, start, freq);
    }

    @Override
    public long symbols() {
        return (long) symbols.length * repetitions;
    }

    @Override
    public void push(int[] x) {
        for (int i = 0; i < repetitions; i++) {
            stack.push(start, freq, 0, symbols.length, Distribution.PRECISION);
        }
    }

    /** A slot outside its symbol's interval makes the symbol -1. */
    @Override
    public void pop(int[] x) {
        final int heads = stack.heads();
        for (int i = 0; i < repetitions; i++) {
            for (int j = 0; j < symbols.length; j += heads) {
                final int n = Math.min(heads, symbols.length - j);
                stack.peek(slot, j, n, Distribution.PRECISION);
                stack.pop(start, freq, j, n, Distribution.PRECISION);
            }
        }
        Arrays.setAll(x, j -> slot[j] - start[j] >= 0 && slot[j] - start[j] < freq[j] ? symbols[j] : -1);
    }

    @Override
    public String toString() {
        return "the stack with " + stack.heads() + " heads";
    }
}
