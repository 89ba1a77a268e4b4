package org.bbans.codec;

import org.bbans.codec.ans.AnsStack;

/**
 * Codes an array of symbols onto a stack and back.
 *
 * <p>For any stack, {@code pop} after {@code push} restores the stack bit for bit and yields the same symbols;
 * and {@code push} after {@code pop} restores the stack as well. The second half is what bits-back coding lives on:
 * popping from bits that mean something else is sampling, and pushing the sample gives those bits back.
 *
 * <p>Symbols lie between 0 and what the distribution allows. Pushing another one is a mistake of the caller that not
 * every codec looks for: the symbol does not come back then, and the stack is of no use any more.
 */
public interface Codec {

    /** Number of symbols that one call codes. */
    int size();

    /** Pushes {@code x[off .. off + size())}. */
    void push(AnsStack stack, int[] x, int off);

    /** Pops into {@code x[off .. off + size())}. */
    void pop(AnsStack stack, int[] x, int off);
}
