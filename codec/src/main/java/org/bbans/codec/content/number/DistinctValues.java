package org.bbans.codec.content.number;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A set of values with the ranks that they have been added in, as long as there are not too many, and not so many that
 * they are slow to find.
 */
final class DistinctValues {

    /** Greatest number of values. */
    static final int MOST = 1 << 16;
    /** Values whose ranks are bytes. */
    static final int BYTES = 1 << 8;
    /** Slots that are looked at for a value: by chance no more than some tens, but values may be chosen. */
    private static final int MOST_STEPS = 1 << 8;

    /** A power of two, at least twice the number of values. */
    private long[] slots = new long[4 * BYTES];
    private int[] ranks = new int[4 * BYTES];
    private int count;
    private boolean isCrowded;

    DistinctValues() {
        Arrays.fill(ranks, -1);
    }

    /** Different values, whose ranks are their places; null if they are too many. */
    static DistinctValues of(long[] values) {
        DistinctValues set = new DistinctValues();
        for (long value : values) {
            if (!set.add(value)) {
                return null;
            }
        }
        return set;
    }

    int count() {
        return count;
    }

    /** Adds a value that may be there already; returns whether the set can still be used. */
    boolean add(long value) {
        int slot = slot(value);
        if (isCrowded) {
            return false;
        }
        if (ranks[slot] < 0) {
            slots[slot] = value;
            ranks[slot] = count++;
            if (2 * count > slots.length) {
                grow();
            }
        }
        return count <= MOST && !isCrowded;
    }

    private void grow() {
        long[] values = all();
        slots = new long[2 * slots.length];
        ranks = new int[slots.length];
        Arrays.fill(ranks, -1);
        for (int i = 0; i < values.length; i++) {
            int slot = slot(values[i]);
            slots[slot] = values[i];
            ranks[slot] = i;
        }
    }

    /** Where a value is, or may be put. */
    private int slot(long value) {
        int slot = (int) (mix(value) >>> 1 + Long.numberOfLeadingZeros(slots.length));
        int steps = 0;
        while (ranks[slot] >= 0 && slots[slot] != value) {
            slot = slot + 1 & slots.length - 1;
            steps++;
        }
        isCrowded |= steps > MOST_STEPS;
        return slot;
    }

    /** Another number for each one, whose upper bits depend on all of its bits. */
    static long mix(long value) {
        long x = (value ^ value >>> 32) * 0x9E3779B97F4A7C15L;
        return (x ^ x >>> 29) * 0xBF58476D1CE4E5B9L;
    }

    /** The rank; -1 of other values. */
    int rank(long value) {
        return ranks[slot(value)];
    }

    /** The values by rank. */
    long[] all() {
        long[] values = new long[count];
        IntStream.range(0, slots.length).filter(i -> ranks[i] >= 0).forEach(i -> values[ranks[i]] = slots[i]);
        return values;
    }
}
