package org.bbans.codec.format;

/**
 * A part of the content that could not be restored.
 *
 * @param contentOffset where it begins in the content that is read
 * @param length bytes that were replaced by zeros; {@link #REST} if the content ends here because nothing after this place
 *     can be found
 * @param reason which block, where, and what is wrong with it
 */
public record Damage(long contentOffset, long length, String reason) {

    /** The length of a loss up to the end. */
    public static final long REST = -1;
}
