package org.bbans.codec.content;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.bbans.codec.content.gzip.DeflatedWrapping;
import org.bbans.codec.content.gzip.GzipWrapping;
import org.bbans.codec.content.number.CsvWrapping;
import org.bbans.codec.content.number.NumberArray;
import org.bbans.codec.content.number.RankedWrapping;
import org.bbans.codec.content.png.PngWrapping;
import org.bbans.codec.content.tar.TarWrapping;
import org.bbans.codec.content.tiff.TiffDirectories;
import org.bbans.codec.content.tiff.TiffWrapping;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.BoundedOutputStream;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;

/** Files that are taken apart, so that what they hold can be coded, and put together again byte for byte. */
public final class Wrappings {

    /** What is taken apart. */
    public enum FileKind {
        /** A gzip file of one member. */
        GZIP(GzipWrapping.KIND, "gzip"),
        /** A PNG file. */
        PNG(PngWrapping.KIND, "png"),
        /** A DEFLATE stream without a header, which cannot be told by its beginning. */
        DEFLATED(DeflatedWrapping.KIND, "deflate"),
        /** Members of a tar archive, which {@link #kind} does not tell. */
        TAR(TarWrapping.KIND, "tar"),
        /** An array of numbers of several bytes with few different values. */
        RANKED(RankedWrapping.KIND, "ranked array"),
        /** A table of integers as text. */
        CSV(CsvWrapping.KIND, "CSV"),
        /** A TIFF file whose pixels may be packed. */
        TIFF(TiffWrapping.KIND, "TIFF");

        private final int code;
        private final String label;

        FileKind(int code, String label) {
            this.code = code;
            this.label = label;
        }

        /** The kind of {@link Wrapping}. */
        public int code() {
            return code;
        }

        /** A word for people. */
        public String label() {
            return label;
        }

        /** Whether people know a file of this kind for one that has to be taken apart. */
        public boolean isKnownAsPacked() {
            return this != RANKED && this != CSV && this != TIFF;
        }
    }

    /** What the header of an array of numbers lies in. */
    private static final int HEAD_BYTES = 1 << 17;

    private Wrappings() {}

    /** What a file that begins like this may be. */
    public static Optional<FileKind> kind(byte[] head, int length) {
        return GzipWrapping.looksLikeGzip(head, length) ? Optional.of(FileKind.GZIP)
                : PngWrapping.looksLikePng(head, length) ? Optional.of(FileKind.PNG)
                        : TiffDirectories.looksLikeTiff(head, length) ? Optional.of(FileKind.TIFF)
                                : NumberArrays.find(new FileStart(head, length, LayoutDetector.UNKNOWN_SIZE))
                                        .filter(array -> RankedWrapping.looksRanked(array, head, length)).isPresent()
                                                ? Optional.of(FileKind.RANKED)
                                                : CsvWrapping.looksLikeCsv(head, length) ? Optional.of(FileKind.CSV)
                                                        : Optional.empty();
    }

    /** A word for the kind of wrapping with this code: "kind 9" if it is not known. */
    public static String label(int code) {
        for (FileKind kind : FileKind.values()) {
            if (kind.code == code) {
                return kind.label;
            }
        }
        return "kind " + code;
    }

    /** Whether a wrapping of this kind holds what people know as what is in a file. */
    public static boolean holdsContent(int code) {
        return code == GzipWrapping.KIND || code == PngWrapping.KIND;
    }

    /** Whether a file is better taken apart like this only if a model codes what it holds. */
    public static boolean needsModel(Wrapping wrapping) {
        return isPicture(wrapping) || wrapping.kind() == CsvWrapping.KIND
                || wrapping.kind() == RankedWrapping.KIND && RankedWrapping.needsModel(wrapping);
    }

    /** Whether what has been taken apart are pictures, whose file has them packed. */
    public static boolean isPicture(Wrapping wrapping) {
        return wrapping.kind() == PngWrapping.KIND || wrapping.kind() == TiffWrapping.KIND;
    }

