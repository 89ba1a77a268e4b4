package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.SupportsPushDownFilters;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** What is read of archives. */
final class ArchiveScan implements SupportsPushDownRequiredColumns, SupportsPushDownFilters, Scan, Batch {

    private final Map<String, String> options;
    private final List<Filter> pushed = new ArrayList<>();
    private RecordRange wanted = RecordRange.ALL;
    private StructType columns = ArchiveTable.SCHEMA;

    ArchiveScan(CaseInsensitiveStringMap options) {
        this.options = options;
    }

    @Override
    public Filter[] pushFilters(Filter[] filters) {
        List<Filter> others = new ArrayList<>();
        for (Filter filter : filters) {
            Optional<RecordRange> range = RecordFilter.range(filter);
            if (range.isPresent()) {
                wanted = wanted.and(range.get());
                pushed.add(filter);
            } else {
                others.add(filter);
            }
        }
        return others.toArray(Filter[]::new);
    }

    @Override
    public Filter[] pushedFilters() {
        return pushed.toArray(Filter[]::new);
    }

    @Override
    public void pruneColumns(StructType required) {
        columns = required;
    }

    @Override
    public Scan build() {
        return this;
    }

    @Override
    public StructType readSchema() {
        return columns;
    }

    @Override
    public String description() {
        return "bbans archives " + pushed;
    }

    @Override
    public Batch toBatch() {
        return this;
    }

    @Override
    public InputPartition[] planInputPartitions() {
        try {
            return Archives.all(options).stream().flatMap(archive -> RecordPartition.of(archive, wanted).stream())
                    .toArray(InputPartition[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
        return new RecordRows.Factory(columns.fieldNames(), Map.copyOf(options));
    }
}
