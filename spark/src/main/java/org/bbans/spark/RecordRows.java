package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.unsafe.types.UTF8String;
import org.bbans.codec.archive.RecordReader;

/** The records of a partition as rows. */
final class RecordRows implements PartitionReader<InternalRow> {

    private final RecordPartition partition;
    private final String[] columns;
    /** Null if nothing needs to be decoded. */
    private final RecordReader reader;
    private final int prefix;
    private long next;

    /**
     * Makes readers on executors.
     *
     * @param columns names of the wanted ones, in the order of the row
     * @param options those of the user
     */
    record Factory(String[] columns, Map<String, String> options) implements PartitionReaderFactory {

        private static final long serialVersionUID = 1;

        @Override
        public PartitionReader<InternalRow> createReader(InputPartition partition) {
            try {
                return new RecordRows((RecordPartition) partition, columns, options);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private RecordRows(RecordPartition partition, String[] columns, Map<String, String> options) throws IOException {
        this.partition = partition;
        this.columns = columns;
        boolean decodes = !List.of(ArchiveTable.RECORD, ArchiveTable.ARCHIVE).containsAll(Arrays.asList(columns));
        reader = decodes ? new RecordReader(Path.of(partition.archive()), Archives.models(options)) : null;
        prefix = decodes ? reader.info().header().layout().prefix() : 0;
        next = partition.records().from();
    }

    @Override
    public boolean next() {
        next++;
        return next <= partition.records().to();
    }

    @Override
    public InternalRow get() {
        long number = next - 1;
        byte[] record = null;
        if (reader != null) {
            try {
                record = reader.read(number);
            } catch (IOException e) {
                throw new UncheckedIOException(partition.archive() + ": " + e.getMessage(), e);
            }
        }
        Object[] values = new Object[columns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (columns[i]) {
                case ArchiveTable.RECORD -> number;
                case ArchiveTable.ARCHIVE -> UTF8String.fromString(partition.archive());
                case ArchiveTable.LABEL -> prefix == 0 ? null : Arrays.copyOf(record, prefix);
                case ArchiveTable.DATA -> prefix == 0 ? record : Arrays.copyOfRange(record, prefix, record.length);
                default -> throw new IllegalArgumentException("archives have no column " + columns[i]);
            };
        }
        return new GenericInternalRow(values);
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
