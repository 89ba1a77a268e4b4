package org.bbans.codec.archive;

import org.bbans.codec.format.ArchiveModel;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.RasterCodec;
import org.bbans.codec.format.RowGrid;
import org.bbans.codec.wire.BlockSequence;

/** Says where the blocks of records end that an archive is cut into. */
final class BlockCutter {

    private final Layout layout;
    /** Null for blocks of whole records. */
    private final RowGrid rows;
    private final long recordsEnd;
    /** Records in a block, or in a group of blocks of rows. */
    private final long records;
    /** Samples in a block of rows. */
    private final int blockSamples;

    BlockCutter(Layout layout, ArchiveModel model, int blockRecords) {
        this.layout = layout;
        recordsEnd = layout.count() == Layout.UNKNOWN ? Long.MAX_VALUE
                : layout.leading() + layout.count() * layout.recordBytes();
        if (model instanceof RasterCodec raster) {
            rows = new RowGrid(layout);
            records = blockRecords > 0 ? blockRecords : raster.groupRecords(rows.raster());
            blockSamples = Math.min(raster.blockSamples(), RowGrid.MAX_BLOCK_SAMPLES);
        } else {
            rows = null;
            long most = BlockSequence.MAX_BLOCK_SAMPLES / Math.max(layout.dims(), layout.recordBytes());
            // What the order of records would cost grows with their number.
            int usual = layout.unordered() ? BlockSequence.MAX_SET_RECORDS : ArchiveOptions.DEFAULT_BLOCK_RECORDS;
            most = layout.unordered() ? Math.min(most, usual) : most;
            int wanted = blockRecords == 0 ? usual : blockRecords;
            records = Math.max(1, Math.min(most, wanted));
            blockSamples = 0;
        }
    }

    /** Where the records end at the latest. */
    long recordsEnd() {
        return recordsEnd;
    }

    /** Where the block ends that begins at a place between the leading bytes and the records' end. */
    long blockEnd(long contentOffset) {
        if (rows == null) {
            return Math.min(recordsEnd, contentOffset + records * layout.recordBytes());
        }
        long height = rows.height();
        long first = rows.rowAt(contentOffset);
        long most = Math.max(1, blockSamples / rows.rowSamples());
        long whole = most / height;
        long end;
        if (first % height == 0 && whole > 0) {
            end = Math.min(first + whole * height, groupEnd(first));
        } else if (layout.format().hasRows()) {
            // Bands of a record are of equal size, as far as that goes.
            long left = height - first % height;
            long bands = (left + most - 1) / most;
            end = first + (left + bands - 1) / bands;
        } else {
            end = first + height;
        }
        return Math.min(recordsEnd, rows.offset(end));
    }

    /** The last place up to the given one, not before {@code from}, at which a block can end. */
    long lastCut(long from, long to) {
        if (rows == null) {
            return to - (to - from) % layout.recordBytes();
        }
        long first = rows.rowAt(from);
        long low = first;
        long high = first + (to - from) / Math.max(1, layout.recordBytes()) * rows.height() + rows.height();
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (rows.offset(middle) <= to) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        while (low > first && !rows.canCutAt(low)) {
            low--;
        }
        return rows.offset(low);
    }

    /** The row at a place. */
    long rowAt(long contentOffset) {
        return rows.rowAt(contentOffset);
    }

    /** Whether a group of blocks begins at a place. */
    boolean beginsGroup(long contentOffset) {
        long row = rows.rowAt(contentOffset);
        return row % (records * rows.height()) == 0;
    }

    private long groupEnd(long row) {
        long group = records * rows.height();
        return (row / group + 1) * group;
    }
}
