package org.bbans.bench.coder;

/** A stack with a fixed model, for symbol sequences of one fixed length. */
public interface Coder {

    /** Number of symbols that one call codes, repetitions included. */
    long symbols();

    /** Pushes the sequence. */
    void push(int[] x);

    /** Pops the sequence. */
    void pop(int[] x);
}
