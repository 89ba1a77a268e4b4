package org.bbans.codec.content.deflate;

import java.util.Arrays;

/** The fixed tables of RFC 1951: codes of lengths and distances, and the order of code lengths. */
final class DeflateTables {

    static final int MIN_MATCH = 3;
    static final int MAX_MATCH = 258;
    static final int WINDOW = 1 << 15;

    static final int END_BLOCK = 256;
    static final int LENGTH_CODES = 29;
    /** Symbols of the code of literals and lengths that a stream may use. */
    static final int LITERAL_CODES = 257 + LENGTH_CODES;
    static final int DISTANCE_CODES = 30;
    /** Symbols of the code in which code lengths are written. */
    static final int RUN_CODES = 19;

    static final int REPEAT_3_6 = 16;
    static final int ZEROS_3_10 = 17;
    static final int ZEROS_11_138 = 18;

    static final int[] LENGTH_EXTRA =
            {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static final int[] DISTANCE_EXTRA =
            {0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
    static final int[] RUN_EXTRA = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7};
    static final int[] RUN_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    /** Least match length of a code. */
    static final int[] LENGTH_BASE = new int[LENGTH_CODES];
    /** Least distance of a code. */
    static final int[] DISTANCE_BASE = new int[DISTANCE_CODES];
    /** Code lengths of the fixed code of literals and lengths; it has two symbols that are never used. */
    static final byte[] FIXED_LITERALS = new byte[LITERAL_CODES + 2];
    /** Code lengths of the fixed code of distances; it has two symbols that are never used. */
    static final byte[] FIXED_DISTANCES = new byte[DISTANCE_CODES + 2];

    private static final byte[] LENGTH_CODE = new byte[MAX_MATCH + 1];
    private static final byte[] DISTANCE_CODE = new byte[WINDOW + 1];

    static {
        int length = MIN_MATCH;
        for (int c = 0; c < LENGTH_CODES - 1; c++) {
            LENGTH_BASE[c] = length;
            for (int n = 0; n < 1 << LENGTH_EXTRA[c] && length < MAX_MATCH; n++) {
                LENGTH_CODE[length++] = (byte) c;
            }
        }
        LENGTH_BASE[LENGTH_CODES - 1] = MAX_MATCH;
        LENGTH_CODE[MAX_MATCH] = LENGTH_CODES - 1;
        int distance = 1;
        for (int c = 0; c < DISTANCE_CODES; c++) {
            DISTANCE_BASE[c] = distance;
            for (int n = 0; n < 1 << DISTANCE_EXTRA[c]; n++) {
                DISTANCE_CODE[distance++] = (byte) c;
            }
        }
        for (int n = 0; n < FIXED_LITERALS.length; n++) {
            FIXED_LITERALS[n] = (byte) (n <= 143 ? 8 : n <= 255 ? 9 : n <= 279 ? 7 : 8);
        }
        Arrays.fill(FIXED_DISTANCES, (byte) 5);
    }

    private DeflateTables() {}

    /** Code of a match length, 3 to 258, counted from 0. */
    static int lengthCode(int length) {
        return LENGTH_CODE[length];
    }

    /** Code of a distance, 1 to 32,768. */
    static int distanceCode(int distance) {
        return DISTANCE_CODE[distance];
    }
}
