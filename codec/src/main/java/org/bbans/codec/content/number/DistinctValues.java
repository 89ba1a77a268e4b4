package org.bbans.codec.content.number;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A set of values with the ranks that they have been added in, as long as there are not too many. */
final class DistinctValues {

    /** Greatest number of values. */
    static final int MOST = 1 << 16;
    /** Values whose ranks are bytes. */
    static final int BYTES = 1 << 8;

    /** A power of two, at least twice the number of values. */
    private long[] slots = new long[4 * BYTES];
    private int[] ranks = new int[4 * BYTES];
    private int count;

    DistinctValues() {
        Arrays.fill(ranks, -1);
    }

    /** Different values, whose ranks are their places. */
    static DistinctValues of(long[] values) {
        DistinctValues set = new DistinctValues();
        for (long value : values) {
            set.add(value);
        }
        return set;
    }

    int count() {
        return count;
    }

    /** Adds a value that may be there already; returns whether there are still few enough. */
    boolean add(long value) {
        int slot = slot(value);
        if (ranks[slot] < 0) {
            slots[slot] = value;
            ranks[slot] = count++;
            if (2 * count > slots.length) {
                grow();
            }
        }
        return count <= MOST;
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
        int slot = (int) (value * 0x9E3779B97F4A7C15L >>> 1 + Long.numberOfLeadingZeros(slots.length));
        while (ranks[slot] >= 0 && slots[slot] != value) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
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
