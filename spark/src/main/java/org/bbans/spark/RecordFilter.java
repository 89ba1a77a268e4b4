package org.bbans.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.sources.And;
import org.apache.spark.sql.sources.EqualTo;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.GreaterThan;
import org.apache.spark.sql.sources.GreaterThanOrEqual;
import org.apache.spark.sql.sources.IsNotNull;
import org.apache.spark.sql.sources.LessThan;
import org.apache.spark.sql.sources.LessThanOrEqual;

/** Conditions that say no more than between which numbers a record's lies. */
final class RecordFilter {

    private RecordFilter() {}

    /** The numbers that a condition lets through; empty if it is of another kind. */
    static Optional<RecordRange> range(Filter filter) {
        if (filter instanceof And and) {
            return range(and.left()).flatMap(left -> range(and.right()).map(left::and));
        }
        if (!List.of(ArchiveTable.RECORD).equals(Arrays.asList(filter.references()))) {
            return Optional.empty();
        }
        if (filter instanceof IsNotNull) {
            return Optional.of(RecordRange.ALL);
        }
        if (filter instanceof EqualTo equal && equal.value() instanceof Long n) {
            return Optional.of(between(n, next(n)));
        }
        if (filter instanceof GreaterThan more && more.value() instanceof Long n) {
            return Optional.of(between(next(n), Long.MAX_VALUE));
        }
        if (filter instanceof GreaterThanOrEqual more && more.value() instanceof Long n) {
            return Optional.of(between(n, Long.MAX_VALUE));
        }
        if (filter instanceof LessThan less && less.value() instanceof Long n) {
            return Optional.of(between(0, n));
        }
        if (filter instanceof LessThanOrEqual less && less.value() instanceof Long n) {
            return Optional.of(between(0, next(n)));
        }
        return Optional.empty();
    }

    private static long next(long n) {
        return n == Long.MAX_VALUE ? n : n + 1;
    }

    private static RecordRange between(long from, long to) {
        long low = Math.max(0, from);
        return new RecordRange(low, Math.max(low, to));
    }
}
