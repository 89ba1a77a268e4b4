package org.bbans.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionWriter;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.io.Workers;

/**
 * Compresses many files into one archive. Images and records of one kind are gathered from all files, gzip, PNG and
 * TIFF files among them, so that a model learns from one to the next; all other bytes are coded together, files
 * of one kind beside each other. Files with the same content are stored once. The archive depends on the files and the
 * options alone.
 */
public final class CollectionCompressor {

    /** Bytes of files that are worked on at a time. */
    static final long BATCH_BYTES = 1L << 30;
    /** Files that are worked on at a time. */
    private static final int BATCH_FILES = 1 << 18;
    /** Bytes of their names, and of links' targets: half of what a directory may have. */
    private static final long BATCH_NAMES = 1 << 25;
    /** Groups from this size on are coded by several threads; smaller ones too if there is little beside them. */
    private static final long LARGE_GROUP = 1 << 25;
    /** Records with fewer bytes in all are no matter for a stream. */
    private static final int SMALL_GROUP = 1 << 11;
    /** What unwrapping has to save for each byte of a recipe, if the content is no image. */
    private static final int RECIPE_SHARE = 16;
    /** Streams of a batch beside that of opaque bytes. */
    private static final int MAX_GROUPS = (1 << 16) - 1;

    private final CompressionOptions options;

    /**
     * A file, folder or symbolic link to be stored.
     *
     * @param entry its properties; the content is taken for an empty one
     * @param file where a file's bytes are
     */
    public record Stored(CollectionEntry entry, Path file) {}

    /**
     * What became of them.
     *
     * @param files number of files
     * @param fileBytes their bytes
     * @param archiveBytes bytes of the archive
     * @param modelled files of which a model codes a part, by the model's name
     */
    public record Collected(int files, long fileBytes, long archiveBytes, Map<String, Integer> modelled) {}

    /** A file, or a content without a name, that is looked at. */
    private static final class Member {

        private final Stored source;
        private final FoundPart content;
        /** When the file was written to last before it was looked at; null without a file. */
        private final FileTime modified;
        /** Puts files of one kind beside each other. */
        private final String order;
        /** Which of the files before has the same content; null if none has. */
        private Member original;
        /** Number of the first group that has records of it, from 1; 0 if none has. */
        private int group;

        Member(Stored source, FoundPart content, FileTime modified) {
            this.source = source;
            this.content = content;
            this.modified = modified;
            order = source == null ? "" : order(source);
        }

        static Member of(Stored source) throws IOException {
            FileTime modified = Files.getLastModifiedTime(source.file());
            return new Member(source, new FoundPart(ContentView.of(source.file()), 0, false), modified);
        }

        private static String order(Stored source) {
            String path = new String(source.entry().path(), StandardCharsets.ISO_8859_1);
            String name = path.substring(path.lastIndexOf('/') + 1);
            int dot = name.lastIndexOf('.');
            return (dot > 0 ? name.substring(dot) : dot < 0 ? name : "") + "\0" + path;
        }
    }

    /** A coded group of records. */
    private record Group(Spool archive, Compression result) {}

    /**
     * A compressor with these options.
     *
     * @throws IllegalArgumentException if these describe records, as only those of one content can be, or leave their
     *     order out, by which files find theirs again
     */
    public CollectionCompressor(CompressionOptions options) {
        if (options.records().isPresent()) {
            throw new IllegalArgumentException("records can be described of one content, not of several files");
        }
        if (options.unordered()) {
            throw new IllegalArgumentException("the records of several files have an order");
        }
        this.options = options;
    }

    /**
     * Compresses files. They must not change meanwhile.
     *
     * @param sources each path once, in any order, and nothing below a file or link; otherwise an {@link
     *     IllegalArgumentException} says so
     * @param out receives the archive; flushed and left open
     * @throws UnsuitableModelException if the options require a model and it fits nothing in these files; what
     *     {@code out} has got then is of no use
     * @throws IOException if a file cannot be read or has changed, or {@code out} fails
     */
    public Collected compress(List<Stored> sources, OutputStream out) throws IOException {
        List<Stored> sorted = new ArrayList<>(sources);
        sorted.sort(Comparator.comparing((Stored s) -> s.entry().type() == EntryType.FILE ? 1
                : s.entry().type() == EntryType.FOLDER ? 0 : 2).thenComparing(s -> s.entry().path(), Arrays::compare));
        checkPaths(sorted);
        CollectionWriter writer = new CollectionWriter(out, false);
        Modelled modelled = new Modelled();
        long total = 0;
        int files = 0;
        for (int i = 0; i < sorted.size();) {
            List<Stored> batch = new ArrayList<>();
            long bytes = 0;
            long names = 0;
            while (i < sorted.size() && batch.size() < BATCH_FILES && bytes < BATCH_BYTES && names < BATCH_NAMES) {
                Stored source = sorted.get(i++);
                batch.add(source);
                names += source.entry().path().length + source.entry().target().length;
                if (source.entry().type() == EntryType.FILE) {
                    bytes += Files.size(source.file());
                    files++;
                }
            }
            total += bytes;
            compressBatch(batch, writer, modelled);
            options.listener().progress(total);
        }
        if (options.models().required() && !modelled.fits) {
            throw new UnsuitableModelException(options.models().describe());
        }
        writer.finish();
        return new Collected(files, total, writer.fileSize(), modelled.files);
    }

