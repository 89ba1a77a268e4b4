package org.bbans.codec.format;

import java.util.function.IntConsumer;

/**
 * Codes rasters of any size with a model that goes on learning while it codes. Blocks of rows follow one another in a
 * group; a group begins with the model as its file has it. Several threads call {@link #group} at once.
 */
public non-sealed interface RasterCodec extends ArchiveModel {

    /**
     * Samples in a block, as far as whole rows allow, at most {@link RowGrid#MAX_BLOCK_SAMPLES}. Both sides keep
     * something for each of them in memory.
     */
    int blockSamples();

    /** Records from which a group should learn, at least 1, unless the user wants another number. */
    long groupRecords(RasterShape raster);

    /**
     * Bytes of memory that a group takes beside what its blocks do, roughly; 0 if that is little.
     *
     * @param raster extents of a record
     * @param records records that the group may come to, at least 1; {@link Long#MAX_VALUE} if nobody knows
     * @param form the first byte of the payload that the group begins with; -1 if nobody knows
     */
    default long groupMemory(RasterShape raster, long records, int form) {
        return 0;
    }

    /**
     * Bytes of memory that decoding a block takes beside its samples and what its group does, roughly; 0 if that is
     * little.
     *
     * @param raster extents of a record
     * @param rows number of rows
     */
    default long blockMemory(RasterShape raster, long rows) {
        return 0;
    }

    /**
     * Begins a group.
     *
     * @param raster extents of a record
     * @param records records that the group may come to, at least 1; {@link Long#MAX_VALUE} if nobody knows
     * @param encodes whether the group will be encoded, else decoded
     */
    Group group(RasterShape raster, long records, boolean encodes);

    /** One side of a group. Encoder and decoder see the same rows in the same order, so that both learn the same. */
    interface Group {

        /**
         * Codes the rows that follow those coded last.
         *
         * @param samples unsigned levels, row after row, pixel after pixel, the channels of a pixel side by side
         * @param rows number of rows, at least 1; they may be of several records
         * @param done is told now and then how many rows are coded
         * @return a payload from which, and from the rows before, the rows can be decoded
         */
        byte[] encode(short[] samples, int rows, IntConsumer done);

        /**
         * Decodes the rows that follow those decoded last.
         *
         * @param payload what {@link #encode} returned for them
         * @param samples receives the levels
         * @param rows number of rows
         * @param done is told now and then how many rows are decoded
         * @throws CorruptArchiveException if the payload does not decode to the very state that the encoder began with;
         *     the group is of no use then
         */
        void decode(byte[] payload, short[] samples, int rows, IntConsumer done) throws CorruptArchiveException;
    }
}
