package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.sources.Filter;

/** What is read of archives of folders. */
final class FileScan extends ArchiveScan {

    FileScan(Map<String, String> options) {
        super(ArchiveTable.FILES, options);
    }

    /** Spark looks at all conditions again: other files of a wanted one's stream are decoded, but are no rows. */
    @Override
    public Filter[] pushFilters(Filter[] filters) {
        for (Filter filter : filters) {
            if (PathFilter.speaksOfPaths(filter)) {
                pushed.add(filter);
            }
        }
        return filters;
    }

    @Override
    public InputPartition[] planInputPartitions() {
        try {
            return Archives.all(options).stream()
                    .flatMap(archive -> FilePartition.of(archive, new PathFilter(pushed)).stream())
                    .toArray(InputPartition[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
        return new FileRows.Factory(columns(), new PathFilter(pushed), Map.copyOf(options));
    }
}
