package org.bbans.codec.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.block.Spool;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.ModelSource;
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

    /** Random files whose bytes lie in random runs of three streams. */
    private static Made random(Random random) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out);
        List<CollectionEntry> all = new ArrayList<>();
        Map<String, byte[]> files = new HashMap<>();
        int batches = 1 + random.nextInt(3);
        for (int batch = 0; batch < batches; batch++) {
            List<ByteArrayOutputStream> streams = List.of(new ByteArrayOutputStream(), new ByteArrayOutputStream(),
                    new ByteArrayOutputStream());
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
                List<StoredContent.Run> runs = new ArrayList<>();
                int parts = random.nextInt(4);
                for (int part = 0; part < parts; part++) {
                    byte[] bytes = new byte[1 + random.nextInt(300)];
                    random.nextBytes(bytes);
                    int stream = random.nextInt(3);
                    streams.get(stream).writeBytes(bytes);
                    content.writeBytes(bytes);
                    runs.add(new StoredContent.Run(stream, bytes.length));
                }
                latest = content.toByteArray();
                entries.add(file(path, new StoredContent.Runs(runs)));
                files.put(path, latest);
            }
            entries.add(
                    new CollectionEntry(("link" + batch).getBytes(StandardCharsets.UTF_8), EntryType.LINK, 0777, 0, 0,
                            "../away".getBytes(StandardCharsets.UTF_8), null));
            List<Spool> coded = new ArrayList<>();
            for (ByteArrayOutputStream stream : streams) {
                coded.add(stream(stream.toByteArray()));
            }
            writer.batch(entries, coded);
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
    void anyChangedOrMissingByteIsFound() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CollectionTest seed " + seed);
        Random random = new Random(seed);
        Made made = random(random);
        for (int at = 0; at < made.archive().length; at++) {
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
        CollectionEntry entry = file("ab/cd/ef", new StoredContent.Runs(List.of()));
        byte[] raw = new Directory(List.of(new Directory.Stream(1, 2)), List.of(entry)).write();
        assertThat(Directory.parse(raw).entries()).containsExactly(entry);
        for (String path : List.of("../cd/ef", "ab/../ef", "ab/cd/..", "/b/cd/ef", "ab//d/ef", "ab/cd/e/",
                "ab/./def")) {
            byte[] bad = new String(raw, StandardCharsets.ISO_8859_1).replace("ab/cd/ef", path)
                    .getBytes(StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> Directory.parse(bad)).as(path).isInstanceOf(CorruptArchiveException.class);
        }
    }

    @Test
    void changedDirectoriesAreJudgedWithoutSurprise() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CollectionTest seed " + seed);
        Random random = new Random(seed);
        Made made = random(random);
        byte[] raw = new Directory(List.of(new Directory.Stream(1, 2), new Directory.Stream(3, 4),
                new Directory.Stream(5, 6)), made.entries()).write();
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = raw.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Directory.parse(bad).entries()).allMatch(e -> CollectionEntry.isSafe(e.path()));
            } catch (CorruptArchiveException e) {
                assertThat(e).hasMessageContaining("directory");
            }
        }
    }
}
