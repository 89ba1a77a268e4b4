package org.bbans.codec.content.anatomy;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.Part;
import org.bbans.codec.content.Records;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Fields;

/**
 * Finds out what a content is made of, by what stands in it; file names play no part. Malformed files are opaque or
 * have opaque parts; nothing here fails but reading itself, and nothing is allocated for more than the content has.
 */
public final class Anatomies {

    private static final List<Parser> PARSERS = List.of(new Parser("TIFF", TiffAnatomy::parse),
            new Parser("BMP", BmpAnatomy::parse), new Parser("FITS", FitsAnatomy::parse),
            new Parser("PNM", PnmAnatomy::parse), new Parser("zip", ZipAnatomy::parse),
            new Parser("ar", ArAnatomy::parse), new Parser("cpio", CpioAnatomy::parse),
            new Parser("tar", TarAnatomy::parse));

    private Anatomies() {}

    /** One file format. */
    private record Parser(String kind, Finder finder) {}

    /** How the parts of a file format are found. */
    @FunctionalInterface
    private interface Finder {

        /** Does nothing if the content does not begin like this format; an {@link EOFException} is a malformed one. */
        void find(Fields in, AnatomyBuilder out) throws IOException;
    }

    /**
     * Looks at a content.
     *
     * @return the parts of a known file format; empty if all the content is best taken as opaque bytes
     * @throws IOException if the content cannot be read
     */
    public static Optional<Anatomy> find(ContentView content) throws IOException {
        Fields in = new Fields(content);
        for (Parser parser : PARSERS) {
            Optional<Anatomy> found = find(parser, in);
            if (found.isPresent()) {
                return found;
            }
        }
        return DetectedAnatomy.find(in);
    }

    /**
     * The records of a content that has a single raster whose bytes lie together, such as a TIFF file of pages without
     * anything between.
     *
     * @return the records with their number and the bytes before them
     * @throws IOException if the content cannot be read
     */
    public static Optional<Records> records(ContentView content) throws IOException {
        return find(content).flatMap(Anatomies::records);
    }

    /** The records of a content that has a single raster whose bytes lie together. */
    public static Optional<Records> records(Anatomy anatomy) {
        if (anatomy.rasters().size() != 1) {
            return Optional.empty();
        }
        long before = 0;
        Part whole = null;
        for (Part part : anatomy.parts()) {
            if (part.kind() == Part.PartKind.RASTER) {
                if (whole != null) {
                    return Optional.empty();
                }
                whole = part;
            } else if (part.kind() != Part.PartKind.OPAQUE) {
                return Optional.empty();
            } else if (whole == null) {
                before += part.length();
            }
        }
        return Optional.of(anatomy.rasters().get(0).behind(before));
    }

    private static Optional<Anatomy> find(Parser parser, Fields in) throws IOException {
        AnatomyBuilder out = new AnatomyBuilder(in.size());
        in.bigEndian(false);
        try {
            parser.finder.find(in, out);
        } catch (EOFException malformed) {
            // What was found before is what there is.
        }
        return out.build(parser.kind);
    }
}
