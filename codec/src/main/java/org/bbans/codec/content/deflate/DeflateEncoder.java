package org.bbans.codec.content.deflate;

import java.util.ArrayList;
import java.util.List;

/**
 * An encoder of the family of zlib and GNU gzip, by its parameters.
 *
 * @param search how it looks for matches
 * @param level 1 to 9, of the nine sets of bounds for its search; 9 where there is no search
 * @param hashBits binary logarithm of the number of its hash chains, 8 to 16
 * @param windowBits binary logarithm of its window, 9 to 15
 * @param symbolBits a block ends with 2^{@code symbolBits} - 1 tokens, 7 to 20
 * @param foreign whether it is only the one of the family that comes closest to what was the encoder
 */
record DeflateEncoder(Search search, int level, int hashBits, int windowBits, int symbolBits, boolean foreign) {

    /** How matches are sought. */
    enum Search {
        /** The first match is taken: levels 1 to 3. */
        GREEDY,
        /** A match is taken if none begins a byte later that is longer: levels 4 to 9. */
        LAZY,
        /** As {@link #LAZY}, but matches of five bytes or less are not taken: zlib's strategy for filtered data. */
        FILTERED,
        /** Only repetitions of the byte before. */
        RUNS,
        /** No matches. */
        LITERALS
    }

    /** For each level: good length, lazy length, nice length, chain length. */
    private static final int[][] LEVELS = {
        {}, {4, 4, 8, 4}, {4, 5, 16, 8}, {4, 6, 32, 32}, {4, 4, 16, 16}, {8, 16, 32, 32}, {8, 16, 128, 128},
        {8, 32, 128, 256}, {32, 128, 258, 1024}, {32, 258, 258, 4096},
        {259, 258, 258, 1 << 15}};
    /** Finds the longest matches of all that there are in the largest window. */
    static final DeflateEncoder EXHAUSTIVE = new DeflateEncoder(Search.LAZY, 10, 15, 15, 14, true);
    private static final int FIRST_LAZY_LEVEL = 4;
    private static final int MAX_LEVEL = 9;
    static final int MIN_SYMBOL_BITS = 7;
    static final int MAX_SYMBOL_BITS = 20;
    private static final int USUAL_SYMBOL_BITS = 14;

    /** From a match of this length on, a quarter of the chain is searched for a longer one. */
    int good() {
        return LEVELS[level][0];
    }

    /** From a match of this length on, none is sought a byte later; greedy levels enter no more than this. */
    int lazy() {
        return LEVELS[level][1];
    }

    /** A match of this length ends the search. */
    int nice() {
        return LEVELS[level][2];
    }

    /** Places of a chain that are looked at. */
    int chain() {
        return LEVELS[level][3];
    }

    /** Whether the parameters are in their ranges. */
    boolean isValid() {
        boolean greedy = search == Search.GREEDY;
        boolean lazy = search == Search.LAZY || search == Search.FILTERED;
        return level >= 1 && level <= MAX_LEVEL && (!greedy || level < FIRST_LAZY_LEVEL)
                && (!lazy || level >= FIRST_LAZY_LEVEL)
                && hashBits >= 8 && hashBits <= 16 && windowBits >= 9 && windowBits <= 15
                && symbolBits >= MIN_SYMBOL_BITS
                && symbolBits <= MAX_SYMBOL_BITS;
    }

    /** The one that stands for encoders of other families. */
    DeflateEncoder asForeign() {
        return new DeflateEncoder(search, level, hashBits, windowBits, symbolBits, true);
    }

    /**
     * The encoders that may have written a stream, the usual ones first.
     *
     * @param windowBits binary logarithm of the window
     * @param symbolBits what the first block's number of tokens says; 0 for nothing
     */
    static List<DeflateEncoder> candidates(int windowBits, int symbolBits) {
        int symbols = symbolBits == 0 ? USUAL_SYMBOL_BITS : symbolBits;
        // zlib's memory level fixes both; GNU gzip has 15 and 15.
        int[] hashBits = symbolBits == 0 ? new int[] {15, 16}
                : symbolBits < 8 || symbolBits > 15 ? new int[] {15} : symbolBits == 14 ? new int[] {15}
                        : new int[] {symbolBits + 1, 15};
        List<DeflateEncoder> all = new ArrayList<>();
        for (int bits : hashBits) {
            for (int level : new int[] {6, 9, 8, 7, 5, 4}) {
                all.add(new DeflateEncoder(Search.LAZY, level, bits, windowBits, symbols, false));
                all.add(new DeflateEncoder(Search.FILTERED, level, bits, windowBits, symbols, false));
            }
            for (int level = 1; level < FIRST_LAZY_LEVEL; level++) {
                all.add(new DeflateEncoder(Search.GREEDY, level, bits, windowBits, symbols, false));
            }
        }
        all.add(new DeflateEncoder(Search.RUNS, MAX_LEVEL, 15, windowBits, symbols, false));
        all.add(new DeflateEncoder(Search.LITERALS, MAX_LEVEL, 15, windowBits, symbols, false));
        return all;
    }
}