    /** No archive with one path twice can be read, and none with something below a file can be restored. */
    private static void checkPaths(List<Stored> sources) {
        Set<ByteBuffer> paths = new HashSet<>();
        Set<ByteBuffer> leaves = new HashSet<>();
        for (Stored source : sources) {
            ByteBuffer path = ByteBuffer.wrap(source.entry().path());
            if (!paths.add(path)) {
                throw new IllegalArgumentException(source.entry().name() + " is there twice");
            }
            if (source.entry().type() != EntryType.FOLDER) {
                leaves.add(path);
            }
        }
        for (Stored source : sources) {
            byte[] path = source.entry().path();
            for (int i = 0; i < path.length; i++) {
                if (path[i] == '/' && leaves.contains(ByteBuffer.wrap(path, 0, i))) {
                    throw new IllegalArgumentException(source.entry().name() + " lies below what is no folder");
                }
            }
        }
    }

    private void compressBatch(List<Stored> batch, CollectionWriter writer, Modelled modelled)
            throws IOException {
        List<Member> members = new ArrayList<>();
        for (Stored source : batch) {
            if (source.entry().type() == EntryType.FILE) {
                members.add(Member.of(source));
            }
        }
        members.sort(Comparator.comparing((Member m) -> m.order));
        findDuplicates(members);
        try (Spool plain = new Spool(options.temporaryFolder())) {
            List<Member> originals = new ArrayList<>(members.stream().filter(m -> m.original == null).toList());
            new PartFinder(options.threads(), plain).find(originals.stream().map(m -> m.content).toList());
            try (Streams streams = new Streams(codeGroups(originals, modelled))) {
                writer.batch(store(batch, members, originals, streams), streams.all(),
                        originals.stream().mapToInt(m -> checks(m.content)).sum());
            }
        }
    }

    /**
     * Compresses a content without a name, or a segment of one, if there is anything in it that gains by its being in
     * segments.
     *
     * @param content what has been found in it so far; it must not change meanwhile
     * @param plain receives what is unwrapped, perhaps has got some of it before
     * @param writer of an archive of one content, to which a batch is added
     * @param always whether one is added in any case
     * @param modelled is told what models code
     * @return whether a batch has been added
     */
    boolean compress(FoundPart content, Spool plain, CollectionWriter writer, boolean always,
            Modelled modelled) throws IOException {
        Member member = new Member(null, content, null);
        FoundPart start = content.inside != null ? content.inside : content;
        new PartFinder(options.threads(), plain).find(List.of(start));
        try (Streams streams = new Streams(codeGroups(List.of(member), modelled))) {
            if (!always && streams.all().size() == 1 && !gains(content)) {
                return false;
            }
            List<CollectionEntry> entries = new ArrayList<>();
            try (ArchiveOutputStream rest = opaque(streams)) {
                entries.add(CollectionEntry.nameless(segments(member, rest)));
                rest.finish();
            }
            writer.batch(entries, streams.all(), checks(content));
            return true;
        }
    }

    /** Whether something in it is stored unwrapped. */
    private static boolean gains(FoundPart part) {
        return isKept(part) || part.parts != null && part.parts.stream().anyMatch(CollectionCompressor::gains);
    }

    private ArchiveOutputStream opaque(Streams streams) throws IOException {
        return new ArchiveOutputStream(new Unclosed(streams.opaque),
                ArchiveOptions.DEFAULT.withThreads(options.threads()).withVerify(options.verify())
                        .withTemporaryFolder(options.temporaryFolder()));
    }

    /** What models have coded so far. */
    static final class Modelled {

        /** Files of which a model codes a part, by its name. */
        private final Map<String, Integer> files = new LinkedHashMap<>();
        /** Whether there were records that a model that has to be used codes, be it worse than LZMA2. */
        private boolean fits;

        /** The names of models that code something. */
        Set<String> names() {
            return files.keySet();
        }
    }

    /** The streams of a batch: that of opaque bytes, which is written last, and those of records. */
    private final class Streams implements AutoCloseable {

        private final Spool opaque = new Spool(options.temporaryFolder());
        private final List<Spool> records;

