package org.bbans.codec.format;

/** How a block's bytes are coded. The ordinal is the code in the archive. */
public enum BlockKind {
    /** The bytes themselves. */
    STORED,
    /** Raw LZMA2. */
    LZMA2,
    /** The x86 branch filter, then raw LZMA2. */
    LZMA2_X86,
    /** Whole records, coded by the archive's model without regard to other blocks. */
    MODEL,
    /** Rows of records, the first of a group: coded by the archive's model as its file has it. */
    ROWS,
    /** Rows of records that follow those of the block before, coded by what the model has become there. */
    MORE_ROWS,
    /** Whole records whose order does not matter, coded byte by byte without a model. */
    COLUMNS;

    /** Whether the archive's model is needed. */
    public boolean needsModel() {
        return this == MODEL || isRows();
    }

    /** Whether the block is decoded as a whole, however large it is, and not byte after byte. */
    public boolean isWhole() {
        return needsModel() || this == COLUMNS;
    }

    /** Whether the block holds rows of a group. */
    public boolean isRows() {
        return this == ROWS || this == MORE_ROWS;
    }
}
