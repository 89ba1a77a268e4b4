package org.bbans.model;

import java.util.List;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;

/** A stretch of a content, and what was found in it: nothing, records, parts of its own, or a wrapping. */
final class FoundPart {

    /** The stretch. */
    final ContentView bytes;
    /** Contents that this one lies in. */
    final int depth;
    /** Whether it is a DEFLATE stream. */
    final boolean isDeflated;
    /** The records that it is, without anything in front or behind; null if it is something else. */
    Records records;
    /** What it is made of; null if that is not known. */
    List<FoundPart> parts;
    /** How it is made again from {@link #inside}; null if it is not taken apart. */
    Wrapping wrapping;
    FoundPart inside;
    /** The file of packed pictures that was taken apart to get at it; null if there was none. */
    FoundPart packed;
    /** Records that it is coded with; null unless it is records. */
    RecordGroup group;

    FoundPart(ContentView bytes, int depth, boolean isDeflated) {
        this.bytes = bytes;
        this.depth = depth;
        this.isDeflated = isDeflated;
    }

    long size() {
        return bytes.size();
    }

    boolean isPicture() {
        return wrapping != null && Wrappings.isPicture(wrapping);
    }

    /** Whether some records in it lie in a stream of their own. */
    boolean hasStream() {
        return group != null && group.stream > 0 || inside != null && inside.hasStream()
                || parts != null && parts.stream().anyMatch(FoundPart::hasStream);
    }
}
