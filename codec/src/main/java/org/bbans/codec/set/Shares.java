package org.bbans.codec.set;

import org.bbans.codec.ans.AnsStack;

/**
 * Shares of a whole as intervals of the stack's slots: of {@code m} equal things, those from {@code a} up to, but not
 * with, {@code b} have the slots from {@code first(a, m)} up to {@code first(b, m)}.
 */
final class Shares {

    static final int PRECISION = AnsStack.MAX_PRECISION;

    private Shares() {}

    /** {@code floor(i * 2^24 / m)}. */
    static int first(int i, int m) {
        return (int) (((long) i << PRECISION) / m);
    }

    /** The thing that has a slot: the greatest i with {@code first(i, m) <= slot}, for m up to 2^24. */
    static int at(int slot, int m) {
        return (int) ((slot + 1L) * m - 1 >> PRECISION);
    }
}
