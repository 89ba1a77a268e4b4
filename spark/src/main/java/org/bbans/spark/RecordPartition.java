package org.bbans.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.connector.read.InputPartition;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Layout;

/**
 * Some records of an archive.
 *
 * @param archive its path
 * @param records their numbers
 */
record RecordPartition(String archive, RecordRange records) implements InputPartition {

    private static final long serialVersionUID = 1;

    /** The wanted records of an archive, those of each block or learning group for themselves. */
    static List<RecordPartition> of(Path archive, RecordRange wanted) {
        ArchiveInfo info;
        try {
            info = ArchiveInfo.read(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(archive + ": " + e.getMessage(), e);
        }
        Layout layout = info.header().layout();
        if (layout.isOpaque()) {
            throw new IllegalArgumentException(archive + " holds no records; only as a stream can it be read");
        }
        List<RecordPartition> partitions = new ArrayList<>();
        long from = 0;
        for (int i = 0; i < info.blocks().size(); i++) {
            BlockInfo block = info.blocks().get(i);
            boolean last = i + 1 == info.blocks().size();
            if (!last && info.blocks().get(i + 1).codec() == BlockKind.MORE_ROWS) {
                continue;
            }
            // Records that begin in the block.
            long begun = Math.max(0, block.contentEnd() - layout.leading() + layout.recordBytes() - 1)
                    / layout.recordBytes();
            long to = last ? info.records() : Math.min(info.records(), begun);
            if (to > from) {
                RecordRange range = new RecordRange(from, to).and(wanted);
                if (!range.isEmpty()) {
                    partitions.add(new RecordPartition(archive.toString(), range));
                }
                from = to;
            }
        }
        return partitions;
    }
}
