package org.bbans.bench.coder;

import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.engine.Engine;

/** The project's own coder: a distribution on an {@link AnsStack}. */
public final class DistributionCoder implements Coder {

    private final AnsStack stack;
    private final DistributionCodec codec;
    private final int repetitions;
    private final String name;

    /** Codes the rows' symbols {@code repetitions} times in one call. */
    public DistributionCoder(Rows rows, Engine engine, int heads, int repetitions) {
        stack = new AnsStack(heads);
        stack.setEngine(engine);
        codec = new DistributionCodec(rows.on(engine), rows.size());
        this.repetitions = repetitions;
        name = rows.getClass().getSimpleName() + " on engine " + engine;
    }

    @Override
    public long symbols() {
        return (long) codec.size() * repetitions;
    }

    @Override
    public void push(int[] x) {
        for (int i = 0; i < repetitions; i++) {
            codec.push(stack, x, 0);
        }
    }

    @Override
    public void pop(int[] x) {
        for (int i = 0; i < repetitions; i++) {
            codec.pop(stack, x, 0);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
