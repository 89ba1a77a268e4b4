package org.bbans.codec.content;

import java.util.List;
import java.util.Optional;

/**
 * Finds out from its beginning whether a content holds an array of records. File names play no part. A header that is
 * malformed, or that says other things than the content's size, makes the content opaque; nothing here fails.
 */
public final class LayoutDetector {

    /** The size of a content that comes through a pipe. */
    public static final long UNKNOWN_SIZE = -1;

    private static final List<Parser> PARSERS =
            List.of(Idx::parse, Npy::parse, Netpbm::parse, Cifar::parse);

    private LayoutDetector() {
    }

    /** One file format. */
    private interface Parser {

        Optional<Records> parse(FileStart head);
    }

    /**
     * Looks at a content.
     *
     * @param head the content's beginning; some hundred kilobytes are enough
     * @param length bytes of it; less than {@code head} holds, perhaps
     * @param size bytes of the content, or {@link #UNKNOWN_SIZE}
     */
    public static Optional<Records> detect(byte[] head, int length, long size) {
        FileStart h = new FileStart(head, length, size);
        return PARSERS.stream().map(parser -> parser.parse(h)).flatMap(Optional::stream).findFirst();
    }
}
