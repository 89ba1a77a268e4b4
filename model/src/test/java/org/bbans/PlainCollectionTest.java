package org.bbans;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.model.BuiltInModels;
import org.junit.jupiter.api.Test;

/** The golden collection comes out as its list says, of the program and of a decoder made from FORMAT.md alone. */
class PlainCollectionTest {

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
        final Map<String, byte[]> files = new TreeMap<>();
        try (CollectionReader reader = CollectionReader.open(archive, new BuiltInModels(), ReadOptions.DEFAULT)) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                batch.read(e -> true, (same, content) -> {
                    final ByteArrayOutputStream out = new ByteArrayOutputStream();
                    content.writeTo(out);
                    same.forEach(entry -> files.put(entry.name(), out.toByteArray()));
                });
            }
        }
        assertThat(lines(files)).isEqualTo(expected);
    }
}
