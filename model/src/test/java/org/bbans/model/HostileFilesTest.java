package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.NamelessInputStream;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.io.ContentView;
import org.bbans.model.stream.BbansInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Files of all formats that are looked into, damaged: whatever stands in them, they are compressed, and come back byte
 * for byte. What their fields claim is never believed.
 */
class HostileFilesTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));

    private static List<byte[]> originals() throws IOException {
        List<byte[]> files = new ArrayList<>();
        try (Stream<Path> containers = Files.list(TESTDATA.resolve("containers"))) {
            for (Path path : containers.sorted().filter(p -> !p.toString().endsWith(".py")).toList()) {
                files.add(Files.readAllBytes(path));
            }
        }
        try (Stream<Path> archives = Files.list(TESTDATA.resolve("golden"))) {
            for (Path path : archives.filter(p -> p.getFileName().toString().matches("(tiff|png)-.*")).sorted()
                    .toList()) {
                try (InputStream in = new BbansInputStream(Files.newInputStream(path), ModelSource.NONE,
                        ReadOptions.DEFAULT)) {
                    files.add(in.readAllBytes());
                }
            }
        }
        byte[] tar;
        try (InputStream in = NamelessInputStream.open(TESTDATA.resolve("collections/segments.bba"),
                new BuiltInModels(), ReadOptions.DEFAULT)) {
            tar = in.readAllBytes();
        }
        files.add(tar);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(tar);
        }
        files.add(packed.toByteArray());
        // The two PNG files of the tar archive, by themselves.
        for (int at = 0; at < tar.length - 8; at += 512) {
            if (tar[at] == (byte) 0x89 && tar[at + 1] == 'P' && tar[at + 2] == 'N') {
                files.add(Arrays.copyOfRange(tar, at, at + 3072));
            }
        }
        return files;
    }

    /** Some bytes are others, a stretch is there twice or is missing, or numbers become extreme. */
    private static byte[] mutated(byte[] original, List<byte[]> all, Random random) {
        byte[] bytes = original.clone();
        for (int n = 1 + random.nextInt(4); n > 0 && bytes.length > 8; n--) {
            // Headers stand in front and behind mostly.
            int reach = random.nextInt(3) == 0 ? bytes.length : Math.min(bytes.length, 512);
            int at = random.nextBoolean() ? random.nextInt(reach) : bytes.length - 1 - random.nextInt(reach);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)),
                        (byte) (random.nextBoolean() ? 0xff : 0));
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                case 4 -> {
                    int length = Math.min(random.nextInt(64), bytes.length - at);
                    System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
                }
                default -> {
                    byte[] other = all.get(random.nextInt(all.size()));
                    int length = Math.min(other.length, bytes.length - at);
                    System.arraycopy(other, 0, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    private static void tryOut(int times) throws IOException {
        long seed = System.nanoTime();
        System.out.println("HostileFilesTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> originals = originals();
        RecordCompressor compressor = new RecordCompressor(CompressionOptions.plain().withThreads(1));
        int segmented = 0;
        for (int i = 0; i < times; i++) {
            byte[] file = mutated(originals.get(random.nextInt(originals.size())), originals, random);
            ByteArrayOutputStream archive = new ByteArrayOutputStream();
            compressor.compress(ContentView.of(file), archive);
            segmented += archive.toByteArray()[4] == 80 ? 1 : 0;
            assertThat(archive.size()).as("mutation %d", i).isLessThan(file.length + 200);
            try (InputStream in = new BbansInputStream(new ByteArrayInputStream(archive.toByteArray()),
                    ModelSource.NONE, ReadOptions.DEFAULT.withThreads(1))) {
                assertThat(in.readAllBytes()).as("mutation %d", i).isEqualTo(file);
            }
        }
        System.out.println("HostileFilesTest: of " + times + " files, " + segmented + " in segments");
    }

    @Test
    void damagedFilesComeBack() throws Exception {
        tryOut(300);
    }

    @Test
    @Tag("slow")
    void manyDamagedFilesComeBack() throws Exception {
        tryOut(Integer.getInteger("bbans.fuzz", 1_000));
    }
}
