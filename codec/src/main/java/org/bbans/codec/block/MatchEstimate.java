package org.bbans.codec.block;

import java.util.Arrays;

/**
 * A quick guess at what a dictionary coder makes of records: a greedy parse into matches of four bytes or more and
 * literals, the latter at their entropy. Integers and {@code StrictMath} alone, so that all machines guess the same.
 */
final class MatchEstimate {

    private static final int MIN_MATCH = 4;
    private static final int MAX_MATCH = 273;
    private static final int TABLE_BITS = 16;
    /** A match takes so many bits for being one and for its length, besides those of its distance. */
    private static final int MATCH_BITS = 6;

    private final byte[] data;
    /** The last position of each four bytes, by hash; -1 for none. */
    private final int[] last = new int[1 << TABLE_BITS];
    private final int[] literals = new int[256];
    private long matchBits;

    private MatchEstimate(byte[] data) {
        this.data = data;
        Arrays.fill(last, -1);
    }

    /**
     * The estimate, in bytes. Of records that repeat only the first counts: they are found however far apart they lie.
     *
     * @param size bytes of a record, of which {@code data} holds a whole number
     */
    static long bytes(byte[] data, int size) {
        MatchEstimate estimate = new MatchEstimate(data);
        long[] seen = new long[Integer.highestOneBit(Math.max(1, data.length / size)) << 2];
        for (int from = 0; from < data.length; from += size) {
            if (add(seen, hash(data, from, size))) {
                estimate.add(from, from + size);
            }
        }
        return (long) ((estimate.matchBits + estimate.literalBits()) / Byte.SIZE);
    }

    /** Adds a number to a set, a table in which 0 is free; returns whether it is new. */
    private static boolean add(long[] set, long number) {
        long kept = number == 0 ? 1 : number;
        int at = (int) kept & set.length - 1;
        while (set[at] != 0) {
            if (set[at] == kept) {
                return false;
            }
            at = at + 1 & set.length - 1;
        }
        set[at] = kept;
        return true;
    }

    private void add(int from, int end) {
        int i = from;
        while (i < end) {
            int length = 0;
            if (end - i >= MIN_MATCH) {
                int slot = slot(i);
                int candidate = last[slot];
                last[slot] = i;
                length = candidate < 0 ? 0 : matchLength(candidate, i, Math.min(MAX_MATCH, end - i));
                if (length >= MIN_MATCH) {
                    matchBits += MATCH_BITS + Integer.SIZE - Integer.numberOfLeadingZeros(i - candidate);
                }
            }
            if (length < MIN_MATCH) {
                literals[data[i] & 0xFF]++;
                length = 1;
            }
            i += length;
        }
    }

    private int slot(int i) {
        int four = data[i] & 0xFF | (data[i + 1] & 0xFF) << 8 | (data[i + 2] & 0xFF) << 16 | data[i + 3] << 24;
        return four * 0x9E3779B1 >>> Integer.SIZE - TABLE_BITS;
    }

    private int matchLength(int a, int b, int limit) {
        int n = 0;
        while (n < limit && data[a + n] == data[b + n]) {
            n++;
        }
        return n;
    }

    private double literalBits() {
        long total = 0;
        double sum = 0;
        for (int n : literals) {
            if (n > 0) {
                total += n;
                sum += n * StrictMath.log(n);
            }
        }
        return total == 0 ? 0 : (total * StrictMath.log(total) - sum) / StrictMath.log(2);
    }

    private static long hash(byte[] data, int from, int n) {
        long h = n;
        for (int i = from; i < from + n; i++) {
            h = (h ^ data[i]) * 0x9e3779b97f4a7c15L;
            h ^= h >>> 29;
        }
        return h;
    }
}
