package org.bbans.codec.format;

/** A model that an archive's blocks are coded with. */
public sealed interface ArchiveModel permits RecordCodec, RasterCodec {

    /** The model's name, for people. */
    String name();

    /** SHA-256 of the model file, 32 bytes: the model's identity. */
    byte[] sha256();

    /**
     * Checks whether this model codes the records of a layout.
     *
     * @return what it codes and why that does not fit, for people; null if it fits
     */
    String misfit(Layout layout);
}
