package org.bbans.model;

import java.util.Optional;
import org.bbans.codec.archive.ArchiveListener;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;

/** Is told what a {@link RecordCompressor} finds and decides; called on the thread that compresses. */
public interface CompressionListener extends ArchiveListener {

    /** Is told nothing. */
    CompressionListener NONE = new CompressionListener() { };

    /**
     * A file that may be taken apart has been looked at.
     *
     * @param restorable whether it can be made again from its content, which is what is coded then
     */
    default void wrapped(Wrappings.Kind kind, boolean restorable) {
    }

    /**
     * The content has been looked at.
     *
     * @param records what was found in it, or what the caller describes
     * @param contentBytes its size, or {@link org.bbans.codec.content.LayoutDetector#UNKNOWN_SIZE}
     */
    default void found(Optional<Records> records, long contentBytes) {
    }

    /** A model has been tried on the first records. */
    default void tried(ModelChooser.Trial trial) {
    }

    /** The models have been tried. */
    default void chosen(Optional<ModelChooser.Fit> fit) {
    }
}
