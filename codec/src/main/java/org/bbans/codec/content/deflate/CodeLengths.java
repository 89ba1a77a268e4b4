package org.bbans.codec.content.deflate;

import java.util.Arrays;

/**
 * The codes of a dynamic block as they are written: code lengths of literals and of distances, run-length coded with a
 * third code.
 */
final class CodeLengths {

    /** Symbols of either code together, at most. */
    static final int MAX_SYMBOLS = 288 + 32;

    int literals;
    int distances;
    /** Lengths of the run code that are written, in {@link DeflateTables#RUN_ORDER}. */
    int runCodes;
    final byte[] runLength = new byte[DeflateTables.RUN_CODES];
    /** Symbols of the run code, each with its extra bits from bit 8 on. */
    final short[] runs = new short[MAX_SYMBOLS];
    int runCount;
    /** What the runs come to: first the literals' lengths, then the distances'. */
    final byte[] length = new byte[MAX_SYMBOLS];

    /** Lengths so far. */
    private int filled;

    void begin(int literalSymbols, int distanceSymbols, int runSymbols) {
        literals = literalSymbols;
        distances = distanceSymbols;
        runCodes = runSymbols;
        Arrays.fill(runLength, (byte) 0);
        runCount = 0;
        filled = 0;
    }

    /** Whether all lengths are there. */
    boolean isComplete() {
        return filled == literals + distances;
    }

    /** Where the next run begins. */
    int filled() {
        return filled;
    }

    /** Adds a symbol of the run code; false if it repeats nothing or more than is left. */
    boolean add(int symbol, int extra) {
        int value = 0;
        int n = 1;
        switch (symbol) {
            case DeflateTables.REPEAT_3_6 -> {
                if (filled == 0) {
                    return false;
                }
                value = length[filled - 1];
                n = 3 + extra;
            }
            case DeflateTables.ZEROS_3_10 -> n = 3 + extra;
            case DeflateTables.ZEROS_11_138 -> n = 11 + extra;
            default -> value = symbol;
        }
        if (filled + n > literals + distances) {
            return false;
        }
        Arrays.fill(length, filled, filled + n, (byte) value);
        filled += n;
        runs[runCount++] = (short) (symbol | extra << 8);
        return true;
    }

    boolean same(CodeLengths other) {
        return literals == other.literals && distances == other.distances && runCodes == other.runCodes
                && Arrays.equals(runLength, other.runLength)
                && Arrays.equals(runs, 0, runCount, other.runs, 0, other.runCount);
    }

    void copy(CodeLengths other) {
        begin(other.literals, other.distances, other.runCodes);
        System.arraycopy(other.runLength, 0, runLength, 0, runLength.length);
        System.arraycopy(other.runs, 0, runs, 0, other.runCount);
        System.arraycopy(other.length, 0, length, 0, other.filled);
        runCount = other.runCount;
        filled = other.filled;
    }
}
