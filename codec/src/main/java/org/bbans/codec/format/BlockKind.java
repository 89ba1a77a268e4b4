package org.bbans.codec.format;

/** How a block's bytes are coded. The ordinal is the code in the archive. */
public enum BlockKind {
    /** The bytes themselves. */
    STORED,
    /** Raw LZMA2. */
    LZMA2,
    /** The x86 branch filter, then raw LZMA2. */
    LZMA2_X86,
    /** Records coded by the archive's model. */
    MODEL
}
