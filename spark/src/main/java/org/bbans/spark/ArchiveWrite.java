package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.SupportsTruncate;
import org.apache.spark.sql.connector.write.Write;
import org.apache.spark.sql.connector.write.WriteBuilder;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.StructType;
import org.bbans.codec.content.RecordShape;

/** Rows that become archives in a folder: under hidden names until all tasks have done theirs. */
final class ArchiveWrite implements SupportsTruncate, Write, BatchWrite {

    private final Map<String, String> options;
    private final StructType schema;
    private final String job;
    private final Path folder;
    private boolean replaces;

    /**
     * What a task has written.
     *
     * @param hidden path of the archive so far; null if there were no rows
     * @param name of the archive
     */
    record Written(String hidden, String name) implements WriterCommitMessage {

        private static final long serialVersionUID = 1;
    }

    ArchiveWrite(LogicalWriteInfo info) {
        options = new HashMap<>(info.options());
        schema = info.schema();
        job = info.queryId();
        folder = Archives.folder(options).toAbsolutePath();
        if (!options.containsKey(RecordWriter.SHAPE)) {
            throw new IllegalArgumentException("the option shape says what the records are, for example 28x28");
        }
        RecordShape.parse(options.get(RecordWriter.SHAPE), 0);
        List<String> names = Arrays.asList(schema.fieldNames());
        for (String name : names) {
            boolean binary = schema.apply(name).dataType() instanceof BinaryType;
            if (name.equals(ArchiveTable.DATA) || name.equals(ArchiveTable.LABEL) ? !binary
                    : !name.equals(ArchiveTable.RECORD) && !name.equals(ArchiveTable.ARCHIVE)) {
                throw new IllegalArgumentException("archives take the binary columns data and label (record and "
                        + "archive are left out), not " + schema.simpleString());
            }
        }
        if (!names.contains(ArchiveTable.DATA)) {
            throw new IllegalArgumentException("there is no column data in " + schema.simpleString());
        }
    }

    @Override
    public WriteBuilder truncate() {
        replaces = true;
        return this;
    }

    @Override
    public Write build() {
        return this;
    }

    @Override
    public BatchWrite toBatch() {
        return this;
    }

    @Override
    public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
        List<String> names = Arrays.asList(schema.fieldNames());
        return new RecordWriter.Factory(folder.toString(), job, names.indexOf(ArchiveTable.LABEL),
                names.indexOf(ArchiveTable.DATA), options);
    }

    @Override
    public void commit(WriterCommitMessage[] messages) {
        try {
            List<Path> old = List.of();
            if (replaces && Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    old = files.filter(f -> f.getFileName().toString().endsWith(Archives.SUFFIX)).toList();
                }
            }
            for (WriterCommitMessage message : messages) {
                if (message instanceof Written written && written.hidden() != null) {
                    Files.move(Path.of(written.hidden()), folder.resolve(written.name()),
                            StandardCopyOption.ATOMIC_MOVE);
                }
            }
            for (Path archive : old) {
                Files.delete(archive);
            }
            removeHidden();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void abort(WriterCommitMessage[] messages) {
        try {
            removeHidden();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What this job has left under hidden names, also by executors that are no more. */
    private void removeHidden() throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(f -> RecordWriter.isHidden(f.getFileName().toString(), job)).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
