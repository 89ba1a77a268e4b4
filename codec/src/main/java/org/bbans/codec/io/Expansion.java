package org.bbans.codec.io;

/**
 * Bounds what is unpacked of a packed file. Taking apart and coding takes time in proportion to what it unpacks to,
 * which in a file of a megabyte may be a gibibyte of zeros: such a file stays packed.
 */
public final class Expansion {

    /** So much is unpacked however small the file is. */
    private static final long FREE_BYTES = 1L << 26;
    /**
     * Beyond, it may be so many times the file. Text and images reach 3 to 100, label volumes some hundreds. DEFLATE
     * gets to 1032, so beyond half of that most of the file stands for runs, which LZMA2 makes small as they are.
     */
    private static final int MOST_TIMES = 500;

    private Expansion() {}

    /**
     * Bytes that files may unpack to.
     *
     * @param fileBytes bytes of the files
     * @param limit no more than this
     */
    public static long most(long fileBytes, long limit) {
        return fileBytes > limit / MOST_TIMES ? limit : Math.min(limit, Math.max(FREE_BYTES, MOST_TIMES * fileBytes));
    }
}
