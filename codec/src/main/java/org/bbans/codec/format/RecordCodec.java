package org.bbans.codec.format;

import java.util.function.IntConsumer;

/**
 * Codes blocks of fixed-size records with a model, each independent of the others. Several threads call {@link #encode}
 * and {@link #decode} of one instance at once; the payload must not depend on what was coded before.
 */
public non-sealed interface RecordCodec extends ArchiveModel {

    /** Samples in a record. */
    int dims();

    /** Values that a sample can take, {@code 2 .. 256}. */
    int levels();

    /** Multiply-adds that a record takes; 0 if they are not worth counting. */
    default long multiplyAdds() {
        return 0;
    }

    /** Bytes of memory that coding a block of so many records takes at most beside its samples; 0 if that is little. */
    default long memory(long records) {
        return 0;
    }

    @Override
    default String misfit(Layout layout) {
        return !layout.isOpaque() && dims() == layout.dims() && levels() == layout.format().levels() ? null
                : "codes " + dims() + " samples of " + levels() + " levels";
    }

    /**
     * Codes a block.
     *
     * @param samples {@code records * dims()} unsigned bytes, record after record, each below {@link #levels()}
     * @param records number of records, at least 1
     * @param done is told now and then how many records are coded; one that takes only a moment need not tell
     * @return the payload
     */
    byte[] encode(byte[] samples, int records, IntConsumer done);

    /** Codes a block without telling how far it is. */
    default byte[] encode(byte[] samples, int records) {
        return encode(samples, records, n -> {});
    }

    /**
     * Decodes a block.
     *
     * @param payload what {@link #encode} returned
     * @param samples receives {@code records * dims()} unsigned bytes
     * @param records number of records
     * @param done is told now and then how many records are decoded
     * @throws CorruptArchiveException if the payload does not decode to the very state that the encoder began with
     */
    void decode(byte[] payload, byte[] samples, int records, IntConsumer done) throws CorruptArchiveException;

    /**
     * Codes a block of records whose order does not matter.
     *
     * @param samples as for {@link #encode}
     * @param records number of records, at least 1
     * @param done is told now and then how many records are coded
     * @return the payload
     */
    byte[] encodeSet(byte[] samples, int records, IntConsumer done);

    /**
     * Decodes a block of records whose order does not matter.
     *
     * @param payload what {@link #encodeSet} returned
     * @param samples receives {@code records * dims()} unsigned bytes: the records, in no particular order
     * @param records number of records
     * @param done is told now and then how many records are decoded
     * @throws CorruptArchiveException as {@link #decode} does
     */
    void decodeSet(byte[] payload, byte[] samples, int records, IntConsumer done) throws CorruptArchiveException;

    /** Decodes a block without telling how far it is. */
    default void decode(byte[] payload, byte[] samples, int records) throws CorruptArchiveException {
        decode(payload, samples, records, n -> {});
    }
}
