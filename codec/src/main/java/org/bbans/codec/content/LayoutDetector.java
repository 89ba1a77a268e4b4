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
            List.of(Idx::parse, Npy::parse, Netpbm::parse, Pam::parse, Dicom::parse, Nifti::parse,
                    Cifar::parse);

    private LayoutDetector() {}

    /** One file format. */
    private interface Parser {

        /** Empty if the content does not begin like this format. */
        Optional<Finding> parse(FileStart head);
    }

    /**
     * Looks at a content.
     *
     * @param head the content's beginning; some hundred kilobytes are enough
     * @param length bytes of it; less than {@code head} holds, perhaps
     * @param size bytes of the content, or {@link #UNKNOWN_SIZE}
     */
    public static Optional<Records> detect(byte[] head, int length, long size) {
        return find(head, length, size).map(Finding::records);
    }

    /**
     * Says why a content in which no records are found has none, although it begins like a known file format.
     *
     * @return one line for people; empty if records are found, or if it is no format that is known
     */
    public static Optional<String> whyOpaque(byte[] head, int length, long size) {
        return find(head, length, size).map(Finding::reason);
    }

    private static Optional<Finding> find(byte[] head, int length, long size) {
        FileStart start = new FileStart(head, length, size);
        return PARSERS.stream().map(parser -> parser.parse(start)).flatMap(Optional::stream).findFirst();
    }
}
