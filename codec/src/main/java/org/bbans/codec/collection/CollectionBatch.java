package org.bbans.codec.collection;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.format.Damage;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;

/** A part of a collection: its entries, and the streams that hold the content of its files. */
public final class CollectionBatch implements Closeable {

    private final Directory directory;
    private final StreamCursors.Sections sections;
    private final Closeable holder;
    private final Path temporaryFolder;
    private final ModelSource models;
    private final ReadOptions options;
    /** Bytes that directories take. */
    private final long memory;
    private final Place place;
    /** Bytes that are made of the archive up to the end of this batch, and how many it has up to there. */
    private final long content;
    private final long archive;
    /** Both null until reading begins. */
    private StreamCursors cursors;
    private SegmentReader reader;
    /** What is damaged, and what is lost by that. */
    private final List<String> problems = new ArrayList<>();
    /** What of a single content is lost, as far as that has been read. */
    private final List<Damage> lost = new ArrayList<>();

    /**
     * Where a batch lies.
     *
     * @param offset where it begins in the file
     * @param contentBefore bytes that are made of the batches before it
     */
    public record Place(long offset, long contentBefore) {}

    /**
     * A model that is needed.
     *
     * @param name what it is called
     * @param sha256 of its file, in hexadecimal digits
     * @param embedded whether the archive holds it
     */
    public record NeededModel(String name, String sha256, boolean embedded) {}

    /** Receives the files that are wanted. */
    @FunctionalInterface
    public interface FileVisitor {

        /**
         * Takes a content.
         *
         * @param files the wanted files that have it, at least one
         * @param content writes it; to be called at most once, before this method returns
         * @throws IOException ends the reading
         */
        void visit(List<CollectionEntry> files, FileContent content) throws IOException;
    }

    /** A file's bytes. */
    @FunctionalInterface
    public interface FileContent {

        /**
         * Writes all bytes.
         *
         * @throws IOException if {@code out} fails, or the archive is damaged: what was written is then worth nothing
         */
        void writeTo(OutputStream out) throws IOException;
    }

    CollectionBatch(Directory directory, StreamCursors.Sections sections, Closeable holder, Path temporaryFolder,
            ModelSource models, ReadOptions options, long memory, Place place, long archive) {
        this.directory = directory;
        this.sections = sections;
        this.holder = holder;
        this.temporaryFolder = temporaryFolder;
        this.models = models;
        this.options = options;
        this.memory = memory;
        this.place = place;
        long size = directory.contentSize();
        content = place.contentBefore() + Math.min(size, Long.MAX_VALUE - place.contentBefore());
        this.archive = archive;
    }

    /** All entries, in the archive's order: a folder need not stand before what lies in it. */
    public List<CollectionEntry> entries() {
        return directory.entries();
    }

    /** Where this batch lies: from there it can be {@linkplain CollectionReader#again read again}. */
    public Place place() {
        return place;
    }

    /** Bytes of memory that the entries take, roughly. */
    public long entryMemory() {
        return directory.memory();
    }

    /** Number of streams. */
    public int streams() {
        return directory.streams().size();
    }

    /**
     * The models that the streams need, by what their headers say; of one whose header is damaged nothing is said.
     *
     * @throws IOException if the archive cannot be read
     */
    public Set<NeededModel> models() throws IOException {
        Set<NeededModel> needed = new LinkedHashSet<>();
        long from = 0;
        for (Directory.Stream stream : directory.streams()) {
            try (InputStream in = new BufferedInputStream(sections.open(from, stream.size()))) {
                model(in).ifPresent(needed::add);
            }
            from += stream.size();
        }
        return needed;
    }

    private static Optional<NeededModel> model(InputStream stream) throws IOException {
        try {
            HeaderFormat.Parsed parsed = HeaderFormat.read(new FormatInput(stream, 0));
            return Optional.ofNullable(parsed.header().model()).map(model -> new NeededModel(model.name(),
                    HexFormat.of().formatHex(model.sha256()), parsed.embedsModel()));
        } catch (FormatException e) {
            // Whoever reads the stream will be told.
            return Optional.empty();
        }
    }