        Streams(List<Spool> records) {
            this.records = records;
        }

        List<Spool> all() {
            List<Spool> all = new ArrayList<>(List.of(opaque));
            all.addAll(records);
            return all;
        }

        @Override
        public void close() throws IOException {
            for (Spool stream : all()) {
                stream.close();
            }
        }
    }

    private List<CollectionEntry> store(List<Stored> batch, List<Member> members, List<Member> originals,
            Streams streams) throws IOException {
        Map<Member, List<Member>> copies = new HashMap<>();
        members.stream().filter(m -> m.original != null)
                .forEach(m -> copies.computeIfAbsent(m.original, o -> new ArrayList<>()).add(m));
        List<CollectionEntry> entries = new ArrayList<>();
        batch.stream().filter(s -> s.entry().type() == EntryType.FOLDER).forEach(s -> entries.add(s.entry()));
        try (ArchiveOutputStream rest = opaque(streams)) {
            for (Member member : originals) {
                entries.add(with(member, segments(member, rest)));
                copies.getOrDefault(member, List.of())
                        .forEach(copy -> entries.add(with(copy, new StoredContent.Repeat(copy.content.size()))));
            }
            rest.finish();
        }
        batch.stream().filter(s -> s.entry().type() == EntryType.LINK).forEach(s -> entries.add(s.entry()));
        for (Member member : members) {
            checkUnchanged(member);
        }
        return entries;
    }

    private static CollectionEntry with(Member member, StoredContent content) {
        CollectionEntry e = member.source.entry();
        return new CollectionEntry(e.path(), e.type(), e.mode(), e.seconds(), e.nanos(), e.target(), content);
    }

    private static void checkUnchanged(Member member) throws IOException {
        Path file = member.source.file();
        if (Files.size(file) != member.content.size() || !Files.getLastModifiedTime(file).equals(member.modified)) {
            throw new IOException(
                    file + " has changed while it was read; try again when nobody writes to it, or leave it out");
        }
    }

