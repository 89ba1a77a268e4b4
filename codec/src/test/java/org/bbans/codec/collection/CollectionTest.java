package org.bbans.codec.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.zip.Deflater;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.codec.wire.Varint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionTest {

    private static final byte[] NONE = {};

    @TempDir
    private Path dir;

    /** An archive and what it should give back. */
    private record Made(byte[] archive, List<CollectionEntry> entries, Map<String, byte[]> files) {}

    private static CollectionEntry file(String path, StoredContent content) {
        return new CollectionEntry(path.getBytes(StandardCharsets.UTF_8), EntryType.FILE, 0644, 1_600_000_000, 42, NONE,
                content);
    }

    private static Spool stream(byte[] content) throws IOException {
        Spool spool = new Spool();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArchiveOutputStream out = new ArchiveOutputStream(bytes, ArchiveOptions.DEFAULT)) {
            out.write(content);
        }
        spool.write(bytes.toByteArray());
        return spool;
    }

    /** Random runs, loops and wrappings; the CRCs of small ones are added to {@code sum}. */
    private static List<StoredContent.Segment> segments(Random random, List<ByteArrayOutputStream> streams,
            ByteArrayOutputStream content, int[] sum, int depth) throws IOException {
        List<StoredContent.Segment> segments = new ArrayList<>();
        for (int part = random.nextInt(4); part > 0; part--) {
            int kind = random.nextInt(4);
            if (kind == 0 && depth < 3) {
                segments.add(wrapped(random, streams, content, sum, depth));
                continue;
            }
            List<StoredContent.Run> body = new ArrayList<>();
            int times = kind == 1 ? 2 + random.nextInt(5) : 1;
            int runs = kind == 1 ? 1 + random.nextInt(3) : 1;
            for (int i = 0; i < runs; i++) {
                body.add(new StoredContent.Run(random.nextInt(streams.size()), 1 + random.nextInt(300)));
            }
            for (int i = 0; i < times; i++) {
                for (StoredContent.Run run : body) {
                    byte[] bytes = new byte[(int) run.size()];
                    random.nextBytes(bytes);
                    streams.get(run.stream()).writeBytes(bytes);
                    content.writeBytes(bytes);
                }
            }
            segments.add(times > 1 ? new StoredContent.Loop(times, body) : body.get(0));
        }
        return segments;
    }

    private static StoredContent.Wrapped wrapped(Random random, List<ByteArrayOutputStream> streams,
            ByteArrayOutputStream content, int[] sum, int depth) throws IOException {
        // The recipe comes first, but is known last: what is inside goes to streams of its own until then.
        List<ByteArrayOutputStream> apart = new ArrayList<>();
        streams.forEach(s -> apart.add(new ByteArrayOutputStream()));
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        StoredContent.Segments inside = new StoredContent.Segments(segments(random, apart, plain, sum, depth + 1));
        Deflater deflater = new Deflater(1 + random.nextInt(9), true);
        deflater.setInput(plain.toByteArray());
        deflater.finish();
        byte[] stream = new byte[plain.size() + 1000];
        byte[] deflated = Arrays.copyOf(stream, deflater.deflate(stream));
        deflater.end();
        Wrapping wrapping =
                Wrappings.unwrap(Wrappings.FileKind.DEFLATED, ContentView.of(deflated), new Spool()).orElseThrow();
        byte[] recipe = wrapping.data();
        boolean checked = StoredContent.Wrapped.isChecked(deflated.length);
        sum[0] += checked ? 0 : wrapping.crc();
        streams.get(0).writeBytes(recipe);
        for (int i = 0; i < streams.size(); i++) {
            streams.get(i).writeBytes(apart.get(i).toByteArray());
        }
        content.writeBytes(deflated);
        return new StoredContent.Wrapped(deflated.length, wrapping.kind(), checked ? wrapping.crc() : 0, recipe.length,
                inside);
    }

    /** Random files whose bytes lie in random segments of many streams. */
    private static Made random(Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        List<CollectionEntry> all = new ArrayList<>();
        Map<String, byte[]> files = new HashMap<>();
        int batches = 1 + random.nextInt(3);
        for (int batch = 0; batch < batches; batch++) {
            // Of so many streams some have to be kept meanwhile.
            List<ByteArrayOutputStream> streams = new ArrayList<>();
            for (int n = random.nextInt(3) == 0 ? 40 : 3; n > 0; n--) {
                streams.add(new ByteArrayOutputStream());
            }
            int[] sum = {0};
            List<CollectionEntry> entries = new ArrayList<>();
            entries.add(new CollectionEntry(("folder" + batch).getBytes(StandardCharsets.UTF_8), EntryType.FOLDER, 0700,
                    -5, 999_999_999, NONE, null));
            byte[] latest = null;
            int count = random.nextInt(12);
            for (int i = 0; i < count; i++) {
                String path = "folder" + batch + "/f" + i;
                if (latest != null && random.nextInt(3) == 0) {
                    entries.add(file(path, new StoredContent.Repeat(latest.length)));
                    files.put(path, latest);
                    continue;
                }
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                List<StoredContent.Segment> segments = segments(random, streams, content, sum, 0);
                latest = content.toByteArray();
                entries.add(file(path, new StoredContent.Segments(segments)));
                files.put(path, latest);
            }
            entries.add(
                    new CollectionEntry(("link" + batch).getBytes(StandardCharsets.UTF_8), EntryType.LINK, 0777, 0, 0,
                            "../away".getBytes(StandardCharsets.UTF_8), null));
            List<Spool> coded = new ArrayList<>();
            for (ByteArrayOutputStream stream : streams) {
                coded.add(stream(stream.toByteArray()));
            }
            writer.batch(entries, coded, sum[0]);
            all.addAll(entries);
        }
        writer.finish();
        assertThat(writer.fileSize()).isEqualTo(out.size());
        return new Made(out.toByteArray(), all, files);
    }

    private static Map<String, byte[]> read(CollectionReader reader, Predicate<CollectionEntry> wanted,
            List<CollectionEntry> entries) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (reader) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                entries.addAll(batch.entries());
                batch.read(wanted, (same, content) -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    content.writeTo(out);
                    same.forEach(entry -> files.put(entry.name(), out.toByteArray()));
                });
            }
        }
        return files;
    }

    private CollectionReader pipe(byte[] archive) throws IOException {
        return CollectionReader.of(new ByteArrayInputStream(archive), dir, ModelSource.NONE, ReadOptions.DEFAULT);
    }

    @Test
    void whatIsWrittenIsReadFromFilesAndPipes() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CollectionTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            Made made = random(random);
            Path file = Files.write(dir.resolve("a" + i), made.archive());
            List<CollectionEntry> fromFile = new ArrayList<>();
            List<CollectionEntry> fromPipe = new ArrayList<>();
            assertSame(read(CollectionReader.open(file, ModelSource.NONE, ReadOptions.DEFAULT), e -> true, fromFile),
                    made.files());
            assertSame(read(pipe(made.archive()), e -> true, fromPipe), made.files());
            assertThat(fromFile).isEqualTo(made.entries());
            assertThat(fromPipe).isEqualTo(made.entries());
            long subset = random.nextLong();
            Predicate<CollectionEntry> some = e -> (e.name().hashCode() * subset & 0x40000) == 0;
            Map<String, byte[]> expected = new HashMap<>(made.files());
            expected.keySet().removeIf(name -> !some.test(file(name, new StoredContent.Repeat(0))));
            assertSame(read(CollectionReader.open(file, ModelSource.NONE, ReadOptions.DEFAULT), some,
                    new ArrayList<>()), expected);
        }
    }

    private static void assertSame(Map<String, byte[]> actual, Map<String, byte[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
    }

    /** Every byte stands under a checksum, or is one. */
    @Test
    void changedAndMissingBytesAreFound() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CollectionTest seed " + seed);
        Random random = new Random(seed);
        Made made = random(random);
        int step = 1 + made.archive().length / 600;
        for (int at = 0; at < made.archive().length; at += at < 100 ? 1 : 1 + random.nextInt(2 * step)) {
            byte[] damaged = made.archive().clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> read(pipe(damaged), e -> true, new ArrayList<>())).as("byte " + at)
                    .isInstanceOf(FormatException.class);
            byte[] cut = Arrays.copyOf(made.archive(), at);
            assertThatThrownBy(() -> read(pipe(cut), e -> true, new ArrayList<>())).as("cut at " + at)
                    .isInstanceOf(FormatException.class);
        }
    }

    @Test
    void pathsThatLeadAwayAreDamage() throws Exception {
        CollectionEntry entry = file("ab/cd/ef", new StoredContent.Segments(List.of()));
        byte[] raw = new Directory(List.of(new Directory.Stream(1, 2)), List.of(entry), 0).write();
        assertThat(Directory.parse(raw, new Budget(ReadOptions.DEFAULT)).entries()).containsExactly(entry);
        for (String path : List.of("../cd/ef", "ab/../ef", "ab/cd/..", "/b/cd/ef", "ab//d/ef", "ab/cd/e/",
                "ab/./def")) {
            byte[] bad = new String(raw, StandardCharsets.ISO_8859_1).replace("ab/cd/ef", path)
                    .getBytes(StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> Directory.parse(bad, new Budget(ReadOptions.DEFAULT))).as(path)
                    .isInstanceOf(CorruptArchiveException.class);
        }
    }

    @Test
    void directoriesStayWithinTheMemoryLimit() {
        String prefix = "x".repeat(30_000);
        List<CollectionEntry> entries = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            entries.add(file(prefix + i, new StoredContent.Segments(List.of())));
        }
        byte[] raw = new Directory(List.of(new Directory.Stream(1, 2)), entries, 0).write();
        assertThat(raw).hasSizeLessThan(60_000);
        Budget budget = new Budget(ReadOptions.DEFAULT.withMemoryLimit(16 << 20));
        assertThatThrownBy(() -> Directory.parse(raw, budget)).isInstanceOf(UnsupportedArchiveException.class)
                .hasMessageContainingAll("a directory", "--memory");
    }

    /** What streams take that are open at a time counts together. */
    @Test
    void streamsThatAreOpenAtATimeShareTheMemoryLimit() throws Exception {
        int half = 1 << 18;
        byte[] text = new byte[2 * half];
        Arrays.fill(text, (byte) 'a');
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        List<StoredContent.Segment> runs = new ArrayList<>();
        List<Spool> streams = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            runs.add(new StoredContent.Run(i % 8, half));
            if (i < 8) {
                streams.add(stream(text));
            }
        }
        writer.batch(List.of(file("all", new StoredContent.Segments(runs))), streams, 0);
        writer.finish();
        byte[] archive = out.toByteArray();
        assertThat(read(limited(archive, 16 << 20), e -> true, new ArrayList<>()).get("all")).hasSize(16 * half);
        assertThatThrownBy(() -> read(limited(archive, 4 << 20), e -> true, new ArrayList<>()))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContainingAll("open beside", "--memory");
    }

    /** With keepGoing, whatever byte of an archive is changed: the files that are given are right, others are named. */
    @Test
    void whatIsSoundIsSaved() throws Exception {
        Random random = new Random(11);
        ReadOptions keepGoing = ReadOptions.DEFAULT.withKeepGoing(true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        Map<String, byte[]> files = new HashMap<>();
        for (int batch = 0; batch < 3; batch++) {
            List<CollectionEntry> entries = new ArrayList<>();
            List<ByteArrayOutputStream> streams = List.of(new ByteArrayOutputStream(), new ByteArrayOutputStream());
            for (int i = 0; i < 6; i++) {
                byte[] bytes = new byte[700 + random.nextInt(300)];
                random.nextBytes(bytes);
                String name = batch + "/" + i;
                entries.add(file(name, new StoredContent.Segments(List.of(
                        new StoredContent.Run(i % 2, bytes.length)))));
                streams.get(i % 2).writeBytes(bytes);
                files.put(name, bytes);
            }
            List<Spool> coded = new ArrayList<>();
            for (ByteArrayOutputStream stream : streams) {
                coded.add(stream(stream.toByteArray()));
            }
            writer.batch(entries, coded, 0);
        }
        writer.finish();
        byte[] good = out.toByteArray();
        int all = 0;
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            bad[5 + 4 + random.nextInt(bad.length - 9)] ^= (byte) (1 << random.nextInt(8));
            if (i % 50 == 49) {
                bad = Arrays.copyOf(bad, 100 + random.nextInt(bad.length - 100));
            }
            Map<String, byte[]> saved = new HashMap<>();
            List<String> problems = new ArrayList<>();
            try (CollectionReader reader = CollectionReader.open(Files.write(dir.resolve("bad.bba"), bad),
                    ModelSource.NONE, keepGoing)) {
                for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    batch.read(entry -> true, (same, content) -> {
                        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                        content.writeTo(bytes);
                        same.forEach(entry -> saved.put(entry.name(), bytes.toByteArray()));
                    });
                    problems.addAll(batch.problems());
                }
                problems.addAll(reader.problems());
            }
            assertThat(problems).as("change " + i).isNotEmpty();
            saved.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(files.get(name)));
            boolean directory = problems.toString().contains("directory") || bad.length < good.length;
            for (String name : files.keySet()) {
                assertThat(saved.containsKey(name) || directory
                        || problems.stream().anyMatch(problem -> problem.startsWith(name + " is lost: ")))
                        .as(name + problems)
                        .isTrue();
            }
            // A stream of one block holds three files.
            assertThat(saved.size()).as("change " + i + ": " + problems).isGreaterThanOrEqualTo(
                    bad.length < good.length ? 0 : directory ? 12 : 15);
            all += saved.size();
        }
        assertThat(all).isGreaterThan(290 * 15);
    }

    /** Files that are stored once and named often, and what wrappings hold, count as what is restored. */
    @Test
    void filesOutOfNothingAreRefused() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        for (int batch = 0; batch < 2; batch++) {
            List<CollectionEntry> entries = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                entries.add(file(batch + "-" + i, i == 0
                        ? new StoredContent.Segments(List.of(new StoredContent.Run(0, 10_000)))
                        : new StoredContent.Repeat(10_000)));
            }
            writer.batch(entries, List.of(stream(new byte[10_000])), 0);
        }
        writer.finish();
        byte[] archive = out.toByteArray();
        assertThat(archive).hasSizeLessThan(2000);
        for (long limit : new long[] {1, 2, 4}) {
            ReadOptions options = ReadOptions.DEFAULT.withContentLimit(limit);
            CollectionReader pipe = CollectionReader.of(new ByteArrayInputStream(archive), dir, ModelSource.NONE,
                    options);
            if (limit == 4) {
                assertThat(read(pipe, e -> true, new ArrayList<>())).hasSize(40);
                continue;
            }
            List<CollectionEntry> seen = new ArrayList<>();
            assertThatThrownBy(() -> read(pipe, e -> true, seen)).isInstanceOf(UnsupportedArchiveException.class)
                    .hasMessageContainingAll(limit == 1 ? "200000 of content" : "400000 of content");
        }
    }

    private CollectionReader limited(byte[] archive, long limit) throws IOException {
        return CollectionReader.of(new ByteArrayInputStream(archive), dir, ModelSource.NONE,
                ReadOptions.DEFAULT.withMemoryLimit(limit));
    }

    @Test
    void changedDirectoriesAreJudgedWithoutSurprise() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CollectionTest seed " + seed);
        Random random = new Random(seed);
        Made made = random(random);
        byte[] raw = new Directory(Collections.nCopies(40, new Directory.Stream(1, 2)), made.entries(), 0).write();
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = raw.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Directory.parse(bad, new Budget(ReadOptions.DEFAULT)).entries())
                        .allMatch(e -> CollectionEntry.isSafe(e.path()));
            } catch (CorruptArchiveException e) {
                assertThat(e).hasMessageContaining("directory");
            }
        }
    }

    /** Contents without a name: what batches hold follows one another, from files and pipes, or by single bytes. */
    @Test
    void aContentInSegmentsComesBack() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CollectionTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10; i++) {
            ByteArrayOutputStream archive = new ByteArrayOutputStream();
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            CollectionWriter writer = new CollectionWriter(archive, true);
            for (int batches = random.nextInt(4); batches > 0; batches--) {
                List<ByteArrayOutputStream> streams = new ArrayList<>();
                for (int n = 1 + random.nextInt(3); n > 0; n--) {
                    streams.add(new ByteArrayOutputStream());
                }
                int[] sum = {0};
                StoredContent segments = new StoredContent.Segments(segments(random, streams, content, sum, 0));
                List<Spool> coded = new ArrayList<>();
                for (ByteArrayOutputStream stream : streams) {
                    coded.add(stream(stream.toByteArray()));
                }
                writer.batch(List.of(CollectionEntry.nameless(segments)), coded, sum[0]);
            }
            writer.finish();
            Path file = Files.write(dir.resolve("n" + i), archive.toByteArray());
            try (NamelessInputStream in = NamelessInputStream.open(file, ModelSource.NONE, ReadOptions.DEFAULT)) {
                assertThat(in.readAllBytes()).isEqualTo(content.toByteArray());
            }
            try (NamelessInputStream in = nameless(archive.toByteArray())) {
                for (byte b : content.toByteArray()) {
                    assertThat(in.read()).isEqualTo(b & 0xff);
                }
                assertThat(in.read()).isEqualTo(-1);
            }
            for (int at = 0; at < archive.size(); at += 1 + random.nextInt(20)) {
                byte[] damaged = archive.toByteArray();
                damaged[at] ^= (byte) (1 << random.nextInt(8));
                assertThatThrownBy(() -> readNameless(damaged)).as("byte " + at)
                        .isInstanceOf(FormatException.class);
            }
        }
    }

    /** What follows an archive is the next one of a content, or is left alone, or damage. */
    @Test
    void whatFollowsAnArchiveIsLeftUnreadOnRequest() throws Exception {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(archive, true);
        StoredContent content = new StoredContent.Segments(List.of(new StoredContent.Run(0, 3)));
        writer.batch(List.of(CollectionEntry.nameless(content)), List.of(stream(new byte[] {1, 2, 3})), 0);
        writer.finish();
        byte[] one = archive.toByteArray();
        archive.write(one);
        assertThat(readNameless(archive.toByteArray())).containsExactly(1, 2, 3, 1, 2, 3);
        byte[] other = Arrays.copyOf(one, one.length + 5);
        assertThatThrownBy(() -> readNameless(other)).isInstanceOf(CorruptArchiveException.class);
        ReadOptions first = ReadOptions.DEFAULT.withAllowTrailing(true);
        for (byte[] longer : List.of(one, archive.toByteArray(), other)) {
            Path file = Files.write(dir.resolve("longer"), longer);
            try (NamelessInputStream in = NamelessInputStream.open(file, ModelSource.NONE, first);
                    NamelessInputStream piped = new NamelessInputStream(new ByteArrayInputStream(longer), dir,
                            ModelSource.NONE, first)) {
                assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
                assertThat(piped.readAllBytes()).containsExactly(1, 2, 3);
            }
        }
    }

    private byte[] readNameless(byte[] archive) throws IOException {
        try (NamelessInputStream in = nameless(archive)) {
            return in.readAllBytes();
        }
    }

    private NamelessInputStream nameless(byte[] archive) throws IOException {
        return new NamelessInputStream(new ByteArrayInputStream(archive), dir, ModelSource.NONE, ReadOptions.DEFAULT);
    }

    /** A claim that no stream keeps ends with the stream, and what is too deep or too much is refused. */
    @Test
    void lyingDirectoriesAreDamage() throws Exception {
        StoredContent.Segments segments = new StoredContent.Segments(List.of(new StoredContent.Loop(1L << 60,
                List.of(new StoredContent.Run(0, 1), new StoredContent.Run(0, 3)))));
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(archive, true);
        writer.batch(List.of(CollectionEntry.nameless(segments)), List.of(stream(new byte[1000])), 0);
        writer.finish();
        assertThatThrownBy(() -> readNameless(archive.toByteArray()))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContaining((1L << 62) + " of content");
        try (NamelessInputStream in = new NamelessInputStream(new ByteArrayInputStream(archive.toByteArray()), dir,
                ModelSource.NONE, ReadOptions.DEFAULT.withoutLimits())) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(CorruptArchiveException.class)
                    .hasMessageContaining("ends too early");
        }
        StoredContent.Segments deep = new StoredContent.Segments(List.of());
        for (int i = 0; i <= Directory.MAX_DEPTH; i++) {
            List<CollectionEntry> entries = List.of(file("deep", deep));
            byte[] raw = new Directory(List.of(new Directory.Stream(1, 2)), entries, 0).write();
            assertThat(Directory.parse(raw, new Budget(ReadOptions.DEFAULT)).entries()).isEqualTo(entries);
            deep = new StoredContent.Segments(List.of(new StoredContent.Wrapped(0, 3, 0, 0, deep)));
        }
        byte[] tooDeep = new Directory(List.of(new Directory.Stream(1, 2)), List.of(file("deep", deep)), 0).write();
        assertThatThrownBy(() -> Directory.parse(tooDeep, new Budget(ReadOptions.DEFAULT)))
                .isInstanceOf(CorruptArchiveException.class)
                .hasMessageContaining("around each other");
    }

    /** A directory with right checksums and anything in it: what is read is right or refused, and reading ends. */
    @Test
    void mendedArchivesAreReadOrRefused() throws Exception {
        mend(300);
    }

    @Test
    @Tag("slow")
    void manyMendedArchivesAreReadOrRefused() throws Exception {
        mend(Integer.getInteger("bbans.fuzz", 5_000));
    }

    private void mend(int times) throws IOException {
        long seed = System.nanoTime();
        System.out.println("CollectionTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < times;) {
            List<ByteArrayOutputStream> streams = new ArrayList<>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                streams.add(new ByteArrayOutputStream());
            }
            List<Directory.Stream> sizes = new ArrayList<>();
            List<CollectionEntry> entries = new ArrayList<>();
            int[] sum = {0};
            for (int n = random.nextInt(6); n >= 0; n--) {
                entries.add(file("f" + n, new StoredContent.Segments(
                        segments(random, streams, new ByteArrayOutputStream(), sum, 0))));
            }
            ByteArrayOutputStream archives = new ByteArrayOutputStream();
            for (ByteArrayOutputStream bytes : streams) {
                byte[] stream = stream(bytes.toByteArray()).open().readAllBytes();
                archives.writeBytes(stream);
                sizes.add(new Directory.Stream(stream.length, Checksums.crc32c(stream)));
            }
            byte[] raw = new Directory(sizes, entries, sum[0]).write();
            for (int again = 20; again > 0 && i < times; again--, i++) {
                byte[] changed = raw.clone();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    changed[random.nextInt(raw.length)] = (byte) random.nextInt(random.nextBoolean() ? 8 : 256);
                }
                byte[] archive = archive(changed, archives.toByteArray());
                try {
                    read(pipe(archive), e -> true, new ArrayList<>());
                } catch (FormatException e) {
                    assertThat(e).hasMessageMatching("(?s).{10,}");
                }
            }
        }
    }

    /** One batch with this directory, all checksums right. */
    private static byte[] archive(byte[] raw, byte[] streams) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HeaderFormat.writeCollection(false));
        final int start = out.size();
        Varint.write(out, raw.length * 8L);
        Varint.writeInt(out, Checksums.crc32c(raw));
        out.writeBytes(raw);
        out.writeBytes(streams);
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        end.write(0);
        Varint.write(end, 1);
        Varint.write(end, out.size() - start);
        MessageDigest sha256 = Checksums.sha256();
        sha256.update(raw);
        end.writeBytes(sha256.digest());
        Varint.writeInt(end, Checksums.crc32c(end.toByteArray()));
        Varint.writeInt(end, end.size());
        out.writeBytes(end.toByteArray());
        return out.toByteArray();
    }
}
