package org.bbans.model.image;

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
import java.util.List;
import java.util.SplittableRandom;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.archive.RecordReader;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.model.BuiltInModels;
import org.bbans.model.Compression;
import org.bbans.model.CompressionListener;
import org.bbans.model.CompressionOptions;
import org.bbans.model.ModelChoice;
import org.bbans.model.RecordCompressor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in archives: written, read, read singly, damaged, and chosen by themselves. */
class ImageArchiveTest {

    private static final long SEED = 20261129;
    private static final byte[] MODEL =
            new ImageTrainer("test", ImageShape.full(16, 2, 1), 0.9, SEED, Engine.SCALAR).model().toBytes("none");

    @TempDir
    private Path dir;

    /** Smooth surfaces with a little noise, of samples below {@code levels}. */
    private static int[] surface(int height, int width, int channels, int levels, SplittableRandom random) {
        int[] samples = new int[height * width * channels];
        double a = 0.05 + 0.1 * random.nextDouble();
        double b = 0.05 + 0.1 * random.nextDouble();
        for (int i = 0; i < samples.length; i++) {
            int x = i / channels % width;
            int y = i / channels / width;
            double s = 0.5 + 0.2 * Math.sin(a * x + i % channels) + 0.2 * Math.cos(b * y);
            samples[i] = (int) ((levels - 1) * (s + 0.02 * random.nextDouble()));
        }
        return samples;
    }

    private static byte[] words(int[] samples) {
        byte[] bytes = new byte[2 * samples.length];
        for (int i = 0; i < samples.length; i++) {
            bytes[2 * i] = (byte) (samples[i] >> 8);
            bytes[2 * i + 1] = (byte) samples[i];
        }
        return bytes;
    }

    private static byte[] bytes(int[] samples) {
        byte[] bytes = new byte[samples.length];
        for (int i = 0; i < samples.length; i++) {
            bytes[i] = (byte) samples[i];
        }
        return bytes;
    }

    private static byte[] netpbm(String header, byte[] raster) {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        byte[] file = Arrays.copyOf(text, text.length + raster.length);
        System.arraycopy(raster, 0, file, text.length, raster.length);
        return file;
    }

