package org.bbans.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bbans.codec.content.Records;
import org.bbans.model.image.ImageCodec;

/**
 * How a {@link RecordCompressor} works. Immutable; each method gives a changed copy.
 *
 * @param effort how hard it tries
 * @param candidates models of records to choose from
 * @param images models of images to choose from, for what no other model fits or codes better; slowest first
 * @param required whether one of them has to be used, and not only where it helps
 * @param embedModel whether the archive has to need nothing else: the model is put into it, or none is used where that
 *     is not larger
 * @param records how the caller describes the records; empty to look for them
 * @param blockRecords records in a block, or 0 for the default
 * @param unordered whether the order of the records need not be kept: they come back sorted
 * @param threads blocks that are coded at a time; never changes the archive
 * @param verify whether every block is decoded and compared before it is written
 * @param temporaryFolder where what is taken out of files, and blocks of bytes, are kept meanwhile if they are large
 * @param listener is told what happens
 */
public record CompressionOptions(Effort effort, List<Model> candidates, List<ImageCodec> images, boolean required,
        boolean embedModel,
        Optional<Records> records, int blockRecords, boolean unordered, int threads, boolean verify,
        Path temporaryFolder, CompressionListener listener) {

    /** Checks the ranges. */
    public CompressionOptions {
        Objects.requireNonNull(effort);
        Objects.requireNonNull(listener);
        candidates = List.copyOf(candidates);
        images = List.copyOf(images);
        if (threads < 1 || blockRecords < 0) {
            throw new IllegalArgumentException(threads + " threads, blocks of " + blockRecords + " records");
        }
    }

    /** Balanced, the built-in models, as many threads as there are processors, verified. */
    public static CompressionOptions standard() {
        BuiltInModels models = new BuiltInModels();
        List<Model> all = models.names().stream().map(models::byName).flatMap(Optional::stream).toList();
        List<ImageCodec> images = models.imageNames().stream().map(models::imagesByName).flatMap(Optional::stream)
                .toList();
        return with(all, images);
    }

    /** {@link #standard} without models: everything is coded with LZMA2 or stored. Loads nothing. */
    public static CompressionOptions plain() {
        return with(List.of(), List.of());
    }

    private static CompressionOptions with(List<Model> candidates, List<ImageCodec> images) {
        return new CompressionOptions(Effort.BALANCED, candidates, images, false, false, Optional.empty(), 0, false,
                Runtime.getRuntime().availableProcessors(), true, Path.of(System.getProperty("java.io.tmpdir")),
                CompressionListener.NONE);
    }

    /** With this effort. */
    public CompressionOptions withEffort(Effort other) {
        return new CompressionOptions(other, candidates, images, required, embedModel, records, blockRecords, unordered,
                threads,
                verify, temporaryFolder, listener);
    }

    /** With this model and no other, which must fit the records; in the archive itself if it is to be embedded. */
    public CompressionOptions withModel(Model model, boolean embedded) {
        return new CompressionOptions(effort, List.of(model), List.of(), true, embedded, records, blockRecords,
                unordered,
                threads,
                verify, temporaryFolder, listener);
    }

    /** With records at these places. */
    public CompressionOptions withRecords(Records described) {
        return new CompressionOptions(effort, candidates, images, required, embedModel, Optional.of(described),
                blockRecords, unordered, threads, verify, temporaryFolder, listener);
    }

    /** With so many threads. */
    public CompressionOptions withThreads(int count) {
        return new CompressionOptions(effort, candidates, images, required, embedModel, records, blockRecords,
                unordered, count,
                verify, temporaryFolder, listener);
    }

    /** With temporary files in this folder. */
    public CompressionOptions withTemporaryFolder(Path folder) {
        return new CompressionOptions(effort, candidates, images, required, embedModel, records, blockRecords,
                unordered,
                threads,
                verify, folder, listener);
    }

    /** With this listener. */
    public CompressionOptions withListener(CompressionListener other) {
        return new CompressionOptions(effort, candidates, images, required, embedModel, records, blockRecords,
                unordered,
                threads,
                verify, temporaryFolder, other);
    }

    /** With or without the order of the records. */
    public CompressionOptions withUnordered(boolean on) {
        return new CompressionOptions(effort, candidates, images, required, embedModel, records, blockRecords, on,
                threads, verify, temporaryFolder, listener);
    }
}