    /**
     * Takes a file apart.
     *
     * @param content receives what it holds; left with anything if the result is empty
     * @return what {@link #rewrap} needs; empty if the file cannot be restored byte for byte, or holds too much for
     *     its size
     * @throws IOException if a file cannot be read or written
     */
    public static Optional<Wrapping> unwrap(FileKind kind, ContentView file, Spool content) throws IOException {
        Optional<byte[]> data = switch (kind) {
            case GZIP -> GzipWrapping.unwrap(file, content);
            case PNG -> PngWrapping.unwrap(file, content);
            case DEFLATED -> DeflatedWrapping.unwrap(file, content);
            case TAR -> TarWrapping.unwrap(file, content);
            case RANKED -> ranked(file, content);
            case CSV -> CsvWrapping.unwrap(file, content);
            case TIFF -> TiffWrapping.unwrap(file, content);
        };
        if (data.isEmpty() || data.get().length > Wrapping.MAX_BYTES) {
            return Optional.empty();
        }
        CRC32C crc = new CRC32C();
        try (InputStream in = new CheckedInputStream(file.open(), crc)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        Wrapping wrapping = new Wrapping(kind.code, file.size(), (int) crc.getValue(), data.get());
        try (InputStream in = content.open()) {
            rewrap(wrapping, in, OutputStream.nullOutputStream(), () -> false);
            return Optional.of(wrapping);
        } catch (CorruptArchiveException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> ranked(ContentView file, Spool content) throws IOException {
        byte[] head = file.start(HEAD_BYTES);
        Optional<NumberArray> array = NumberArrays.find(new FileStart(head, head.length, file.size()));
        return array.isEmpty() ? Optional.empty() : RankedWrapping.unwrap(array.get(), file, content);
    }

    /**
     * Makes the file again.
     *
     * @param wrapping what {@link #unwrap} returned
     * @param content the content
     * @param out receives the file; left open
     * @param damaged asked when all of the content has been read: whether it is known to differ from the original, so
     *     that the file cannot be compared
     * @return bytes of the file
     * @throws CorruptArchiveException if the wrapping is malformed or the result is not the file that was taken apart
     * @throws UnsupportedArchiveException if the wrapping is of a kind that is not known
     */
    public static long rewrap(Wrapping wrapping, InputStream content, OutputStream out,
            BooleanSupplier damaged) throws IOException {
        // What is in an archive may be anyone's: the file does not get larger than it was.
        BoundedOutputStream file = new BoundedOutputStream(out, wrapping.size(), () -> differs(wrapping));
        if ((restore(wrapping, content, file) != wrapping.crc() || file.left() > 0) && !damaged.getAsBoolean()) {
            throw differs(wrapping);
        }
        return wrapping.size() - file.left();
    }

    private static CorruptArchiveException differs(Wrapping wrapping) {
        return new CorruptArchiveException("the restored " + label(wrapping.kind())
                + " file differs from the one that was compressed");
    }

    /**
     * Makes the file again of a content of which some may be lost; if it cannot be made of that, gives the content.
     *
     * @param wrapping what {@link #unwrap} returned
     * @param content the content, perhaps with zeros for what is lost, which is kept in a temporary file
     * @param out receives the file, or the content; left open
     * @param damaged asked when all of the content has been read: whether it is known to differ from the original
     * @param temporaryFolder where temporary files lie
     * @return what has been given
     * @throws CorruptArchiveException if the wrapping is malformed or the result is not the file that was taken apart,
     *     although the content is not damaged
     * @throws UnsupportedArchiveException if the wrapping is of a kind that is not known
     */
    public static Salvaged salvage(Wrapping wrapping, InputStream content, OutputStream out, BooleanSupplier damaged,
            Path temporaryFolder) throws IOException {
        try (Spool inside = new Spool(temporaryFolder); Spool file = new Spool(temporaryFolder)) {
            content.transferTo(inside);
            boolean whole = true;
            try (InputStream in = inside.open()) {
                rewrap(wrapping, in, file, damaged);
            } catch (CorruptArchiveException e) {
                if (!damaged.getAsBoolean()) {
                    throw e;
                }
                whole = false;
            }
            Spool given = whole ? file : inside;
            try (InputStream in = given.open()) {
                in.transferTo(out);
            }
            return new Salvaged(given.size(), whole ? Optional.empty() : Optional.of(notPacked(wrapping.kind())));
        }
    }

    /**
     * What {@link #salvage} has given.
     *
     * @param size its bytes
     * @param notPacked says for people that it is the content, unpacked; empty if it is the file
     */
    public record Salvaged(long size, Optional<String> notPacked) {}

    /** Says for people that a wrapping's content has been given in its place. */
    public static String notPacked(int kind) {
        return "the " + label(kind) + " file cannot be made again of what is left: instead, what it held was written";
    }

    /**
     * Makes the file again without a look at its CRC and size.
     *
     * @return the CRC-32C of what has been made
     * @throws CorruptArchiveException if the wrapping is malformed
     * @throws UnsupportedArchiveException if the wrapping is of a kind that is not known
     */
    public static int restore(Wrapping wrapping, InputStream content, OutputStream out) throws IOException {
        CRC32C crc = new CRC32C();
        OutputStream file = new CheckedOutputStream(out, crc);
        switch (wrapping.kind()) {
            case GzipWrapping.KIND -> GzipWrapping.rewrap(wrapping, content, file);
            case PngWrapping.KIND -> PngWrapping.rewrap(wrapping, content, file);
            case DeflatedWrapping.KIND -> DeflatedWrapping.rewrap(wrapping, content, file);
            case TarWrapping.KIND -> TarWrapping.rewrap(wrapping, content, file);
            case RankedWrapping.KIND -> RankedWrapping.rewrap(wrapping, content, file);
            case CsvWrapping.KIND -> CsvWrapping.rewrap(wrapping, content, file);
            case TiffWrapping.KIND -> TiffWrapping.rewrap(wrapping, content, file);
            default ->
                    throw new UnsupportedArchiveException("the content was unwrapped in a way that this version does "
                            + "not know (kind " + wrapping.kind() + "); a newer version of bbans is needed");
        }
        return (int) crc.getValue();
    }
}