    /** Finds files whose content is that of one before; only files of one size are read for that. */
    private static void findDuplicates(List<Member> members) throws IOException {
        Map<Long, Integer> sizes = new HashMap<>();
        members.forEach(m -> sizes.merge(m.content.size(), 1, Integer::sum));
        Map<String, Member> known = new HashMap<>();
        for (Member member : members) {
            if (member.content.size() > 0 && sizes.get(member.content.size()) > 1) {
                member.original = known.putIfAbsent(sha256(member.source.file()), member);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = Checksums.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Codes the records of each kind, and numbers the streams of those groups that are worth it.
     *
     * @param members put in the order in which their records are coded
     */
    private List<Spool> codeGroups(List<Member> members, Modelled modelled) throws IOException {
        List<RecordGroup> groups = groups(members, options.models().required() ? 1 : SMALL_GROUP);
        long share = groups.stream().mapToLong(g -> g.bytes).sum() / options.threads();
        List<Future<Optional<Group>>> futures = new ArrayList<>();
        List<Spool> streams = new ArrayList<>();
        try (Workers workers = new Workers(options.threads(), "bbans-stream")) {
            for (RecordGroup group : groups) {
                int threads = group.bytes < Math.min(LARGE_GROUP, share) ? 1 : options.threads();
                Callable<Optional<Group>> task = () -> code(group, threads);
                futures.add(workers.submit(task));
            }
            for (int i = 0; i < groups.size(); i++) {
                Optional<Group> coded = workers.await(futures.get(i), () -> {});
                if (coded.isEmpty()) {
                    continue;
                }
                modelled.fits = true;
                Spool archive = coded.get().archive();
                Optional<String> model = coded.get().result().model();
                boolean pays = groups.get(i).pays(archive.size(), model.isPresent());
                options.listener().grouped(groups.get(i).records, groups.get(i).files.size(), groups.get(i).bytes,
                        archive.size(), model, pays);
                if (!pays) {
                    archive.close();
                    continue;
                }
                streams.add(archive);
                groups.get(i).stream = streams.size();
                int files = groups.get(i).files.size();
                model.ifPresent(name -> modelled.files.merge(name, files, Integer::sum));
            }
        } catch (IOException | RuntimeException | Error e) {
            for (Spool stream : streams) {
                stream.close();
            }
            throw e;
        }
        return streams;
    }

    /** The groups that are large enough, and the members in the order of the first group that each has records of. */
    private static List<RecordGroup> groups(List<Member> members, long least) {
        Map<Records, RecordGroup> groups = new LinkedHashMap<>();
        for (int i = 0; i < members.size(); i++) {
            gather(members.get(i).content, i, groups);
        }
        groups.values().removeIf(g -> g.bytes < least);
        Map<RecordGroup, Integer> numbers = new IdentityHashMap<>();
        for (RecordGroup group : groups.values()) {
            if (numbers.size() < MAX_GROUPS) {
                numbers.put(group, numbers.size() + 1);
                group.files.forEach(i -> {
                    Member member = members.get(i);
                    member.group = member.group == 0 ? numbers.get(group) : member.group;
                });
            }
        }
        List<RecordGroup> large = groups.values().stream().filter(numbers::containsKey).toList();
        large.forEach(RecordGroup::clear);
        if (members.size() > 1) {
            members.sort(Comparator.comparing((Member m) -> m.group));
        }
        Map<Records, RecordGroup> ordered = new HashMap<>();
        large.forEach(g -> ordered.put(g.records, g));
        for (int i = 0; i < members.size(); i++) {
            assign(members.get(i).content, i, ordered);
        }
        return large;
    }

    private static void gather(FoundPart part, int file, Map<Records, RecordGroup> groups) {
        if (part.records != null) {
            groups.computeIfAbsent(part.records, RecordGroup::new).add(part, file);
        } else if (part.inside != null) {
            gather(part.inside, file, groups);
        } else if (part.parts != null) {
            part.parts.forEach(p -> gather(p, file, groups));
        }
    }

    private static void assign(FoundPart part, int file, Map<Records, RecordGroup> groups) {
        if (part.records != null) {
            part.group = groups.get(part.records);
            if (part.group != null) {
                part.group.add(part, file);
            }
        } else if (part.inside != null) {
            assign(part.inside, file, groups);
        } else if (part.parts != null) {
            part.parts.forEach(p -> assign(p, file, groups));
        }
    }

    private Optional<Group> code(RecordGroup group, int threads) throws IOException {
        RecordCompressor compressor = new RecordCompressor(options.withRecords(group.records)
                .withListener(CompressionListener.NONE).withThreads(threads));
        Spool archive = new Spool(options.temporaryFolder());
        boolean kept = false;
        try (InputStream in = group.open()) {
            Compression result = compressor.compress(in, group.bytes, archive);
            kept = true;
            return Optional.of(new Group(archive, result));
        } catch (UnsuitableModelException e) {
            return Optional.empty();
        } finally {
            if (!kept) {
                archive.close();
            }
        }
    }

    /** Puts what is in no stream of records into stream 0, and says where everything is. */
    private static StoredContent.Segments segments(Member member, OutputStream rest) throws IOException {
        List<StoredContent.Segment> segments = new ArrayList<>();
        store(member.content, rest, segments);
        return new StoredContent.Segments(SegmentLoops.of(segments));
    }

    private static void store(FoundPart part, OutputStream rest, List<StoredContent.Segment> segments)
            throws IOException {
        if (part.group != null && part.group.stream > 0) {
            add(segments, part.group.stream, part.size());
        } else if (isKept(part)) {
            rest.write(part.wrapping.data());
            List<StoredContent.Segment> inside = new ArrayList<>();
            store(part.inside, rest, inside);
            segments.add(new StoredContent.Wrapped(part.size(), part.wrapping.kind(),
                    StoredContent.Wrapped.isChecked(part.size()) ? part.wrapping.crc() : 0, part.wrapping.data().length,
                    new StoredContent.Segments(SegmentLoops.of(inside))));
        } else if (part.parts != null) {
            for (FoundPart p : part.parts) {
                store(p, rest, segments);
            }
        } else if (part.size() > 0) {
            try (InputStream in = part.bytes.open()) {
                in.transferTo(rest);
            }
            add(segments, 0, part.size());
        }
    }

    /** Sum of the CRCs of what {@link #store} wraps without. */
    private static int checks(FoundPart part) {
        if (part.group != null && part.group.stream > 0) {
            return 0;
        }
        if (isKept(part)) {
            return (StoredContent.Wrapped.isChecked(part.size()) ? 0 : part.wrapping.crc()) + checks(part.inside);
        }
        return part.parts == null ? 0 : part.parts.stream().mapToInt(CollectionCompressor::checks).sum();
    }

    private static void add(List<StoredContent.Segment> segments, int stream, long size) {
        int last = segments.size() - 1;
        if (last >= 0 && segments.get(last) instanceof StoredContent.Run run && run.stream() == stream) {
            segments.set(last, new StoredContent.Run(stream, run.size() + size));
        } else {
            segments.add(new StoredContent.Run(stream, size));
        }
    }

    /** Whether a part is stored by what is in it: some only if that is in a stream of records. */
    private static boolean isKept(FoundPart part) {
        return part.wrapping != null && (part.hasStream() || !Wrappings.needsModel(part.wrapping)
                && (long) part.wrapping.data().length * RECIPE_SHARE <= part.size());
    }
}
