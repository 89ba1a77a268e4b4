/**
 * What an archive is made of, as values: its {@link org.bbans.codec.format.ArchiveHeader header}, the
 * {@link org.bbans.codec.format.Layout layout} of its content, its {@link org.bbans.codec.format.BlockInfo blocks}; the
 * exceptions that say what is wrong with one; and the two ways in which a model can code it,
 * {@link org.bbans.codec.format.RecordCodec} and {@link org.bbans.codec.format.RasterCodec}. Nothing here reads or
 * writes.
 *
 * <p>No argument or result is null unless it says so. All values are immutable, if nobody changes the arrays that they
 * hold, and may be shared by threads.
 */
package org.bbans.codec.format;
