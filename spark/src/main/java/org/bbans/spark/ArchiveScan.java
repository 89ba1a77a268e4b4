package org.bbans.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.SupportsPushDownFilters;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructType;

/** What is read of archives: some columns, and of the rows at least those that the conditions let through. */
abstract class ArchiveScan implements SupportsPushDownRequiredColumns, SupportsPushDownFilters, Scan, Batch {

    final Map<String, String> options;
    final List<Filter> pushed = new ArrayList<>();
    private StructType columns;

    ArchiveScan(StructType columns, Map<String, String> options) {
        this.columns = columns;
        this.options = options;
    }

    final String[] columns() {
        return columns.fieldNames();
    }

    @Override
    public final Filter[] pushedFilters() {
        return pushed.toArray(Filter[]::new);
    }

    @Override
    public final void pruneColumns(StructType required) {
        columns = required;
    }

    @Override
    public final Scan build() {
        return this;
    }

    @Override
    public final StructType readSchema() {
        return columns;
    }

    @Override
    public final String description() {
        return "bbans archives " + pushed;
    }

    @Override
    public final Batch toBatch() {
        return this;
    }
}