    /**
     * What the last {@link #read} with {@link ReadOptions#keepGoing} has found to be damaged, and which of the wanted
     * files are lost by it; empty without.
     */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * Reads files in the archive's order. Streams in which none of them lies are not decoded, unless all are read.
     *
     * <p>With {@link ReadOptions#keepGoing} all streams are decoded once before, and the files whose bytes are all
     * sound are given; {@link #problems} names the others.
     *
     * @param wanted which files
     * @throws IOException if the archive cannot be read or is damaged
     */
    public void read(Predicate<CollectionEntry> wanted, FileVisitor visitor) throws IOException {
        begin();
        examine();
        boolean everything = true;
        List<CollectionEntry> entries = directory.entries();
        for (int i = 0; i < entries.size();) {
            if (entries.get(i).type() != EntryType.FILE) {
                i++;
                continue;
            }
            List<CollectionEntry> same = new ArrayList<>();
            StoredContent content = entries.get(i).content();
            do {
                if (entries.get(i).type() == EntryType.FILE && wanted.test(entries.get(i))) {
                    same.add(entries.get(i));
                }
                i++;
            } while (i < entries.size() && (entries.get(i).type() != EntryType.FILE
                    || entries.get(i).content() instanceof StoredContent.Repeat));
            Once once = new Once((StoredContent.Segments) content);
            Optional<Damage> damage = reader.damage(once.content);
            if (damage.isPresent()) {
                for (CollectionEntry entry : same) {
                    problems.add(entry.label() + " is lost: " + damage.get().reason());
                }
            } else if (!same.isEmpty()) {
                visitor.visit(List.copyOf(same), once);
            }
            if (!once.used) {
                everything = false;
                reader.skip(once.content);
            }
        }
        if (everything) {
            checkEnds();
        }
    }

    private void examine() throws IOException {
        problems.clear();
        lost.clear();
        if (options.keepGoing()) {
            cursors.examine(problems);
        }
    }

    private void begin() throws IOException {
        closeCursors();
        Totals totals = new Totals(directory.streams().size());
        int unchecked = 0;
        for (CollectionEntry entry : directory.entries()) {
            if (entry.content() instanceof StoredContent.Segments content) {
                totals.add(content);
                unchecked += SegmentReader.unchecked(content);
            }
        }
        options.checkContent("a directory", content, archive);
        if (ReadOptions.isUnusual(content, archive)) {
            options.listener().expands(content, archive);
        }
        cursors = new StreamCursors(directory.streams(), totals, sections, temporaryFolder, models, options, memory);
        reader = new SegmentReader(cursors, temporaryFolder, unchecked);
    }

    /**
     * Reads the content of an archive that holds only one, segment by segment; what wrappings hold is put together in
     * memory or in a temporary file first. With {@link ReadOptions#keepGoing} zeros stand for what is lost.
     *
     * @return to be read before this batch is closed; does not close it
     * @throws IllegalStateException if there is another number of entries
     */
    InputStream open() throws IOException {
        if (entries().size() != 1 || !(entries().get(0).content() instanceof StoredContent.Segments content)) {
            throw new IllegalStateException(entries().size() + " entries");
        }
        begin();
        examine();
        problems.forEach(problem -> lost.add(new Damage(0, 0, problem)));
        return reader.open(content, lost);
    }

    /** What of the content that {@link #open} reads is lost, as far as it has been read. */
    List<Damage> lost() {
        return List.copyOf(lost);
    }

    /** Makes sure that all streams are read to their ends, and that what was restored is right. */
    void checkEnds() throws IOException {
        cursors.checkUnused();
        reader.check(directory.checks());
    }

    private void closeCursors() throws IOException {
        if (cursors != null) {
            cursors.close();
        }
    }

    @Override
    public void close() throws IOException {
        closeCursors();
        holder.close();
    }

    private final class Once implements FileContent {

        private final StoredContent.Segments content;
        private boolean used;

        Once(StoredContent.Segments content) {
            this.content = content;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            if (used) {
                throw new IllegalStateException("the content has been written before");
            }
            used = true;
            reader.write(content, out);
        }
    }
}
