package org.bbans.spark;

import java.io.Serializable;

/**
 * Numbers of records.
 *
 * @param from the first one
 * @param to the one behind the last; not less than {@code from}
 */
record RecordRange(long from, long to) implements Serializable {

    /** All numbers that records have. */
    static final RecordRange ALL = new RecordRange(0, Long.MAX_VALUE);

    private static final long serialVersionUID = 1;

    /** What lies in both. */
    RecordRange and(RecordRange other) {
        long low = Math.max(from, other.from);
        return new RecordRange(low, Math.max(low, Math.min(to, other.to)));
    }

    boolean isEmpty() {
        return from == to;
    }
}
