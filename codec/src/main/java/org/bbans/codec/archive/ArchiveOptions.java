package org.bbans.codec.archive;

import java.nio.file.Path;
import java.util.Objects;
import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.Wrapping;

/**
 * How an archive is written. Immutable; each method gives a changed copy.
 *
 * @param layout where the records lie; {@link Layout#NONE} for opaque bytes
 * @param model codes the records, or null: then the content is coded as one solid stream of bytes
 * @param embeddedModel the model file to put into the archive, or null
 * @param blockRecords records in a block that a model codes independently of others, or in a group of blocks from which
 *     it learns; 0 for {@link #DEFAULT_BLOCK_RECORDS}, or groups of one large record or many small ones
 * @param threads blocks that are coded at a time; never changes the archive
 * @param verify whether every block is decoded and compared before it is written
 * @param xz whether LZMA2 is tried
 * @param wrapping kept in the header, or null
 * @param temporaryFolder where blocks of bytes lie that are too large for memory
 * @param listener is told what happens
 */
public record ArchiveOptions(Layout layout, ArchiveModel model, byte[] embeddedModel, int blockRecords, int threads,
        boolean verify, boolean xz, Wrapping wrapping, Path temporaryFolder, ArchiveListener listener) {

    /** Records in a block unless told otherwise. */
    public static final int DEFAULT_BLOCK_RECORDS = 10_000;

    /** One thread, opaque bytes, verified, LZMA2. */
    public static final ArchiveOptions DEFAULT =
            new ArchiveOptions(Layout.NONE, null, null, 0, 1, true, true, null,
                    Path.of(System.getProperty("java.io.tmpdir")), ArchiveListener.NONE);

    /**
     * Checks the combination.
     *
     * @throws IllegalArgumentException if the model does not fit the layout or a number is out of range
     */
    public ArchiveOptions {
        Objects.requireNonNull(layout);
        Objects.requireNonNull(temporaryFolder);
        Objects.requireNonNull(listener);
        if (threads < 1 || blockRecords < 0) {
            throw new IllegalArgumentException(threads + " threads, blocks of " + blockRecords + " records");
        }
        if (embeddedModel != null && (model == null || embeddedModel.length == 0
                || embeddedModel.length > ModelReference.MAX_EMBEDDED_BYTES)) {
            throw new IllegalArgumentException(model == null ? "no model to embed"
                    : "a model of " + embeddedModel.length + " bytes cannot be embedded");
        }
        if (layout.unordered() && wrapping != null) {
            throw new IllegalArgumentException("a wrapping restores a file from records in their order");
        }
        if (layout.unordered() && model instanceof RasterCodec) {
            throw new IllegalArgumentException("model " + model.name() + " learns from records in their order");
        }
        String misfit = model == null ? null : model.misfit(layout);
        if (misfit != null) {
            throw new IllegalArgumentException("model " + model.name() + " " + misfit + "; it does not fit " + layout);
        }
    }

    /** With records at these places, coded by this model; the model may be null. */
    public ArchiveOptions withRecords(Layout records, ArchiveModel codec) {
        return new ArchiveOptions(records, codec, null, blockRecords, threads, verify, xz, wrapping,
                temporaryFolder, listener);
    }

    /** With the model file inside the archive. Its SHA-256 must be the model's identity. */
    public ArchiveOptions withEmbeddedModel(byte[] file) {
        return new ArchiveOptions(layout, model, file, blockRecords, threads, verify, xz, wrapping,
                temporaryFolder, listener);
    }

    /** With so many records in a block or a group; 0 for the default. */
    public ArchiveOptions withBlockRecords(int records) {
        return new ArchiveOptions(layout, model, embeddedModel, records, threads, verify, xz, wrapping,
                temporaryFolder, listener);
    }

    /** With so many threads. */
    public ArchiveOptions withThreads(int count) {
        return new ArchiveOptions(layout, model, embeddedModel, blockRecords, count, verify, xz, wrapping,
                temporaryFolder, listener);
    }

    /** With or without decoding every block for comparison. */
    public ArchiveOptions withVerify(boolean on) {
        return new ArchiveOptions(layout, model, embeddedModel, blockRecords, threads, on, xz, wrapping,
                temporaryFolder, listener);
    }

    /** With or without LZMA2. */
    public ArchiveOptions withXz(boolean on) {
        return new ArchiveOptions(layout, model, embeddedModel, blockRecords, threads, verify, on, wrapping,
                temporaryFolder, listener);
    }

    /** With this wrapping in the header. */
    public ArchiveOptions withWrapping(Wrapping wrapper) {
        return new ArchiveOptions(layout, model, embeddedModel, blockRecords, threads, verify, xz, wrapper,
                temporaryFolder, listener);
    }

    /** With this folder for temporary files. */
    public ArchiveOptions withTemporaryFolder(Path folder) {
        return new ArchiveOptions(layout, model, embeddedModel, blockRecords, threads, verify, xz, wrapping, folder,
                listener);
    }

    /** With this listener. */
    public ArchiveOptions withListener(ArchiveListener newListener) {
        return new ArchiveOptions(layout, model, embeddedModel, blockRecords, threads, verify, xz, wrapping,
                temporaryFolder, newListener);
    }
}
