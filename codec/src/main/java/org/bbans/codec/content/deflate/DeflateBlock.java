package org.bbans.codec.content.deflate;

import java.util.Arrays;

/** One block of a DEFLATE stream, as far as its bits do not follow from the plain bytes alone. A workspace. */
final class DeflateBlock {

    /** Most tokens that a block may have here; streams with larger ones are left as they are. */
    static final int MAX_TOKENS = 1 << 24;

    /** How the symbols are coded; the ordinal is the type in the stream. */
    enum Type {
        STORED, FIXED, DYNAMIC
    }

    Type type;
    boolean last;
    /** Bytes of a stored block. */
    int storedBytes;
    /** Bits between the header of a stored block and the next byte, zero in all encoders that are known. */
    int padding;
    /** The codes of a dynamic block. */
    final CodeLengths lengths = new CodeLengths();

    private int[] tokens = new int[1 << 10];
    private int count;

    void clear() {
        count = 0;
        storedBytes = 0;
        padding = 0;
    }

    /** Number of tokens. */
    int count() {
        return count;
    }

    /** A token: a literal below 256, or {@link #match}. */
    int token(int i) {
        return tokens[i];
    }

    /** Adds a token; false if the block has too many. */
    boolean add(int token) {
        if (count == tokens.length) {
            if (count == MAX_TOKENS) {
                return false;
            }
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = token;
        return true;
    }

    /** A token that repeats {@code length} bytes from {@code distance} bytes before. */
    static int match(int length, int distance) {
        return length << 16 | distance;
    }

    static boolean isMatch(int token) {
        return token >= 1 << 16;
    }

    /** Bytes that a token stands for. */
    static int bytes(int token) {
        return isMatch(token) ? token >>> 16 : 1;
    }

    static int distance(int token) {
        return token & 0xFFFF;
    }
}
