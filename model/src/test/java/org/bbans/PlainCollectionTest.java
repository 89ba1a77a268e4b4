package org.bbans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.collection.NamelessInputStream;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.model.BuiltInModels;
import org.bbans.model.CollectionCompressor;
import org.bbans.model.CompressionOptions;
import org.bbans.model.stream.BbansInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Golden collections come out as their lists say, of the program and of a decoder made from FORMAT.md alone. */
class PlainCollectionTest {

    /** What damage claims would be refused before it is found. */
    private static final ReadOptions WITHOUT_LIMITS = ReadOptions.DEFAULT.withoutLimits();
    private static final Path COLLECTIONS = Path.of(System.getProperty("bbans.testdata")).resolve("collections");

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] model(String sha256) {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
                final byte[] bytes = Files.readAllBytes(file);
                if (sha256(bytes).equals(sha256)) {
                    return bytes;
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Map<String, byte[]> files) {
        final List<String> lines = new ArrayList<>();
        files.forEach((path, bytes) -> lines.add(sha256(bytes) + " " + path));
        return lines;
    }

    @Test
    void goldenCollectionDecodes() throws Exception {
        final List<String> expected = Files.readAllLines(COLLECTIONS.resolve("folder.SHA256"), StandardCharsets.UTF_8);
        final Path archive = COLLECTIONS.resolve("folder.bba");
        final PlainCollection plain = new PlainCollection(Files.readAllBytes(archive), PlainCollectionTest::model);
        assertThat(lines(plain.decode())).isEqualTo(expected);
        assertThat(plain.others()).containsEntry("folder/empty", "folder").containsEntry("folder/link", "-> ../a");
        assertThat(lines(read(archive))).isEqualTo(expected);
    }

    /** A tar archive with images, loops of them, PNG files, a zip file and a packed tar archive. */
    @Test
    void goldenContentInSegmentsDecodes() throws Exception {
        final String expected = Files.readString(COLLECTIONS.resolve("segments.SHA256")).strip();
        final Path archive = COLLECTIONS.resolve("segments.bba");
        final byte[] bytes = Files.readAllBytes(archive);
        assertThat(sha256(new PlainCollection(bytes, PlainCollectionTest::model).decode().get(""))).isEqualTo(expected);
        try (NamelessInputStream in = NamelessInputStream.open(archive, new BuiltInModels(), ReadOptions.DEFAULT)) {
            assertThat(sha256(in.readAllBytes())).isEqualTo(expected);
        }
        try (BbansInputStream in =
                new BbansInputStream(new ByteArrayInputStream(bytes), new BuiltInModels(), ReadOptions.DEFAULT)) {
            assertThat(sha256(in.readAllBytes())).isEqualTo(expected);
        }
    }

    /** As {@code cat} puts them. */
    @Test
    void archivesInARow(@TempDir Path dir) throws Exception {
        final byte[] folder = Files.readAllBytes(COLLECTIONS.resolve("folder.bba"));
        final byte[] segments = Files.readAllBytes(COLLECTIONS.resolve("segments.bba"));
        final Path file = Files.write(dir.resolve("file"), new byte[] {1, 2, 3});
        final ByteArrayOutputStream other = new ByteArrayOutputStream();
        new CollectionCompressor(CompressionOptions.plain()).compress(List.of(new CollectionCompressor.Stored(
                new CollectionEntry(new byte[] {'x'}, EntryType.FILE, 0644,
                        Files.getLastModifiedTime(file).toInstant().getEpochSecond(),
                        Files.getLastModifiedTime(file).toInstant().getNano(), new byte[0],
                        new StoredContent.Segments(List.of())),
                file)), other);
        for (byte[] row : List.of(concat(folder, other.toByteArray()), concat(other.toByteArray(), folder))) {
            final Map<String, byte[]> expected = new PlainCollection(row, PlainCollectionTest::model).decode();
            assertThat(expected).containsKey("x").containsKey("folder/one.png");
            assertThat(lines(read(Files.write(dir.resolve("row"), row)))).isEqualTo(lines(expected));
            assertThat(lines(read(CollectionReader.of(new ByteArrayInputStream(row), dir, new BuiltInModels(),
                    WITHOUT_LIMITS)))).isEqualTo(lines(expected));
        }
        final byte[] twice = concat(segments, segments);
        try (NamelessInputStream in = NamelessInputStream.open(Files.write(dir.resolve("row"), twice),
                new BuiltInModels(), ReadOptions.DEFAULT)) {
            assertThat(in.readAllBytes()).isEqualTo(
                    new PlainCollection(twice, PlainCollectionTest::model).decode().get(""));
        }
        assertThatThrownBy(() -> read(Files.write(dir.resolve("row"), concat(folder, folder))))
                .isInstanceOf(UnsupportedArchiveException.class)
                .hasMessageContaining("several of the archives in a row");
        for (byte[] kind : List.of(segments, Files.readAllBytes(COLLECTIONS.resolve("../golden/text.bba")))) {
            assertThatThrownBy(() -> read(Files.write(dir.resolve("row"), concat(folder, kind))))
                    .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("one of another kind follows");
        }
    }

    /** What is damaged in the first of two costs no file of the second more than the message says. */
    @Test
    void damageInARow(@TempDir Path dir) throws Exception {
        final byte[] folder = Files.readAllBytes(COLLECTIONS.resolve("folder.bba"));
        final byte[] row = concat(folder, folder);
        row[20] ^= 1;
        try (CollectionReader reader = CollectionReader.open(Files.write(dir.resolve("row"), row), new BuiltInModels(),
                WITHOUT_LIMITS.withKeepGoing(true))) {
            assertThat(reader.next()).isNull();
            assertThat(reader.problems()).singleElement().asString().contains("what follows is lost");
        }
    }

    private static byte[] concat(byte[] a, byte[] b) {
        final byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** Each fails as its list says, from a file as from a pipe, and the plain decoder refuses it too. */
    @Test
    void badCollectionsAreRefused(@TempDir Path dir) throws Exception {
        final Path bad = COLLECTIONS.resolve("bad");
        final List<String> lines = Files.readAllLines(bad.resolve("MESSAGES"), StandardCharsets.UTF_8);
        try (Stream<Path> files = Files.list(bad)) {
            assertThat(files.map(p -> p.getFileName().toString()).filter(n -> n.endsWith(".bba")).sorted())
                    .isEqualTo(lines.stream().map(l -> l.split("\t")[0]).toList());
        }
        for (String line : lines) {
            final String[] fields = line.split("\t");
            final Path archive = bad.resolve(fields[0]);
            final byte[] bytes = Files.readAllBytes(archive);
            final Class<?> kind =
                    fields[1].equals("damaged") ? CorruptArchiveException.class : UnsupportedArchiveException.class;
            assertThatThrownBy(() -> read(archive)).as(line).isInstanceOf(kind).hasMessage(fields[2]);
            assertThatThrownBy(() -> read(CollectionReader.of(new ByteArrayInputStream(bytes), dir, ModelSource.NONE,
                    WITHOUT_LIMITS))).as(line).isInstanceOf(kind);
            assertThatThrownBy(() -> new PlainCollection(bytes, PlainCollectionTest::model).decode()).as(line)
                    .isInstanceOf(RuntimeException.class);
        }
    }

    private static Map<String, byte[]> read(Path archive) throws IOException {
        return read(CollectionReader.open(archive, new BuiltInModels(), WITHOUT_LIMITS));
    }

    private static Map<String, byte[]> read(CollectionReader opened) throws IOException {
        final Map<String, byte[]> files = new TreeMap<>();
        try (CollectionReader reader = opened) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                batch.read(e -> true, (same, content) -> {
                    final ByteArrayOutputStream out = new ByteArrayOutputStream();
                    content.writeTo(out);
                    same.forEach(entry -> files.put(entry.name(), out.toByteArray()));
                });
            }
        }
        return files;
    }
}
