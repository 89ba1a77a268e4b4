package org.bbans.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.sources.And;
import org.apache.spark.sql.sources.EqualTo;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.In;
import org.apache.spark.sql.sources.Or;
import org.apache.spark.sql.sources.StringContains;
import org.apache.spark.sql.sources.StringEndsWith;
import org.apache.spark.sql.sources.StringStartsWith;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;

/**
 * Lets through files of which the conditions may be true, and perhaps others: conditions of unknown kinds count as
 * true.
 *
 * @param conditions all of which are to be true
 */
record PathFilter(List<Filter> conditions) implements Serializable {

    private static final long serialVersionUID = 1;

    PathFilter {
        conditions = List.copyOf(conditions);
    }

    /** Whether a condition is about nothing but paths. */
    static boolean speaksOfPaths(Filter filter) {
        return Arrays.stream(filter.references()).allMatch(ArchiveTable.PATH::equals);
    }

    /** Whether an entry is a file that may be wanted. */
    boolean lets(CollectionEntry entry) {
        return entry.type() == EntryType.FILE && conditions.stream().allMatch(c -> lets(c, entry.name()));
    }

    private static boolean lets(Filter filter, String path) {
        if (filter instanceof And and) {
            return lets(and.left(), path) && lets(and.right(), path);
        }
        if (filter instanceof Or or) {
            return lets(or.left(), path) || lets(or.right(), path);
        }
        if (filter instanceof EqualTo equal) {
            return path.equals(equal.value());
        }
        if (filter instanceof In in) {
            return Arrays.asList(in.values()).contains(path);
        }
        if (filter instanceof StringStartsWith start) {
            return path.startsWith(start.value());
        }
        if (filter instanceof StringEndsWith end) {
            return path.endsWith(end.value());
        }
        if (filter instanceof StringContains part) {
            return path.contains(part.value());
        }
        return true;
    }
}
