package org.bbans.model;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.bbans.codec.content.Records;

/**
 * How a {@link RecordCompressor} works. Immutable; each method gives a changed copy.
 *
 * @param effort how hard it tries
 * @param models what it chooses the model from
 * @param records how the caller describes the records; empty to look for them
 * @param blockRecords records in a block, or 0 for the default
 * @param unordered whether the order of the records need not be kept: they come back sorted
 * @param threads blocks that are coded at a time; never changes the archive
 * @param verify whether every block is decoded and compared before it is written
 * @param temporaryFolder where what is taken out of files, and blocks of bytes, are kept meanwhile if they are large
 * @param listener is told what happens
 */
public record CompressionOptions(Effort effort, ModelChoice models, Optional<Records> records, int blockRecords,
        boolean unordered, int threads, boolean verify, Path temporaryFolder, CompressionListener listener) {

    /** Checks the ranges. */
    public CompressionOptions {
        Objects.requireNonNull(effort);
        Objects.requireNonNull(models);
        Objects.requireNonNull(records);
        Objects.requireNonNull(temporaryFolder);
        Objects.requireNonNull(listener);
        if (threads < 1 || blockRecords < 0) {
            throw new IllegalArgumentException(threads + " threads, blocks of " + blockRecords + " records");
        }
    }

    /** Balanced, the built-in models, as many threads as there are processors, verified. */
    public static CompressionOptions standard() {
        return plain().withModels(new BuiltInModels().all());
    }

    /** {@link #standard} without models: everything is coded with LZMA2 or stored. Loads nothing. */
    public static CompressionOptions plain() {
        return new CompressionOptions(Effort.BALANCED, ModelChoice.NONE, Optional.empty(), 0, false,
                Runtime.getRuntime().availableProcessors(), true, Path.of(System.getProperty("java.io.tmpdir")),
                CompressionListener.NONE);
    }

    /** With this effort. */
    public CompressionOptions withEffort(Effort other) {
        return new CompressionOptions(other, models, records, blockRecords, unordered, threads, verify,
                temporaryFolder, listener);
    }

    /** With these models. */
    public CompressionOptions withModels(ModelChoice choice) {
        return new CompressionOptions(effort, choice, records, blockRecords, unordered, threads, verify,
                temporaryFolder, listener);
    }

    /** With records at these places. */
    public CompressionOptions withRecords(Records described) {
        return withRecords(Optional.of(described));
    }

    /** With records at these places; empty to look for them. */
    public CompressionOptions withRecords(Optional<Records> described) {
        return new CompressionOptions(effort, models, described, blockRecords, unordered, threads, verify,
                temporaryFolder, listener);
    }

    /** With so many records in a block, or in a group of images; 0 for the default. */
    public CompressionOptions withBlockRecords(int count) {
        return new CompressionOptions(effort, models, records, count, unordered, threads, verify, temporaryFolder,
                listener);
    }

    /** With or without the order of the records. */
    public CompressionOptions withUnordered(boolean on) {
        return new CompressionOptions(effort, models, records, blockRecords, on, threads, verify, temporaryFolder,
                listener);
    }

    /** With so many threads. */
    public CompressionOptions withThreads(int count) {
        return new CompressionOptions(effort, models, records, blockRecords, unordered, count, verify,
                temporaryFolder, listener);
    }

    /** With or without decoding every block for comparison. */
    public CompressionOptions withVerify(boolean on) {
        return new CompressionOptions(effort, models, records, blockRecords, unordered, threads, on, temporaryFolder,
                listener);
    }

    /** With temporary files in this folder. */
    public CompressionOptions withTemporaryFolder(Path folder) {
        return new CompressionOptions(effort, models, records, blockRecords, unordered, threads, verify, folder,
                listener);
    }

    /** With this listener. */
    public CompressionOptions withListener(CompressionListener other) {
        return new CompressionOptions(effort, models, records, blockRecords, unordered, threads, verify,
                temporaryFolder, other);
    }
}
