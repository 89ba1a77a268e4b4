package org.bbans.codec.content.gzip;

/** The programs whose DEFLATE streams can be reproduced. They share one algorithm and differ in a few constants. */
enum DeflateVariant {

    /** The gzip program, all versions since 1.2. */
    GZIP(15, 15, 0xFFF, false),
    /** zlib since 1.2 with its default {@code memLevel} 8: most libraries. */
    ZLIB(15, 14, -1, true),
    /** zlib since 1.2 with {@code memLevel} 9. */
    ZLIB_MEM9(16, 15, -1, true);

    final int hashBits;
    final int symbolBits;
    final int truncateMask;
    /** Whether a search ends as soon as a match reaches the end of the input. */
    final boolean niceWithinInput;

    DeflateVariant(int hashBits, int symbolBits, int truncateMask, boolean niceWithinInput) {
        this.hashBits = hashBits;
        this.symbolBits = symbolBits;
        this.truncateMask = truncateMask;
        this.niceWithinInput = niceWithinInput;
    }
}
