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
import java.util.function.Predicate;
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
    /** Archives that the job replaces, by the hidden names that it has given them. */
    private final Map<Path, Path> replaced = new HashMap<>();
    private boolean replaces;
    private boolean committed;

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
        RecordWriter.effort(options);
        try {
            Archives.model(options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /**
     * Gives the archives their names and, if they replace others, takes those away: all of it or nothing. The new ones
     * are all there before the first old one goes, so that readers in between find too much rather than too little. Old
     * ones get hidden names, which can be undone, before any is deleted; what cannot be deleted then stays hidden, and
     * is no failure: readers do not see it, and the next job that replaces archives removes it.
     */
    @Override
    public void commit(WriterCommitMessage[] messages) {
        try {
            List<Path> old = replaces ? files(name -> name.endsWith(Archives.SUFFIX)) : List.of();
            for (WriterCommitMessage message : messages) {
                if (message instanceof Written written && written.hidden() != null) {
                    Files.move(Path.of(written.hidden()), folder.resolve(written.name()),
                            StandardCopyOption.ATOMIC_MOVE);
                }
            }
            for (Path archive : old) {
                Path hidden = folder.resolve(".old-" + replaced.size() + "-" + job + Archives.SUFFIX);
                Files.move(archive, hidden, StandardCopyOption.ATOMIC_MOVE);
                replaced.put(hidden, archive);
            }
            committed = true;
        } catch (IOException e) {
            UncheckedIOException failure = new UncheckedIOException(e);
            try {
                takeBack();
            } catch (IOException f) {
                failure.addSuppressed(f);
            }
            throw failure;
        }
        try {
            delete(List.copyOf(replaced.keySet()));
            removeHidden();
        } catch (IOException e) {
            // The archives are there, and no reader sees what is left.
        }
    }

    /** Leaves the folder as it was before the job. */
    @Override
    public void abort(WriterCommitMessage[] messages) {
        try {
            if (!committed) {
                takeBack();
            }
            removeHidden();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Undoes what a commit has done so far: archives that it has hidden come first, as nobody could replace them. */
    private void takeBack() throws IOException {
        for (Map.Entry<Path, Path> archive : Map.copyOf(replaced).entrySet()) {
            Files.move(archive.getKey(), archive.getValue(), StandardCopyOption.ATOMIC_MOVE);
            replaced.remove(archive.getKey());
        }
        delete(files(name -> RecordWriter.isPart(name, job)));
    }

    /** What this job has left under hidden names, also by executors that are no more. */
    private void removeHidden() throws IOException {
        delete(files(name -> RecordWriter.isHidden(name, job)));
    }

    /** Those regular files of the folder whose names are meant. */
    private List<Path> files(Predicate<String> names) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> names.test(f.getFileName().toString()) && Files.isRegularFile(f)).toList();
        }
    }

    private static void delete(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
