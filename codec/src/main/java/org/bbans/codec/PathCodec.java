package org.bbans.codec;

import java.util.Objects;
import org.bbans.codec.ans.AnsStack;

/**
 * Codes z_0 with a {@link Path}, bits back step by step in the order of Bit-Swap (Kingma, Abbeel and Ho,
 * arXiv:1905.06845, section 3): pop z_1 given z_0, push z_0 given z_1, pop z_2 given z_1, and so on; push z_T. The
 * stack grows by log2 of q(z_1 ... z_T | z_0) / p(z_0 ... z_T).
 *
 * <p>Two states are kept, however long the path; and what it takes from the stack at once is little more than one
 * state's bits. Not safe for use by several threads.
 */
public final class PathCodec implements Codec {

    private final Path path;
    /** States with an even index, and those with an odd one. */
    private final int[][] state = new int[2][];

    /** The codec of a path's z_0. */
    public PathCodec(Path path) {
        this.path = Objects.requireNonNull(path);
        for (int t = 0; t <= path.steps(); t++) {
            if (state[t & 1] == null || state[t & 1].length < path.size(t)) {
                state[t & 1] = new int[path.size(t)];
            }
        }
    }

    @Override
    public int size() {
        return path.size(0);
    }

    /**
     * Pushes {@code x[off ..]}; the stack must hold enough to pop the states from.
     *
     * @throws org.bbans.codec.ans.StackUnderflowException if it does not
     */
    @Override
    public void push(AnsStack stack, int[] x, int off) {
        System.arraycopy(x, off, state[0], 0, size());
        for (int t = 1; t <= path.steps(); t++) {
            final int[] later = state[t - 1 & 1];
            final int[] earlier = state[t & 1];
            path.backward(t, later).pop(stack, earlier, 0);
            path.forward(t, earlier).push(stack, later, 0);
        }
        path.prior().push(stack, state[path.steps() & 1], 0);
    }

    /** Pops into {@code x[off ..]}: undoes {@link #push} move by move. */
    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        path.prior().pop(stack, state[path.steps() & 1], 0);
        for (int t = path.steps(); t >= 1; t--) {
            final int[] later = state[t - 1 & 1];
            final int[] earlier = state[t & 1];
            path.forward(t, earlier).pop(stack, later, 0);
            path.backward(t, later).push(stack, earlier, 0);
        }
        System.arraycopy(state[0], 0, x, off, size());
    }
}
