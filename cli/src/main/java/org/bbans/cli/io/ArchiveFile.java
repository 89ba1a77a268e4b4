package org.bbans.cli.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.collection.NamelessInputStream;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.Wrapping;

/** Restores what an archive was made of. */
public final class ArchiveFile {

    /**
     * What came out.
     *
     * @param isUnordered whether the records do not come back in the order that they had
     * @param size bytes restored
     * @param damages what could not be restored
     */
    public record Restored(boolean isUnordered, long size, List<Damage> damages) {}

    private ArchiveFile() {}

    /**
     * Restores the original file.
     *
     * @param input the archive
     * @param out receives the file
     * @throws FileException naming the archive if it is damaged
     */
    public static Restored restore(InputFile input, OutputStream out, ModelSource models,
            ReadOptions options) throws IOException {
        if (input.isNameless()) {
            return restoreSegments(input, out, models, options);
        }
        long size = contentSize(input);
        try (ArchiveInputStream archive = open(input, models, options)) {
            if (size > 0) {
                // Said now and not when the first part has been decoded.
                options.checkContent("the archive's end", size, Files.size(input.path()));
            }
            return restore(archive, out, options.keepGoing());
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
    }

    private static Restored restoreSegments(InputFile input, OutputStream out, ModelSource models, ReadOptions options)
            throws FileException {
        try (NamelessInputStream archive = input.path() != null
                ? NamelessInputStream.open(input.path(), models, options)
                : new NamelessInputStream(input.stream(), temporaryFolder(), models, options)) {
            long size = archive.transferTo(out);
            return new Restored(false, size, archive.damages());
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
    }

    /**
     * Makes sure that an archive that lies in a file, complete but for its name, gives a file back.
     *
     * @param output holds the archive
     * @param original the file
     * @throws FileException naming the output if it does not
     */
    public static void check(OutputFile output, Path original, ModelSource models,
            ReadOptions options) throws IOException {
        try (InputStream expected = new BufferedInputStream(Files.newInputStream(original), 1 << 16);
                InputStream written = new BufferedInputStream(output.written(), 1 << 16)) {
            written.mark(CollectionReader.START_BYTES);
            boolean nameless = CollectionReader.beginsNameless(written.readNBytes(CollectionReader.START_BYTES));
            written.reset();
            OutputStream comparing = new ComparingOutputStream(expected);
            if (nameless) {
                try (InputStream archive = new NamelessInputStream(written, temporaryFolder(), models, options)) {
                    archive.transferTo(comparing);
                }
            } else {
                try (ArchiveInputStream archive =
                        new ArchiveInputStream(written, models, options.withMembersApart(true))) {
                    restore(archive, comparing, false);
                }
            }
            if (expected.read() >= 0) {
                throw new CorruptArchiveException(ComparingOutputStream.DIFFERENT);
            }
        } catch (IOException e) {
            throw FileException.of(output.name(), e);
        }
    }

    private static Restored restore(ArchiveInputStream archive, OutputStream out, boolean keepsGoing)
            throws IOException {
        long size = 0;
        List<Damage> unpacked = new ArrayList<>();
        do {
            Wrapping wrapping = archive.header().wrapping();
            if (wrapping == null) {
                size += archive.transferTo(out);
            } else if (keepsGoing) {
                Wrappings.Salvaged salvaged = Wrappings.salvage(wrapping, archive, out,
                        archive::isMemberDamaged, temporaryFolder());
                salvaged.notPacked().ifPresent(reason -> unpacked.add(new Damage(0, 0, reason)));
                size += salvaged.size();
            } else {
                size += Wrappings.rewrap(wrapping, archive, out, archive::isMemberDamaged);
            }
        } while (archive.nextMember());
        List<Damage> damages = new ArrayList<>(archive.damages());
        damages.addAll(unpacked);
        return new Restored(archive.header().layout().unordered(), size, List.copyOf(damages));
    }

    private static ArchiveInputStream open(InputFile input, ModelSource models,
            ReadOptions options) throws IOException {
        return input.path() != null && options.keepGoing()
                ? ArchiveInputStream.open(input.path(), models, options.withMembersApart(true))
                : new ArchiveInputStream(input.stream(), models, options.withMembersApart(true));
    }

    /** Bytes of content that an archive's index tells; {@link LayoutDetector#UNKNOWN_SIZE} if it cannot be asked. */
    public static long contentSize(InputFile input) {
        try {
            return input.path() == null || input.isNameless() ? LayoutDetector.UNKNOWN_SIZE
                    : ArchiveInfo.members(input.path(), ReadOptions.DEFAULT_MEMORY).stream()
                            .mapToLong(ArchiveInfo::contentSize).sum();
        } catch (IOException e) {
            // Reading the archive will say what is wrong with it.
            return LayoutDetector.UNKNOWN_SIZE;
        }
    }

    /** Where Java puts temporary files. */
    public static Path temporaryFolder() {
        return FileNames.path(System.getProperty("java.io.tmpdir"));
    }

    /** A line about something that is lost. */
    public static String describe(Damage damage) {
        return FileException.withoutAdvice(damage.reason()) + (damage.length() == 0 ? ""
                : damage.length() == Damage.REST ? "; nothing from byte " + damage.contentOffset()
                        + " of the content on can be relied on"
                        : "; bytes " + damage.contentOffset() + " to " + (damage.contentOffset() + damage.length() - 1)
                                + " of the content are lost, zeros or what can be decoded stand in their place");
    }

    /** Fails as soon as what is written differs from what a stream gives. */
    private static final class ComparingOutputStream extends OutputStream {

        private static final String DIFFERENT = "does not give the input back, which is therefore kept; please report "
                + "it";

        private final InputStream expected;

        ComparingOutputStream(InputStream expected) {
            this.expected = expected;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            if (!Arrays.equals(b, off, off + len, expected.readNBytes(len), 0, len)) {
                throw new CorruptArchiveException(DIFFERENT);
            }
        }
    }
}
