package org.bbans.codec.format;

/**
 * A part of the content that could not be restored.
 *
 * @param contentOffset where it begins in the content that is read
 * @param length bytes that are lost, in general zeros in their place; {@link #REST} if the rest of the content is
 *     lost, or not to be trusted, because the next block cannot be found; 0 if no content is lost by this damage
 *     alone: the embedded model, a block's header that the index stands in for, or a SHA-256 that does not match
 *     although every block is sound
 * @param reason which block, where, and what is wrong with it
 */
public record Damage(long contentOffset, long length, String reason) {

    /** The length of a loss up to the end. */
    public static final long REST = -1;
}
