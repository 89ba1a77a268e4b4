package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.collection.NamelessInputStream;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.io.ContentView;
import org.bbans.model.CollectionCompressor.Stored;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand digits take as much whether they lie in one IDX file or in a file each. */
class SmallImagesTest {

    private static final int DIGITS = 1000;
    private static final int SIDE = 28;
    private static final int DIGIT = SIDE * SIDE;
    private static final byte[] PGM = "P5\n28 28\n255\n".getBytes(StandardCharsets.US_ASCII);

    private static CompressionOptions options;
    private static byte[][] digits;
    private static int alone;

    @TempDir
    private Path dir;

    @BeforeAll
    static void compressAlone() throws IOException {
        options =
                CompressionOptions.plain().withModels(new BuiltInModels().choice("mnist-fast").orElseThrow());
        digits = new byte[DIGITS][];
        byte[] idx = Arrays.copyOf(Files.readAllBytes(
                Path.of(System.getProperty("bbans.testdata")).resolve("mnist/t10k-images-idx3-ubyte")),
                16 + DIGITS * DIGIT);
        ByteBuffer.wrap(idx).putInt(4, DIGITS);
        for (int i = 0; i < DIGITS; i++) {
            digits[i] = Arrays.copyOfRange(idx, 16 + i * DIGIT, 16 + (i + 1) * DIGIT);
        }
        alone = compressed(idx).length;
    }

    private static byte[] compressed(byte[] file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new RecordCompressor(options).compress(ContentView.of(file), out);
        return out.toByteArray();
    }

    private static byte[] pgm(byte[] digit) {
        byte[] file = Arrays.copyOf(PGM, PGM.length + DIGIT);
        System.arraycopy(digit, 0, file, PGM.length, DIGIT);
        return file;
    }

    private static byte[] png(byte[] digit) throws IOException {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, SIDE, SIDE, digit);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    @Test
    void tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < DIGITS; i++) {
                TarArchiveEntry entry = new TarArchiveEntry(String.format("digits/%d.pgm", i));
                entry.setModTime(1_700_000_000_000L + i / 10 * 1000L);
                entry.setSize(PGM.length + DIGIT);
                tar.putArchiveEntry(entry);
                tar.write(pgm(digits[i]));
                tar.closeArchiveEntry();
            }
        }
        byte[] archive = compressed(bytes.toByteArray());
        assertThat(archive.length).isLessThan(alone * 101 / 100);
        Path file = Files.write(dir.resolve("digits.tar.bba"), archive);
        try (NamelessInputStream in = NamelessInputStream.open(file, new BuiltInModels(), ReadOptions.DEFAULT)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes.toByteArray());
        }
    }

    @Test
    void folderOfPgms() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < DIGITS; i++) {
            files.put(String.format("digits/%05d.pgm", i), pgm(digits[i]));
        }
        assertThat(folder(files)).isLessThan(alone * 101 / 100);
    }

    /** Each file has its own size, and what the writer of PNG files chose. */
    @Test
    void folderOfPngs() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < DIGITS; i++) {
            files.put(String.format("digits/%05d.png", i), png(digits[i]));
        }
        assertThat(folder(files)).isLessThan(alone + 3 * DIGITS);
    }

    /** Bytes of an archive of these files, all of one time, which gives them back. */
    private int folder(Map<String, byte[]> files) throws IOException {
        List<Stored> sources = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = Files.write(dir.resolve(file.getKey().replace('/', '-')), file.getValue());
            long time = Files.getLastModifiedTime(path).toInstant().getEpochSecond();
            sources.add(new Stored(new CollectionEntry(file.getKey().getBytes(StandardCharsets.UTF_8), EntryType.FILE,
                    0644, time, 0, new byte[0], new StoredContent.Segments(List.of())), path));
        }
        Path archive = dir.resolve("digits.bba");
        try (OutputStream out = Files.newOutputStream(archive)) {
            new CollectionCompressor(options).compress(sources, out);
        }
        Map<String, byte[]> back = new TreeMap<>();
        try (CollectionReader reader = CollectionReader.open(archive, new BuiltInModels(), ReadOptions.DEFAULT)) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                batch.read(entry -> true, (same, content) -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    content.writeTo(out);
                    same.forEach(entry -> back.put(entry.name(), out.toByteArray()));
                });
            }
        }
        assertThat(back).containsExactlyInAnyOrderEntriesOf(files);
        return (int) Files.size(archive);
    }
}
