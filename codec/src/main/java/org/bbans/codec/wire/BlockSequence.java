package org.bbans.codec.wire;

import java.io.ByteArrayOutputStream;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RowGrid;

/** An archive's blocks as they are found, one after the other: gives each its place and checks that it may be there. */
public final class BlockSequence {

    /** Samples that a block of whole records may hold, or bytes, if a record has more of those. */
    public static final int MAX_BLOCK_SAMPLES = 1 << 25;

    /** Records that a block may hold if their order does not matter. */
    public static final int MAX_SET_RECORDS = 1 << 22;

    private static final long NO_ROW = -1;

    private final ArchiveHeader header;
    private final RowGrid grid;
    /** What the index has to say of the blocks: a few bytes each, as an archive may have millions of them. */
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private int size;
    private final long archiveStart;
    private final long firstBlock;
    /** Whether a block of rows may follow that goes on with a group. */
    private boolean inGroup;
    private long contentOffset;
    /** Where the group of the latest block of rows has to end if it began within a record, else {@link #NO_ROW}. */
    private long groupEnd = NO_ROW;

    /**
     * An archive without blocks yet.
     *
     * @param header what it says before its first block
     * @param archiveStart where it begins
     * @param firstBlock where its first block begins, counted likewise
     */
    public BlockSequence(ArchiveHeader header, long archiveStart, long firstBlock) {
        this.header = header;
        this.archiveStart = archiveStart;
        this.firstBlock = firstBlock;
        Layout layout = header.layout();
        RowGrid rows = layout.isOpaque() || header.model() == null ? null : new RowGrid(layout);
        grid = rows != null && rows.fitsBlocks() ? rows : null;
    }

    /** Blocks so far. */
    public int size() {
        return size;
    }

    /** The entries of the blocks so far. */
    byte[] entries() {
        return entries.toByteArray();
    }

    /** Bytes of the entries of the blocks so far. */
    public int entryBytes() {
        return entries.size();
    }

    /** Where the first block begins. */
    long firstBlock() {
        return firstBlock;
    }

    /** Where the archive begins. */
    public long archiveStart() {
        return archiveStart;
    }

    /** Bytes of the archive before its first block. */
    long headerSize() {
        return firstBlock - archiveStart;
    }

    /** Leaves out what nobody knows, as if it were one block, up to a place in the content. */
    public void skipTo(long offset) {
        size++;
        contentOffset = offset;
        groupEnd = NO_ROW;
        inGroup = true;
    }

    /** Bytes of content in the blocks so far. */
    public long contentSize() {
        return contentOffset;
    }

    /**
     * Adds the next block.
     *
     * @param fileOffset where its header begins
     * @throws CorruptArchiveException if no such block may be there; it is not added then
     */
    public BlockInfo add(BlockEntry entry, long fileOffset) throws CorruptArchiveException {
        BlockInfo block = new BlockInfo(size, entry.codec(), fileOffset, contentOffset, entry.rawSize(),
                entry.headerSize(), entry.payloadSize());
        check(block);
        entry.write(entries);
        size++;
        inGroup = block.codec().isRows();
        contentOffset += block.rawSize();
        return block;
    }

    /**
     * Checks that a block may stand where it says.
     *
     * @throws CorruptArchiveException if this archive can have no such block there
     */
    public void check(BlockInfo block) throws CorruptArchiveException {
        if (block.codec() == BlockKind.MODEL || block.codec() == BlockKind.COLUMNS) {
            checkRecords(block);
        } else if (block.codec().isRows()) {
            checkRows(block);
        }
    }

    private void checkRecords(BlockInfo block) throws CorruptArchiveException {
        Layout layout = header.layout();
        if (block.codec() == BlockKind.COLUMNS && !layout.unordered()) {
            throw misplaced(block, "are no records without order");
        }
        if (block.codec() == BlockKind.MODEL && header.model() == null) {
            throw misplaced(block, "are not whole records of the layout");
        }
        long recordBytes = layout.recordBytes();
        long into = block.contentOffset() - layout.leading();
        if (into < 0 || into % recordBytes != 0 || block.rawSize() % recordBytes != 0) {
            throw misplaced(block, "are not whole records of the layout");
        }
        long records = block.rawSize() / recordBytes;
        if (layout.count() != Layout.UNKNOWN && into / recordBytes + records > layout.count()
                || records * Math.max(layout.dims(), recordBytes) > MAX_BLOCK_SAMPLES
                || layout.unordered() && records > MAX_SET_RECORDS) {
            throw misplaced(block, "are more records than there may be");
        }
    }

    private void checkRows(BlockInfo block) throws CorruptArchiveException {
        long first = grid == null ? NO_ROW : grid.rowAt(block.contentOffset());
        long end = grid == null ? NO_ROW : grid.rowAt(block.contentOffset() + block.rawSize());
        if (header.layout().unordered()) {
            throw misplaced(block, "are rows of records that have no order");
        }
        if (first < 0 || end < 0) {
            throw misplaced(block, "are not whole rows of the layout");
        }
        long count = header.layout().count();
        if (count != Layout.UNKNOWN && (end - 1) / grid.height() >= count
                || (end - first) * grid.rowSamples() > RowGrid.MAX_BLOCK_SAMPLES) {
            throw misplaced(block, "are more rows than there may be");
        }
        if (block.codec() == BlockKind.MORE_ROWS && !inGroup) {
            throw misplaced(block, "go on with a group that has not begun");
        }
        if (block.codec() == BlockKind.ROWS) {
            groupEnd = first % grid.height() == 0 ? NO_ROW : (first / grid.height() + 1) * grid.height();
        }
        if (groupEnd != NO_ROW && end > groupEnd) {
            throw misplaced(block, "go beyond the record in which their group began");
        }
    }

    private CorruptArchiveException misplaced(BlockInfo block, String how) {
        return new CorruptArchiveException(block.place() + " is damaged: " + block.rawSize() + " bytes of content at "
                + contentOffset + " " + how
                + "; get another copy, or decompress with --keep-going to save the other blocks");
    }
}
