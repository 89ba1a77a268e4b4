package org.bbans.codec.format;

import java.io.IOException;

/** Finds the model that an archive names. */
@FunctionalInterface
public interface ModelSource {

    /** Knows no model: enough for archives without model-coded blocks. */
    ModelSource NONE = reference -> null;

    /**
     * Finds a model, when a block needs it; by some readers several times for one archive, and by several threads.
     *
     * @param reference what the archive says about it, with the model file if the archive embeds it
     * @return the model, or null if it is not at hand; one with another SHA-256 is refused, and named in the message
     * @throws FormatException if the embedded model cannot be used
     * @throws IOException if a model file cannot be read
     */
    ArchiveModel find(ModelReference reference) throws IOException;
}
