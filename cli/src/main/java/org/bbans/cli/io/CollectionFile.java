package org.bbans.cli.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionBatch.NeededModel;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.format.ModelSource;

/** Reads archives of many files. Failures carry the archive's name. */
public final class CollectionFile {

    /**
     * What has been read.
     *
     * @param files number of files
     * @param bytes of these
     * @param problems what is damaged, and which files are lost; empty unless reading keeps going
     * @param entries number of files, folders and links that were to be restored
     * @param missing those of them that are not; it has been said of each why
     */
    public record Contents(long files, long bytes, List<String> problems, long entries, long missing) {

        /** Whether everything is restored; if not, says how much is missing. */
        public boolean reportMissing(InputFile input) {
            if (missing > 0) {
                Messages.error(String.format(Locale.ROOT,
                        "%s: %,d of %,d files, folders and links could not be restored", input.name(), missing,
                        entries));
            }
            return missing == 0;
        }
    }

    private CollectionFile() {}

    /** Whether a file is an archive of files by name, or of a content in segments. */
    public static boolean isCollection(String file) throws FileException {
        try (InputStream in = Files.newInputStream(FileNames.path(file))) {
            byte[] start = in.readNBytes(CollectionReader.START_BYTES);
            return CollectionReader.begins(start) || CollectionReader.beginsNameless(start);
        } catch (IOException e) {
            throw FileException.of(file, e);
        }
    }

    /**
     * What an archive holds by what its directories say.
     *
     * @param entries in the archive's order
     * @param problems what is wrong with directories that are damaged or missing; that streams are is not looked for
     */
    public record Listing(List<CollectionEntry> entries, List<String> problems) {}

    /**
     * All entries of directories that are sound; nothing else is decoded.
     *
     * @param options whose memory they must fit into, all together
     */
    public static Listing list(InputFile input, ReadOptions options) throws FileException {
        List<CollectionEntry> entries = new ArrayList<>();
        long memory = 0;
        try (CollectionReader reader = open(input, ModelSource.NONE, options.withKeepGoing(true))) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                memory += batch.entryMemory();
                options.checkMemory("the list of files", memory, 0);
                entries.addAll(batch.entries());
            }
            return new Listing(entries, reader.problems());
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
    }

    /**
     * What an archive says of itself.
     *
     * @param files number of files
     * @param bytes of these
     * @param models that it needs
     */
    public record Summary(long files, long bytes, Set<NeededModel> models) {}

    /** Sums up an archive; nothing is decoded but the directories. */
    public static Summary summary(InputFile input, ReadOptions options) throws FileException {
        long files = 0;
        long bytes = 0;
        Set<NeededModel> models = new LinkedHashSet<>();
        try (CollectionReader reader = open(input, ModelSource.NONE, options)) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                for (CollectionEntry entry : batch.entries()) {
                    files += entry.content() == null ? 0 : 1;
                    bytes += entry.content() == null ? 0 : entry.content().size();
                }
                models.addAll(batch.models());
            }
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
        return new Summary(files, bytes, models);
    }

    /** Decodes and checks everything. */
    public static Contents verify(InputFile input, ModelSource models, ReadOptions options) throws FileException {
        return write(input, entry -> true, OutputStream.nullOutputStream(), models, options);
    }

    /** Writes the content of some files, one after the other in the archive's order. */
    public static Contents write(InputFile input, Predicate<CollectionEntry> wanted, OutputStream out,
            ModelSource models, ReadOptions options) throws FileException {
        long[] sums = new long[2];
        List<String> problems = new ArrayList<>();
        try (CollectionReader reader = open(input, models, options)) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                batch.read(wanted, (same, content) -> {
                    content.writeTo(out);
                    sums[0] += same.size();
                    sums[1] += same.stream().mapToLong(e -> e.content().size()).sum();
                });
                problems.addAll(batch.problems());
            }
            problems.addAll(reader.problems());
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
        return new Contents(sums[0], sums[1], problems, 0, 0);
    }

    /**
     * Restores entries below a folder. What cannot be written there is said, and left out.
     *
     * @param folder made if it is not there
     * @param force whether existing files are replaced
     */
    public static Contents restore(InputFile input, Path folder, boolean force, Predicate<CollectionEntry> wanted,
            ModelSource models, ReadOptions options) throws FileException {
        FolderRestorer restorer = new FolderRestorer(folder, force, wanted);
        List<String> problems = new ArrayList<>();
        try (CollectionReader reader = open(input, models, options)) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                restorer.restore(batch);
                problems.addAll(batch.problems());
            }
            problems.addAll(reader.problems());
            restorer.finish();
        } catch (IOException e) {
            throw FileException.of(input.name(), e);
        }
        return new Contents(restorer.files(), restorer.bytes(), problems, restorer.entries(), restorer.missing());
    }

    private static CollectionReader open(InputFile input, ModelSource models, ReadOptions options)
            throws IOException {
        return input.path() != null ? CollectionReader.open(input.path(), models, options)
                : CollectionReader.of(input.stream(), ArchiveFile.temporaryFolder(), models, options);
    }
}
