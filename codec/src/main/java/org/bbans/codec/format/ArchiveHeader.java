package org.bbans.codec.format;

/**
 * What an archive says before its first block.
 *
 * @param version of the format
 * @param layout where the records lie
 * @param model the model, or null
 * @param wrapping what turns the content back into the file it was taken from, or null
 */
public record ArchiveHeader(int version, Layout layout, ModelReference model, Wrapping wrapping) {

    /** The version that this program writes. */
    public static final int VERSION = 1;
}
