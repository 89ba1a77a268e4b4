package org.bbans.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.unsafe.types.UTF8String;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;

/**
 * The files of a partition as rows. What they hold is decoded once, before the first row, and kept in memory or in a
 * temporary file.
 */
final class FileRows implements PartitionReader<InternalRow> {

    private static final Set<String> WITHOUT_CONTENT = Set.of(ArchiveTable.PATH, ArchiveTable.TIME,
            ArchiveTable.LENGTH, ArchiveTable.MODE, ArchiveTable.ARCHIVE);
    private static final int MICROS = 1_000_000;
    private static final int NANOS_IN_MICRO = 1000;
    /** Bytes of an array. */
    private static final int MAX_CONTENT = Integer.MAX_VALUE - 8;

    private final String archive;
    private final String[] columns;
    private final List<Found> files = new ArrayList<>();
    /** The contents of the files, one after the other; empty if nobody wants them. */
    private final Spool contents = new Spool();
    private int next;

    /** A file, and where its bytes begin. */
    private record Found(CollectionEntry entry, long from) {}

    /**
     * Makes readers on executors.
     *
     * @param columns names of the wanted ones, in the order of the row
     * @param wanted which files
     * @param options those of the user
     */
    record Factory(String[] columns, PathFilter wanted, Map<String, String> options)
            implements
                PartitionReaderFactory {

        private static final long serialVersionUID = 1;

        @Override
        public PartitionReader<InternalRow> createReader(InputPartition partition) {
            FilePartition files = (FilePartition) partition;
            try {
                return new FileRows(files, this);
            } catch (IOException e) {
                throw new UncheckedIOException(files.archive() + ": " + e.getMessage(), e);
            }
        }
    }

    private FileRows(FilePartition partition, Factory how) throws IOException {
        archive = partition.archive();
        columns = how.columns();
        boolean complete = false;
        try (CollectionReader reader =
                CollectionReader.open(Path.of(archive), Archives.models(how.options()), ReadOptions.DEFAULT)) {
            CollectionBatch batch = again(reader, partition);
            if (WITHOUT_CONTENT.containsAll(Arrays.asList(columns))) {
                batch.entries().stream().filter(how.wanted()::lets).forEach(e -> files.add(new Found(e, 0)));
            } else {
                batch.read(how.wanted()::lets, this::keep);
            }
            complete = true;
        } finally {
            if (!complete) {
                contents.close();
            }
        }
    }

    private static CollectionBatch again(CollectionReader reader, FilePartition partition) throws IOException {
        try {
            return reader.again(new CollectionBatch.Place(partition.offset(), partition.contentBefore()));
        } catch (FormatException e) {
            throw new IOException("it is damaged, or has changed since the query began: " + e.getMessage(), e);
        }
    }

    private void keep(List<CollectionEntry> same, CollectionBatch.FileContent content) throws IOException {
        long from = contents.size();
        content.writeTo(contents);
        for (CollectionEntry entry : same) {
            if (entry.content().size() != contents.size() - from) {
                throw new IOException(entry.name() + " is damaged: it has another size than its directory says");
            }
            files.add(new Found(entry, from));
        }
    }

    @Override
    public boolean next() {
        next++;
        return next <= files.size();
    }

    @Override
    public InternalRow get() {
        Found file = files.get(next - 1);
        try {
            return row(file);
        } catch (IOException e) {
            throw new UncheckedIOException(archive + ": " + file.entry().name() + ": " + e.getMessage(), e);
        }
    }

    private InternalRow row(Found file) throws IOException {
        CollectionEntry entry = file.entry();
        Optional<ImageExtents> image = Optional.empty();
        if (columns.length > 0 && Arrays.stream(columns).anyMatch(ImageExtents.COLUMNS::contains)) {
            image = ImageExtents.of(ContentView.of(contents).slice(file.from(), entry.content().size()));
        }
        Object[] values = new Object[columns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (columns[i]) {
                case ArchiveTable.PATH -> UTF8String.fromString(entry.name());
                case ArchiveTable.TIME -> entry.seconds() * MICROS + entry.nanos() / NANOS_IN_MICRO;
                case ArchiveTable.LENGTH -> entry.content().size();
                case ArchiveTable.MODE -> entry.mode();
                case ArchiveTable.CONTENT -> bytes(file);
                case ArchiveTable.WIDTH -> image.map(ImageExtents::width).orElse(null);
                case ArchiveTable.HEIGHT -> image.map(ImageExtents::height).orElse(null);
                case ArchiveTable.CHANNELS -> image.map(ImageExtents::channels).orElse(null);
                case ArchiveTable.ARCHIVE -> UTF8String.fromString(archive);
                default -> throw new IllegalArgumentException("archives of folders have no column " + columns[i]);
            };
        }
        return new GenericInternalRow(values);
    }

    private byte[] bytes(Found file) throws IOException {
        long size = file.entry().content().size();
        if (size > MAX_CONTENT) {
            throw new IOException(size + " bytes are more than a row can hold: leave the column content out");
        }
        try (InputStream in = contents.open(file.from())) {
            return in.readNBytes((int) size);
        }
    }

    @Override
    public void close() throws IOException {
        contents.close();
    }
}
