package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.connector.read.InputPartition;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.format.ModelSource;

/**
 * The files of a batch of an archive.
 *
 * @param archive its path
 * @param offset where the batch begins in the archive
 * @param contentBefore bytes that are made of the batches before it
 */
record FilePartition(String archive, long offset, long contentBefore) implements InputPartition {

    private static final long serialVersionUID = 1;

    /** The batches of an archive in which there are wanted files. */
    static List<FilePartition> of(Path archive, PathFilter wanted) {
        List<FilePartition> partitions = new ArrayList<>();
        try (CollectionReader reader = CollectionReader.open(archive, ModelSource.NONE, ReadOptions.DEFAULT)) {
            if (reader.isNameless()) {
                throw new IllegalArgumentException(
                        archive + " holds a content without a name; only as a stream can it be read");
            }
            CollectionBatch batch = reader.next();
            while (batch != null) {
                if (batch.entries().stream().anyMatch(wanted::lets)) {
                    partitions.add(new FilePartition(archive.toString(), batch.place().offset(),
                            batch.place().contentBefore()));
                }
                batch = reader.next();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(archive + ": " + e.getMessage(), e);
        }
        return partitions;
    }
}
