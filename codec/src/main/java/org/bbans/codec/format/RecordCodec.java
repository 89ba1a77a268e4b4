package org.bbans.codec.format;

/**
 * Codes blocks of fixed-size records with a model. The container knows models only through this. Several threads call
 * {@link #encode} and {@link #decode} of one instance at once; the payload must not depend on what was coded before.
 */
public interface RecordCodec {

    /** Samples in a record. */
    int dims();

    /** Values that a sample can take, {@code 2 .. 256}. */
    int levels();

    /** The model's name, for people. */
    String name();

    /** SHA-256 of the model file, 32 bytes: the model's identity. */
    byte[] sha256();

    /**
     * Codes a block.
     *
     * @param samples {@code records * dims()} unsigned bytes, record after record, each below {@link #levels()}
     * @param records number of records, at least 1
     * @return the payload
     */
    byte[] encode(byte[] samples, int records);

    /**
     * Decodes a block.
     *
     * @param payload what {@link #encode} returned
     * @param samples receives {@code records * dims()} unsigned bytes
     * @param records number of records
     * @throws CorruptArchiveException if the payload does not decode to the very state that the encoder began with
     */
    void decode(byte[] payload, byte[] samples, int records) throws CorruptArchiveException;
}
