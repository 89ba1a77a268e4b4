package org.bbans.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.block.BulkInputStream;
import org.bbans.codec.block.Spool;
import org.bbans.codec.block.Workers;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionWriter;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Records;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.content.anatomy.Anatomies;
import org.bbans.codec.content.anatomy.ContentView;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.Wrapping;

/**
 * Compresses many files into one archive. Images and records of one kind are gathered from all files, gzip and PNG
 * files among them, so that a model learns from one to the next; all other bytes are coded together, files
 * of one kind beside each other. Files with the same content are stored once. The archive depends on the files and the
 * options alone.
 */
public final class CollectionCompressor {

    /** Bytes of files that are worked on at a time. */
    private static final long BATCH_BYTES = 1L << 30;
    /** Files that are worked on at a time. */
    private static final int BATCH_FILES = 1 << 18;
    private static final int HEAD_BYTES = 1 << 20;
    /** Groups from this size on are coded by several threads, smaller ones by one each. */
    private static final long LARGE_GROUP = 1 << 25;
    /** Records with fewer bytes in all are no matter for a stream. */
    private static final int SMALL_GROUP = 1 << 11;
    /** What unwrapping has to save for each byte of a recipe, if the content is no image. */
    private static final int RECIPE_SHARE = 16;
    private static final int NOTHING = -1;

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

    /** A file that has been looked at. */
    private static final class Member {

        private final Stored source;
        private final long size;
        /** Puts files of one kind beside each other. */
        private final String order;
        private Wrapping wrapping;
        /** Where its plain content begins among those of the batch, and the bytes of it. */
        private long plainFrom;
        private long plainSize;
        private Records records;
        private long rasterBytes;
        private int stream = NOTHING;
        private Member original;

