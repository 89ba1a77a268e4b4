package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.sources.Filter;

/** What is read of archives of records. */
final class RecordScan extends ArchiveScan {

    private RecordRange wanted = RecordRange.ALL;

    RecordScan(Map<String, String> options) {
        super(ArchiveTable.RECORDS, options);
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
        return new RecordRows.Factory(columns(), Map.copyOf(options));
    }
}
