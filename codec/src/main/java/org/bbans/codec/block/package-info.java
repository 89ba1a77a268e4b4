/**
 * How one block is coded: stored, by LZMA2 ({@link org.bbans.codec.block.OpaqueBlock}), as whole records
 * ({@link org.bbans.codec.block.RecordBlock}) or as rows of a group ({@link org.bbans.codec.block.RowGroup}), and which
 * of these is the cheapest.
 */
package org.bbans.codec.block;
