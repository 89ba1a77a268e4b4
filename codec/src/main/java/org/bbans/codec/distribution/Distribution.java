package org.bbans.codec.distribution;

import org.bbans.codec.ans.AnsStack;

/**
 * The distributions of many symbols at once, as integer cumulative counts: the only doorway from statistics to the
 * stack.
 *
 * <p>Row {@code j} holds the parameters of symbol {@code j}. Each row divides the slots {@code 0 .. 2^24} into
 * one interval {@code [start, start + freq)} for each of its {@code levels()} symbols, in symbol order, without gaps,
 * every {@code freq >= 1}. {@link #search} finds the symbol by searching those integers, never by an analytic
 * quantile.
 */
public interface Distribution {

    /** Binary logarithm of the number of slots. */
    int PRECISION = AnsStack.MAX_PRECISION;

    /** Number of symbols; a symbol is {@code 0 .. levels() - 1}. */
    int levels();

    /** Writes the intervals of {@code x[off .. off + n)} to the same places of {@code start} and {@code freq}. */
    void intervals(int[] x, int off, int n, int[] start, int[] freq);

    /** Finds the symbols whose intervals hold {@code slot[off .. off + n)}, and those intervals. */
    void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq);
}
