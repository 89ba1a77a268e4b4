package org.bbans.codec.ans;

import java.lang.invoke.MethodHandles;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.engine.TwinLoader;

/**
 * The inner loops of {@link AnsStack}. Implementations have no state; arguments have been checked, and there is room
 * for {@code n} words and {@link #SLACK} more above {@code top}.
 */
abstract sealed class AnsKernel permits ScalarAns, VectorAns {

    /** Words above the stack's top that {@link #push} may overwrite although they do not become part of the stack. */
    static final int SLACK = 16;

    private static final TwinLoader<AnsKernel> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), AnsKernel.class, "VectorAns");

    /**
     * The loops of an engine; plain ones for either where the stack {@linkplain AnsStack#hasVectorLoops has no others}.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    static AnsKernel of(Engine engine) {
        Engines.require(engine);
        return engine == Engine.VECTOR && AnsStack.hasVectorLoops() ? VECTOR.create() : new ScalarAns();
    }

    /** Pushes symbols {@code off + n - 1} down to {@code off}; returns the new top. */
    abstract int push(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision);

    /** Writes the slots of the first {@code n} heads. */
    abstract void peek(long[] heads, int[] slot, int off, int n, int precision);

    /**
     * Pops symbols {@code off} to {@code off + n - 1} from the first {@code n} heads; returns the new top.
     *
     * @throws StackUnderflowException if there are too few words
     */
    abstract int pop(long[] heads, int[] words, int top, int[] start, int[] freq, int off, int n, int precision);
}
