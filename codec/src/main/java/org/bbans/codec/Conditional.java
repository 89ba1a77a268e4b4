package org.bbans.codec;

/** A conditional distribution: given the values of the condition, a codec. */
@FunctionalInterface
public interface Conditional {

    /** The codec for the condition {@code v[off ..]}; it may be an object that the next call reuses. */
    Codec given(int[] v, int off);
}
