package org.bbans.model;

import java.util.Optional;
import org.bbans.codec.archive.ArchiveListener;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;

/** Is told what a {@link RecordCompressor} finds and decides; called on the thread that compresses. */
public interface CompressionListener extends ArchiveListener {

    /** Is told nothing. */
    CompressionListener NONE = new CompressionListener() {};

    /**
     * A file that may be taken apart has been looked at.
     *
     * @param restorable whether it can be made again from its content, which is what is coded then
     */
    default void wrapped(Wrappings.FileKind kind, boolean restorable) {}

    /**
     * The content has been looked at.
     *
     * @param records what was found in it, or what the caller describes
     * @param contentBytes its size, or {@link org.bbans.codec.content.LayoutDetector#UNKNOWN_SIZE}
     */
    default void found(Optional<Records> records, long contentBytes) {}

    /** A model has been tried on the first records. */
    default void tried(ModelChooser.Trial trial) {}

    /**
     * A model of images has been tried.
     *
     * @param model its name
     * @param bitsPerSample what it takes for a sample of those that it was tried on
     * @param samples number of these
     */
    default void triedImages(String model, double bitsPerSample, long samples) {}

    /**
     * The order of records is kept although it need not be.
     *
     * @param model the model that learns from one record to the next, which is worth more
     */
    default void keptOrder(String model) {}

    /**
     * A model that was to be embedded is not: the content takes no more without any.
     *
     * @param model its name
     * @param withModel bytes of the archive that embeds it
     * @param withoutModel bytes of the archive that needs no model, which is kept
     */
    default void notEmbedded(String model, long withModel, long withoutModel) {}

    /**
     * No model will code the content, which is known to be of a certain kind.
     *
     * @param reason why, for people
     */
    default void noModel(String reason) {}

    /**
     * Records of one kind, of all files together or of all places of a content in segments, were tried as a stream.
     *
     * @param records what they are
     * @param files number of files that have some
     * @param bytes of them
     * @param streamBytes that they take as a stream of their own
     * @param model that codes them; empty if none does
     * @param taken whether they are stored like that; otherwise the files stay whole, or go to LZMA2 with all else
     */
    default void grouped(Records records, int files, long bytes, long streamBytes, Optional<String> model,
            boolean taken) {}
}
