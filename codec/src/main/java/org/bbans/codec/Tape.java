package org.bbans.codec;

import java.util.Arrays;
import org.bbans.codec.ans.AnsStack;

/**
 * The intervals of symbols in the order in which a decoder meets them: an encoder runs forward as the decoder will,
 * writes them down, and pushes them backwards at the end. Or it only asks what they would cost.
 *
 * <p>All intervals are of 2^{@value AnsStack#MAX_PRECISION} slots. Symbols come in batches, as {@link AnsStack} has
 * them: symbol {@code j} of a batch lives on head {@code j % heads}. Logarithms are {@code StrictMath}'s, so that all
 * machines find the same costs.
 */
public final class Tape {

    private static final int PRECISION = AnsStack.MAX_PRECISION;
    private static final int INITIAL_SIZE = 1024;

    private final boolean hasOwners;
    private int[] start = new int[INITIAL_SIZE];
    private int[] freq = new int[INITIAL_SIZE];
    private int[] owner;
    private int size;
    /** The number of intervals up to the end of each batch. */
    private int[] end = new int[INITIAL_SIZE];
    private int batches;

    /** An empty tape that can be pushed and knows what all its symbols cost together. */
    public Tape() {
        this(false);
    }

    private Tape(boolean hasOwners) {
        this.hasOwners = hasOwners;
        owner = new int[hasOwners ? INITIAL_SIZE : 0];
    }

    /** An empty tape that also knows whose every symbol is. */
    public static Tape withOwners() {
        return new Tape(true);
    }

    /** Removes all intervals. */
    public void clear() {
        size = 0;
        batches = 0;
    }

    /** Number of intervals. */
    public int size() {
        return size;
    }

    /** First slot of interval {@code i}. */
    public int start(int i) {
        return start[i];
    }

    /** Number of slots of interval {@code i}. */
    public int freq(int i) {
        return freq[i];
    }

    /** Whose symbol {@code i} is; only on a tape {@linkplain #withOwners with owners}. */
    public int owner(int i) {
        return owner[i];
    }

    /**
     * Appends a batch: intervals {@code 0 .. n} of the arrays, which are copied.
     *
     * @param owners whose each symbol is; unread on a tape without owners
     */
    public void add(int[] starts, int[] freqs, int[] owners, int n) {
        if (n == 0) {
            return;
        }
        reserve(n);
        System.arraycopy(starts, 0, start, size, n);
        System.arraycopy(freqs, 0, freq, size, n);
        if (hasOwners) {
            System.arraycopy(owners, 0, owner, size, n);
        }
        size += n;
        end[batches++] = size;
    }

    /** Pushes all symbols, the last batch first. */
    public void pushTo(AnsStack stack) {
        int to = size;
        for (int b = batches - 1; b >= 0; b--) {
            final int from = b == 0 ? 0 : end[b - 1];
            final int before = b < 2 ? 0 : end[b - 2];
            // After a batch that is a multiple of the heads, the next one's symbols live where they would as its part.
            if (b == 0 || (from - before) % stack.heads() != 0) {
                stack.push(start, freq, from, to - from, PRECISION);
                to = from;
            }
        }
    }

    /** Bits that all symbols cost. */
    public double bits() {
        double log = 0;
        for (int i = 0; i < size; i++) {
            log += StrictMath.log(freq[i]);
        }
        return bits(size, log);
    }

    /** Bits that each owner's symbols cost, {@code owners} of them; only on a tape with owners. */
    public double[] bitsByOwner(int owners) {
        final double[] bits = new double[owners];
        final int[] symbols = new int[owners];
        for (int i = 0; i < size; i++) {
            bits[owner[i]] += StrictMath.log(freq[i]);
            symbols[owner[i]]++;
        }
        Arrays.setAll(bits, k -> bits(symbols[k], bits[k]));
        return bits;
    }

    /** {@code symbols * PRECISION} less the binary logarithms of their frequencies. */
    private static double bits(int symbols, double log) {
        return (double) symbols * PRECISION - log / StrictMath.log(2);
    }

    private void reserve(int n) {
        final int needed = Math.addExact(size, n);
        if (needed > start.length) {
            final int length = (int) Math.max(needed, Math.min(2L * start.length, Integer.MAX_VALUE - 8));
            start = Arrays.copyOf(start, length);
            freq = Arrays.copyOf(freq, length);
            owner = hasOwners ? Arrays.copyOf(owner, length) : owner;
        }
        if (batches == end.length) {
            end = Arrays.copyOf(end, 2 * end.length);
        }
    }
}