    private static byte[] read(byte[] archive, ModelSource models, int threads) throws IOException {
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive), models,
                ReadOptions.DEFAULT.withThreads(threads))) {
            return in.readAllBytes();
        }
    }

    private static byte[] write(byte[] content, ArchiveOptions options) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ArchiveOutputStream archive = new ArchiveOutputStream(out, options)) {
            archive.write(content);
        }
        return out.toByteArray();
    }

    @Test
    void groupsOfImagesComeBackOneByOneAndWithAnyThreads() throws IOException {
        ImageCodec codec = ImageCodec.parse(MODEL);
        SplittableRandom random = new SplittableRandom(SEED);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[9]);
        for (int i = 0; i < 7; i++) {
            content.writeBytes(words(surface(24, 31, 3, 4000, random)));
        }
        content.writeBytes(new byte[5]);
        Layout layout = new Layout(9, 0, new int[] {24, 31, 3}, new SampleFormat.Words(true, false, false, 4096), 7);
        for (ImageCodec model : List.of(codec, codec.withReference(true))) {
            ArchiveOptions options = ArchiveOptions.DEFAULT.withRecords(layout, model).withBlockRecords(3);
            byte[] archive = write(content.toByteArray(), options);
            assertThat(write(content.toByteArray(), options.withThreads(3))).isEqualTo(archive);
            assertThat(read(archive, reference -> codec, 2)).isEqualTo(content.toByteArray());
            Path file = Files.write(dir.resolve("a.bba"), archive);
            assertThat(ArchiveInfo.read(file).blocks()).extracting(block -> block.codec()).containsExactly(
                    BlockKind.STORED, BlockKind.ROWS, BlockKind.ROWS, BlockKind.ROWS, BlockKind.STORED);
            try (RecordReader reader = new RecordReader(file, reference -> codec)) {
                int size = 24 * 31 * 6;
                assertThat(reader.read(4)).isEqualTo(
                        Arrays.copyOfRange(content.toByteArray(), 9 + 4 * size, 9 + 5 * size));
            }
            byte[] bad = archive.clone();
            bad[archive.length / 2] ^= 1;
            assertThatThrownBy(() -> read(bad, reference -> codec, 1)).isInstanceOf(CorruptArchiveException.class);
        }
    }

    /** An archive of images with one block of rows, whose payload is noise but for its first byte. */
    private static byte[] hostile(int height, int width, int rows, int form) throws FormatException {
        ImageCodec codec = ImageCodec.parse(MODEL);
        Layout layout = Layout.of(0, new SampleFormat.Words(true, false, false, 4096), height, width);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HeaderFormat.write(new ArchiveHeader(1, layout,
                new ModelReference(codec.name(), codec.sha256(), null), null), false));
        byte[] payload = new byte[1_000];
        new SplittableRandom(3).nextBytes(payload);
        payload[0] = (byte) form;
        out.writeBytes(new BlockEntry(BlockKind.ROWS, 2L * rows * width, payload.length).header(0, out.size(), 0));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /** Padding of small images, and an image that the next one looks back at, count as memory. */
    @Test
    void theMemoryLimitHoldsForRowsAroundTheCodedOnes() throws IOException {
        ImageCodec codec = ImageCodec.parse(MODEL);
        assertThatThrownBy(() -> read(hostile(1, 1, 1 << 22, 0), reference -> codec, 1))
                .isInstanceOf(UnsupportedArchiveException.class).hasMessageContaining("--memory");
        for (int form = 0; form <= 1; form++) {
            byte[] archive = hostile(1 << 11, 1 << 11, 1, form);
            ReadOptions tight = ReadOptions.DEFAULT.withMemoryLimit(60 << 20);
            assertThatThrownBy(() -> new ArchiveInputStream(new ByteArrayInputStream(archive), reference -> codec,
                    tight).readAllBytes()).isInstanceOf(form == 0 ? CorruptArchiveException.class
                            : UnsupportedArchiveException.class);
        }
    }

    private Compression compress(byte[] content, boolean embed, ByteArrayOutputStream archive, List<String> told)
            throws IOException {
        CompressionOptions options = CompressionOptions.plain()
                .withModels(new ModelChoice(List.of(), List.of(ImageCodec.parse(MODEL)), false, embed)).withThreads(2)
                .withTemporaryFolder(dir).withListener(new CompressionListener() {
                    @Override
                    public void noModel(String reason) {
                        told.add(reason);
                    }
                });
        return new RecordCompressor(options).compress(new ByteArrayInputStream(content), content.length, archive);
    }

    @Test
    void imagesAreCodedByTheImageModelAndTheArchiveMayHoldIt() throws IOException {
        byte[] image = netpbm("P6\n120 90\n255\n", bytes(surface(90, 120, 3, 256, new SplittableRandom(1))));
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        Compression result = compress(image, true, archive, List.of());
        assertThat(result.outcome()).isEqualTo(Compression.Outcome.MODEL);
        assertThat(result.model()).contains("test");
        assertThat(read(archive.toByteArray(), new BuiltInModels(), 2)).isEqualTo(image);
    }

    /** Frames of noise that differ little: nothing but the frame before says anything about a sample. */
    @Test
    void framesArePredictedFromThoseBeforeIfThatPays() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        int[] scene = new int[40 * 50];
        Arrays.setAll(scene, i -> 4 + random.nextInt(248));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {0, 0, 8, 3, 0, 0, 0, 30, 0, 0, 0, 40, 0, 0, 0, 50});
        for (int i = 0; i < 30; i++) {
            content.writeBytes(bytes(Arrays.stream(scene).map(v -> v + random.nextInt(5) - 2).toArray()));
        }
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        Compression result = compress(content.toByteArray(), false, archive, List.of());
        assertThat(result.model()).contains("test");
        assertThat(archive.size()).isLessThan(content.size() * 6 / 10);
        ImageCodec codec = ImageCodec.parse(MODEL);
        assertThat(read(archive.toByteArray(), reference -> codec, 1)).isEqualTo(content.toByteArray());
    }

    @Test
    void whatIsNoImageIsSaidInWords() throws IOException {
        List<String> told = new ArrayList<>();
        byte[] text = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 10), }\n"
                .getBytes(StandardCharsets.US_ASCII);
        byte[] npy = Arrays.copyOf("\u0093NUMPY\1\0?\0".getBytes(StandardCharsets.ISO_8859_1), 10 + text.length + 800);
        npy[8] = (byte) text.length;
        System.arraycopy(text, 0, npy, 10, text.length);
        assertThat(compress(npy, false, new ByteArrayOutputStream(), told).outcome())
                .isEqualTo(Compression.Outcome.NO_RECORDS);
        assertThat(told).containsExactly("NPY with elements of type f4: no model codes such");
        told.clear();
        compress(netpbm("P5\n60000 60000\n255\n", new byte[20]), false, new ByteArrayOutputStream(), told);
        assertThat(told).singleElement().asString().contains("the content is too short");
    }
}
