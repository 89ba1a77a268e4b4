package org.bbans.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.format.Layout;
import org.bbans.codec.io.ContentView;

/**
 * The extents of the first image in a file, as far as it is found by what stands in the file.
 *
 * @param width pixels of a row
 * @param height rows
 * @param channels samples of a pixel; 1 for entries of a palette
 */
record ImageExtents(int width, int height, int channels) {

    /** The columns that are filled by these. */
    static final Set<String> COLUMNS = Set.of(ArchiveTable.WIDTH, ArchiveTable.HEIGHT, ArchiveTable.CHANNELS);

    private static final int HEAD_BYTES = 1 << 20;
    /** Where the fields of a PNG file's header chunk lie. */
    private static final int PNG_WIDTH = 16;
    private static final int PNG_COLOUR = 25;

    /**
     * Looks at a file.
     *
     * @return empty if it is none in which images are found
     * @throws IOException if it cannot be read
     */
    static Optional<ImageExtents> of(ContentView file) throws IOException {
        byte[] head = file.start(HEAD_BYTES);
        Optional<Wrappings.FileKind> kind = Wrappings.kind(head, head.length);
        if (kind.isPresent() && kind.get() != Wrappings.FileKind.TIFF) {
            return kind.get() == Wrappings.FileKind.PNG ? png(head) : Optional.empty();
        }
        Optional<Records> records = LayoutDetector.detect(head, head.length, file.size());
        if (records.isEmpty()) {
            records = Anatomies.find(file).flatMap(anatomy -> anatomy.rasters().stream().findFirst());
        }
        return records.flatMap(Records::images).flatMap(ImageExtents::of);
    }

    private static Optional<ImageExtents> of(Layout layout) {
        int[] shape = layout.shape();
        return shape.length < 2 || shape.length > 3 ? Optional.empty()
                : Optional.of(new ImageExtents(shape[1], shape[0], shape.length == 2 ? 1 : shape[2]));
    }

    private static Optional<ImageExtents> png(byte[] head) {
        if (head.length <= PNG_COLOUR) {
            return Optional.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(head, PNG_WIDTH, 2 * Integer.BYTES);
        int width = fields.getInt();
        int height = fields.getInt();
        int channels = switch (head[PNG_COLOUR]) {
            case 0, 3 -> 1;
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 0;
        };
        return width <= 0 || height <= 0 || channels == 0 ? Optional.empty()
                : Optional.of(new ImageExtents(width, height, channels));
    }
}