        Member(Stored source, long size) {
            this.source = source;
            this.size = size;
            plainSize = size;
            order = order(source);
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
     * @throws IllegalArgumentException if these leave the order of records out, by which files find theirs again
     */
    public CollectionCompressor(CompressionOptions options) {
        if (options.unordered()) {
            throw new IllegalArgumentException("the records of several files have an order");
        }
        this.options = options;
    }

    /**
     * Compresses files. They must not change meanwhile.
     *
     * @param sources each path once, in any order
     * @param out receives the archive; flushed and left open
     * @throws IOException if a file cannot be read or has changed, or {@code out} fails
     */
    public Collected compress(List<Stored> sources, OutputStream out) throws IOException {
        List<Stored> sorted = new ArrayList<>(sources);
        sorted.sort(Comparator.comparing((Stored s) -> s.entry().type() == EntryType.FILE ? 1
                : s.entry().type() == EntryType.FOLDER ? 0 : 2).thenComparing(s -> s.entry().path(), Arrays::compare));
        CollectionWriter writer = new CollectionWriter(out);
        Map<String, Integer> modelled = new LinkedHashMap<>();
        long total = 0;
        int files = 0;
        for (int i = 0; i < sorted.size();) {
            List<Stored> batch = new ArrayList<>();
            long bytes = 0;
            while (i < sorted.size() && batch.size() < BATCH_FILES && bytes < BATCH_BYTES) {
                Stored source = sorted.get(i++);
                batch.add(source);
                if (source.entry().type() == EntryType.FILE) {
                    bytes += Files.size(source.file());
                    files++;
                }
            }
            total += bytes;
            compressBatch(batch, writer, modelled);
            options.listener().progress(total);
        }
        writer.finish();
        return new Collected(files, total, writer.fileSize(), modelled);
    }

    private void compressBatch(List<Stored> batch, CollectionWriter writer, Map<String, Integer> modelled)
            throws IOException {
        List<Member> members = new ArrayList<>();
        for (Stored source : batch) {
            if (source.entry().type() == EntryType.FILE) {
                members.add(new Member(source, Files.size(source.file())));
            }
        }
        members.sort(Comparator.comparing((Member m) -> m.order));
        findDuplicates(members);
        List<Spool> streams = new ArrayList<>();
        try (Spool plain = new Spool(options.temporaryFolder());
                Spool opaque = new Spool(options.temporaryFolder())) {
            lookAtAll(members.stream().filter(m -> m.original == null).toList(), plain);
            streams.add(opaque);
            streams.addAll(codeGroups(members, plain, modelled));
            List<Member> originals = new ArrayList<>(members.stream().filter(m -> m.original == null).toList());
            originals.sort(Comparator.comparing((Member m) -> m.stream));
            Map<Member, List<Member>> copies = new HashMap<>();
            members.stream().filter(m -> m.original != null)
                    .forEach(m -> copies.computeIfAbsent(m.original, o -> new ArrayList<>()).add(m));
            List<CollectionEntry> entries = new ArrayList<>();
            batch.stream().filter(s -> s.entry().type() == EntryType.FOLDER).forEach(s -> entries.add(s.entry()));
            ArchiveOptions how = ArchiveOptions.DEFAULT.withThreads(options.threads()).withVerify(options.verify());
            try (ArchiveOutputStream rest = new ArchiveOutputStream(new Unclosed(opaque), how)) {
                for (Member member : originals) {
                    entries.add(with(member, store(member, plain, rest)));
                    copies.getOrDefault(member, List.of())
                            .forEach(copy -> entries.add(with(copy, new StoredContent.Repeat(copy.size))));
                }
                rest.finish();
            }
            batch.stream().filter(s -> s.entry().type() == EntryType.LINK).forEach(s -> entries.add(s.entry()));
            for (Member member : members) {
                checkUnchanged(member);
            }
            writer.batch(entries, streams);
        } finally {
            for (Spool stream : streams) {
                stream.close();
            }
        }
    }

    private static CollectionEntry with(Member member, StoredContent content) {
        CollectionEntry e = member.source.entry();
        return new CollectionEntry(e.path(), e.type(), e.mode(), e.seconds(), e.nanos(), e.target(), content);
    }

    private static void checkUnchanged(Member member) throws IOException {
        Path file = member.source.file();
        CollectionEntry entry = member.source.entry();
        if (Files.size(file) != member.size
                || Files.getLastModifiedTime(file).toInstant().getEpochSecond() != entry.seconds()) {
            throw new IOException(file + " has changed while it was read; try again when nobody writes to it");
        }
    }

    /** Finds files whose content is that of one before; only files of one size are read for that. */
    private static void findDuplicates(List<Member> members) throws IOException {
        Map<Long, Integer> sizes = new HashMap<>();
        members.forEach(m -> sizes.merge(m.size, 1, Integer::sum));
        Map<String, Member> known = new HashMap<>();
        for (Member member : members) {
            if (member.size > 0 && sizes.get(member.size) > 1) {
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

    /** Looks at files, several at a time; what was found in them is put together in their order. */
    private void lookAtAll(List<Member> members, Spool plain) throws IOException {
        Deque<Future<Spool>> looking = new ArrayDeque<>();
        try (Workers workers = workers()) {
            int next = 0;
            for (Member member : members) {
                while (next < members.size() && looking.size() <= options.threads()) {
                    Member other = members.get(next++);
                    looking.add(workers.submit(() -> look(other)));
                }
                try (Spool content = workers.await(looking.remove(), () -> {}); InputStream in = content.open()) {
                    member.plainFrom = plain.size();
                    in.transferTo(plain);
                }
            }
        }
    }

    private Workers workers() {
        return new Workers(options.threads(), "bbans-stream");
    }

    /**
     * Takes a file apart if it is of a kind for which that is possible, and finds the records in it.
     *
     * @return what was in it; empty if it is not taken apart
     */
    private Spool look(Member member) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(member.source.file())) {
            head = in.readNBytes((int) Math.min(HEAD_BYTES, Math.max(1, member.size)));
        }
        Spool content = new Spool(options.temporaryFolder());
        boolean kept = false;
        try {
            Optional<Wrappings.FileKind> kind = Wrappings.kind(head, head.length);
            Optional<Wrapping> wrapping = kind.isEmpty() ? Optional.empty()
                    : Wrappings.unwrap(kind.get(), member.source.file(), content);
            if (wrapping.isPresent()) {
                member.wrapping = wrapping.get();
                member.plainSize = content.size();
                try (InputStream in = content.open()) {
                    head = in.readNBytes(HEAD_BYTES);
                }
            }
            Optional<Records> records = LayoutDetector.detect(head, head.length, member.plainSize);
            if (records.isEmpty()) {
                records = wrapping.isPresent() ? Anatomies.records(ContentView.of(content))
                        : inside(member.source.file());
            }
            if (records.isPresent() && records.get().bytes(member.plainSize) > 0) {
                member.records = records.get();
                member.rasterBytes = records.get().bytes(member.plainSize);
            }
            kept = wrapping.isPresent();
            return kept ? content : new Spool(options.temporaryFolder());
        } finally {
            if (!kept) {
                content.close();
            }
        }
    }

    /** The records of a file that only says in its midst or at its end where they are. */
    private static Optional<Records> inside(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return Anatomies.records(ContentView.of(channel));
        }
    }

    private static InputStream open(Member member, Spool plain, long from) throws IOException {
        if (member.wrapping != null) {
            return plain.open(member.plainFrom + from);
        }
        InputStream in = Files.newInputStream(member.source.file());
        in.skipNBytes(from);
        return in;
    }

    /** Codes the records of each kind, and gives the members of those groups that are worth it their stream. */
    private List<Spool> codeGroups(List<Member> members, Spool plain, Map<String, Integer> modelled)
            throws IOException {
        Map<Records, List<Member>> groups = new LinkedHashMap<>();
        for (Member member : members) {
            if (member.records != null) {
                groups.computeIfAbsent(member.records.gathered(), r -> new ArrayList<>()).add(member);
            }
        }
        groups.values().removeIf(g -> g.stream().mapToLong(m -> m.rasterBytes).sum() < SMALL_GROUP);
        List<Future<Optional<Group>>> futures = new ArrayList<>();
        List<Spool> streams = new ArrayList<>();
        try (Workers workers = workers()) {
            // Reading begins only when the spool is complete.
            for (Map.Entry<Records, List<Member>> group : groups.entrySet()) {
                Callable<Optional<Group>> task = () -> code(group.getKey(), group.getValue(), plain);
                futures.add(workers.submit(task));
            }
            int i = 0;
            for (List<Member> group : groups.values()) {
                Optional<Group> coded = workers.await(futures.get(i++), () -> {});
                if (coded.isEmpty()) {
                    continue;
                }
                if (!pays(group, coded.get())) {
                    coded.get().archive().close();
                    continue;
                }
                streams.add(coded.get().archive());
                for (Member member : group) {
                    member.stream = streams.size();
                }
                coded.get().result().model().ifPresent(name -> modelled.merge(name, group.size(), Integer::sum));
            }
        } catch (IOException | RuntimeException | Error e) {
            for (Spool stream : streams) {
                stream.close();
            }
            throw e;
        }
        return streams;
    }

    private Optional<Group> code(Records records, List<Member> group, Spool plain) throws IOException {
        long bytes = group.stream().mapToLong(m -> m.rasterBytes).sum();
        RecordCompressor compressor = new RecordCompressor(options.withRecords(records)
                .withListener(CompressionListener.NONE).withThreads(bytes < LARGE_GROUP ? 1 : options.threads()));
        Spool archive = new Spool(options.temporaryFolder());
        boolean kept = false;
        try (InputStream in = new Rasters(group, plain)) {
            Compression result = compressor.compress(in, bytes, archive);
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

    /** Records of files as they are go where LZMA2 is if no model codes them; files taken apart stay whole then. */
    private static boolean pays(List<Member> group, Group coded) {
        boolean model = coded.result().model().isPresent();
        long files = 0;
        long recipes = 0;
        boolean unwrapped = true;
        for (Member member : group) {
            unwrapped &= member.wrapping != null;
            files += member.wrapping != null ? member.size : member.rasterBytes;
            recipes += member.wrapping != null ? member.wrapping.data().length : 0;
        }
        return (model || unwrapped) && coded.archive().size() + recipes < files;
    }

    /** Puts what is in no stream of records into stream 0, and says where everything is. */
    private StoredContent store(Member member, Spool plain, OutputStream rest) throws IOException {
        boolean inStream = member.stream != NOTHING;
        boolean inside =
                member.wrapping != null && (inStream || member.wrapping.kind() == Wrappings.FileKind.GZIP.code()
                        && (long) member.wrapping.data().length * RECIPE_SHARE <= member.size);
        if (!inside) {
            member.wrapping = null;
        }
        long size = inside ? member.plainSize : member.size;
        if (inside) {
            rest.write(member.wrapping.data());
        }
        List<StoredContent.Run> runs = new ArrayList<>();
        long leading = inStream ? member.records.leading() : size;
        long trailing = inStream ? size - leading - member.rasterBytes : 0;
        copy(member, plain, 0, leading, rest, runs);
        if (inStream) {
            runs.add(new StoredContent.Run(member.stream, member.rasterBytes));
        }
        copy(member, plain, size - trailing, trailing, rest, runs);
        StoredContent.Runs content = new StoredContent.Runs(runs);
        return inside ? new StoredContent.Unwrapped(member.size, member.wrapping.kind(), member.wrapping.data().length,
                content) : content;
    }

    private static void copy(Member member, Spool plain, long from, long length, OutputStream rest,
            List<StoredContent.Run> runs) throws IOException {
        if (length == 0) {
            return;
        }
        runs.add(new StoredContent.Run(0, length));
        try (InputStream in = open(member, plain, from)) {
            byte[] chunk = new byte[1 << 16];
            for (long left = length; left > 0;) {
                int n = in.readNBytes(chunk, 0, (int) Math.min(left, chunk.length));
                if (n == 0) {
                    throw new IOException(member.source.file() + " has become shorter while it was read");
                }
                rest.write(chunk, 0, n);
                left -= n;
            }
        }
    }

    /** The records of a group, file after file. */
    private static final class Rasters extends BulkInputStream {

        private final List<Member> group;
        private final Spool plain;
        private InputStream in;
        private int next;
        private long left;

        Rasters(List<Member> group, Spool plain) {
            this.group = group;
            this.plain = plain;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            if (len == 0) {
                return 0;
            }
            if (left == 0) {
                close();
                if (next == group.size()) {
                    return -1;
                }
                Member member = group.get(next++);
                in = open(member, plain, member.records.leading());
                left = member.rasterBytes;
            }
            int n = in.read(b, off, (int) Math.min(len, left));
            if (n < 0) {
                throw new IOException(group.get(next - 1).source.file() + " has become shorter while it was read");
            }
            left -= n;
            return n;
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                in.close();
                in = null;
            }
        }
    }
}
