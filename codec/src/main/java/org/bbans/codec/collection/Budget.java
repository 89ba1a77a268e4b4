package org.bbans.codec.collection;

import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.format.UnsupportedArchiveException;

/** Counts the memory that directories take. */
final class Budget {

    private final ReadOptions options;
    private long taken;

    Budget(ReadOptions options) {
        this.options = options;
    }

    /**
     * Takes some bytes.
     *
     * @throws UnsupportedArchiveException if that makes more than the limit
     */
    void take(long bytes) throws UnsupportedArchiveException {
        options.checkMemory("a directory", bytes, taken);
        taken += bytes;
    }

    /** Gives back all but so many bytes. */
    void keep(long bytes) {
        taken = bytes;
    }

    /** Bytes that are taken. */
    long taken() {
        return taken;
    }
}
