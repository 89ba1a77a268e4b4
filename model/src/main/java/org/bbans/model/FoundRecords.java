package org.bbans.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bbans.codec.content.Records;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;

/**
 * Records that lie in files, wherever these are: in the file itself, in a tar, zip or gzip file, in the pixels of a PNG
 * file, or in several of these within each other.
 *
 * @param content the records, without anything in front or behind
 * @param records their extents and their number
 */
public record FoundRecords(ContentView content, Records records) {

    /**
     * Finds all records of some files.
     *
     * @param files must not change as long as what is found is used
     * @param threads at work
     * @param plain receives what is unwrapped; what is found reads it
     * @return in the order of the files, and of what is in them
     * @throws IOException if a file cannot be read, or a temporary file cannot be written
     */
    public static List<FoundRecords> in(List<ContentView> files, int threads, Spool plain) throws IOException {
        List<FoundPart> parts = files.stream().map(file -> new FoundPart(file, 0, false)).toList();
        new PartFinder(threads, plain).find(new ArrayList<>(parts));
        List<FoundRecords> found = new ArrayList<>();
        parts.forEach(part -> collect(part, found));
        return found;
    }

    private static void collect(FoundPart part, List<FoundRecords> to) {
        if (part.records != null) {
            long count = part.records.layout().map(layout -> layout.records(part.size())).orElse(0L);
            if (count > 0) {
                to.add(new FoundRecords(part.bytes, part.records.counted(count)));
            }
        } else if (part.inside != null) {
            collect(part.inside, to);
        } else if (part.parts != null) {
            part.parts.forEach(inner -> collect(inner, to));
        }
    }
}
