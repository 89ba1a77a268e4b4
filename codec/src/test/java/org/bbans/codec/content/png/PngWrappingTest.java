package org.bbans.codec.content.png;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PngWrappingTest {

    private static final int[] STRATEGIES = {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY};

    @TempDir
    private Path dir;

    /** Writes PNG files of random pixels, filters, chunks and sizes. */
    private static final class Writer {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final Random random;

        Writer(long seed) {
            random = new Random(seed);
            out.writeBytes(PngFile.SIGNATURE);
        }

        Writer chunk(String type, byte[] data) {
            CRC32 crc = new CRC32();
            ByteBuffer named =
                    ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
            crc.update(named.array());
            out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
            out.writeBytes(named.array());
            out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
            return this;
        }

        byte[] bytes(int n) {
            byte[] b = new byte[n];
            random.nextBytes(b);
            return b;
        }

        /** An image whose rows, which are packed already, are runs of bytes, with any filters. */
        byte[] image(PngShape shape) throws IOException {
            chunk("IHDR", ByteBuffer.allocate(13).putInt(shape.width()).putInt(shape.height()).put((byte) shape.depth())
                    .put((byte) shape.colour()).putShort((short) 0).put((byte) (shape.interlaced() ? 1 : 0)).array());
            chunk("tEXt", bytes(random.nextInt(40)));
            byte[] zlib = zlib(rows(shape));
            int at = 0;
            while (at < zlib.length) {
                int n = part(zlib.length - at);
                chunk("IDAT", Arrays.copyOfRange(zlib, at, at + n));
                at += n;
            }
            chunk("fdAT", bytes(1 + random.nextInt(90)));
            chunk("IEND", new byte[0]);
            out.writeBytes(bytes(random.nextInt(2) * random.nextInt(9)));
            return out.toByteArray();
        }

        private int part(int left) {
            return Math.min(random.nextInt(4) == 0 ? random.nextInt(20) : 1 + random.nextInt(3000), left);
        }

        /** An animation of frames of any extents, after its first image. */
        byte[] animation(List<PngShape> shapes, int gap) throws IOException {
            PngShape shape = shapes.get(0);
            chunk("IHDR", ByteBuffer.allocate(13).putInt(shape.width()).putInt(shape.height()).put((byte) shape.depth())
                    .put((byte) shape.colour()).putShort((short) 0).put((byte) (shape.interlaced() ? 1 : 0)).array());
            chunk("acTL", ByteBuffer.allocate(8).putInt(shapes.size()).array());
            int number = 0;
            for (int i = 0; i < shapes.size(); i++) {
                chunk("fcTL", ByteBuffer.allocate(26).putInt(number++).putInt(shapes.get(i).width())
                        .putInt(shapes.get(i).height()).putShort(20, (short) 1).array());
                byte[] zlib = zlib(rows(shapes.get(i)));
                int usual = random.nextBoolean() ? 1 + random.nextInt(500) : 0;
                for (int at = 0; at < zlib.length;) {
                    int n = usual > 0 ? Math.min(usual, zlib.length - at) : part(zlib.length - at);
                    byte[] part = Arrays.copyOfRange(zlib, at, at + n);
                    if (i == 0) {
                        chunk("IDAT", part);
                    } else {
                        chunk("fdAT", ByteBuffer.allocate(4 + n).putInt(number).put(part).array());
                        number += 1 + (random.nextInt(100) < gap ? 1 : 0);
                    }
                    at += n;
                }
                if (random.nextInt(3) == 0) {
                    chunk("tEXt", bytes(random.nextInt(40)));
                }
            }
            return chunk("IEND", new byte[0]).out.toByteArray();
        }

        /** Filtered rows of pixels that are runs of bytes. */
        private byte[] rows(PngShape shape) {
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            for (PngShape.Pass pass : shape.passes()) {
                int n = shape.packedBytes(pass.width());
                int filling = n * 8 - pass.width() * shape.channels() * shape.depth();
                int common = random.nextInt(5);
                for (int y = 0; y < pass.height(); y++) {
                    // Unfiltered rows may have bits behind their last pixel, which then must be zeros.
                    int filter = filling == 0 ? random.nextInt(4) == 0 ? random.nextInt(5) : common : 0;
                    byte[] row = bytes(n);
                    for (int i = 1; i < n; i++) {
                        row[i] = random.nextInt(3) == 0 ? row[i] : row[i - 1];
                    }
                    row[n - 1] &= (byte) (-1 << filling);
                    rows.write(filter);
                    rows.writeBytes(row);
                }
            }
            return rows.toByteArray();
        }

        private byte[] zlib(byte[] rows) {
            Deflater deflater = new Deflater(random.nextInt(10));
            deflater.setStrategy(STRATEGIES[random.nextInt(STRATEGIES.length)]);
            deflater.setInput(rows);
            deflater.finish();
            byte[] zlib = new byte[rows.length * 2 + 1000];
            int n = 0;
            while (!deflater.finished()) {
                n += deflater.deflate(zlib, n, zlib.length - n);
            }
            deflater.end();
            return Arrays.copyOf(zlib, n + random.nextInt(2) * random.nextInt(5));
        }
    }

    /** Takes apart, checks the image's header, puts together. */
    private byte[] comesBack(byte[] png, String what) throws IOException {
        try (Spool content = new Spool()) {
            Optional<Wrapping> wrapping = unwrap(png, content);
            assertThat(wrapping).as(what).isPresent();
            byte[] image;
            try (InputStream in = content.open()) {
                image = in.readAllBytes();
            }
            assertThat(rewrap(wrapping.get(), image)).as(what).isEqualTo(png);
            return image;
        }
    }

    private Optional<Wrapping> unwrap(byte[] png, Spool content) throws IOException {
        Path file = dir.resolve("in.png");
        Files.write(file, png);
        return Wrappings.unwrap(Wrappings.FileKind.PNG, ContentView.of(file), content);
    }

    private static byte[] rewrap(Wrapping wrapping, byte[] image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Wrappings.rewrap(wrapping, new ByteArrayInputStream(image), out, () -> false);
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "4, 0", "8, 0", "16, 0", "8, 2", "16, 2", "1, 3", "2, 3", "4, 3", "8, 3", "8, 4",
        "16, 4",
        "8, 6", "16, 6"})
    void everyTypeComesBack(int depth, int colour) throws IOException {
        Random random = new Random(depth * 10 + colour);
        for (int round = 0; round < 6; round++) {
            long seed = random.nextLong();
            PngShape shape = new PngShape(1 + random.nextInt(random.nextBoolean() ? 9 : 70),
                    1 + random.nextInt(random.nextBoolean() ? 9 : 70), depth, colour, round % 2 == 1);
            String what = shape + ", seed " + seed;
            byte[] image = comesBack(new Writer(seed).image(shape), what);
            assertThat(image.length).as(what).isEqualTo(shape.netpbmHeader().length + (int) shape.imageBytes());
            assertThat(LayoutDetector.detect(image, image.length, image.length)).as(what).isPresent();
        }
    }

    /** Later frames are images too, unless their numbers do not count on. */
    @ParameterizedTest
    @CsvSource({"8, 6, false", "4, 3, true", "16, 2, false", "1, 0, false", "8, 2, true"})
    void framesComeBack(int depth, int colour, boolean interlaced) throws IOException {
        Random random = new Random(depth * 10 + colour);
        for (int round = 0; round < 12; round++) {
            long seed = random.nextLong();
            List<PngShape> shapes = new ArrayList<>();
            int images = 1 + random.nextInt(5);
            long bytes = 0;
            for (int i = 0; i < images; i++) {
                shapes.add(i > 0 && random.nextBoolean() ? shapes.get(i - 1)
                        : new PngShape(1 + random.nextInt(40), 1 + random.nextInt(40), depth, colour, interlaced));
                bytes += shapes.get(i).netpbmHeader().length + shapes.get(i).imageBytes();
            }
            String what = shapes + ", seed " + seed;
            assertThat(comesBack(new Writer(seed).animation(shapes, 0), what)).as(what).hasSize((int) bytes);
            comesBack(new Writer(seed).animation(shapes, 40), what);
        }
    }

    /** The pixels are those that another reader sees. */
    /** Of a file with four times the frames not much more than four times the bytes are read. */
    @Test
    void framesAreReadWithoutThoseBeforeThem() throws IOException {
        long few = bytesRead(100);
        assertThat(few).isPositive();
        assertThat(bytesRead(400)).isLessThan(6 * few);
    }

    private static long bytesRead(int frames) throws IOException {
        byte[] png = new Writer(3).animation(Collections.nCopies(frames, new PngShape(40, 40, 8, 0, false)), 0);
        LongAdder read = new LongAdder();
        try (Spool spool = new Spool()) {
            assertThat(PngWrapping.unwrap(ContentView.of(png).counted(read::add), spool)).isPresent();
        }
        return read.sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_BYTE_BINARY, BufferedImage.TYPE_BYTE_INDEXED, BufferedImage.TYPE_USHORT_GRAY})
    void pixelsAreThoseOfImageIo(int type) throws IOException {
        BufferedImage image = new BufferedImage(61, 43, type);
        for (int y = 0; y < 43; y++) {
            for (int x = 0; x < 61; x++) {
                image.setRGB(x, y, 0xFF000000 | x * 4 << 16 | y * 5 << 8 | (x * y & 0xFF));
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);

        byte[] netpbm = comesBack(png.toByteArray(), "type " + type);

        BufferedImage read = ImageIO.read(new ByteArrayInputStream(png.toByteArray()));
        int channels = read.getRaster().getNumBands();
        int bytes = read.getSampleModel().getSampleSize(0) == 16 ? 2 : 1;
        int at = netpbm.length - 61 * 43 * channels * bytes;
        for (int y = 0; y < 43; y++) {
            for (int x = 0; x < 61; x++) {
                for (int c = 0; c < channels; c++) {
                    int sample = 0;
                    for (int b = 0; b < bytes; b++) {
                        sample = sample << 8 | netpbm[at++] & 0xFF;
                    }
                    assertThat(sample).isEqualTo(read.getRaster().getSample(x, y, c));
                }
            }
        }
    }

    @Test
    void leavesWhatItCannotRestore() throws IOException {
        PngShape shape = new PngShape(40, 30, 8, 2, false);
        byte[] png = new Writer(1).image(shape);
        List<byte[]> bad = new ArrayList<>();
        bad.add(Arrays.copyOf(png, 700));
        bad.add(Arrays.copyOf(png, 20));
        for (int at : new int[] {3, 17, 24, 26, 28, 31, 900}) {
            byte[] flipped = png.clone();
            flipped[at] ^= 0x41;
            bad.add(flipped);
        }
        bad.add(new Writer(2).chunk("IHDR", ByteBuffer.allocate(13).putInt(Integer.MAX_VALUE).putInt(Integer.MAX_VALUE)
                .put((byte) 16).put((byte) 6).put(12, (byte) 1).array()).chunk("IDAT", new byte[9]).out.toByteArray());
        for (byte[] file : bad) {
            assertThat(unwrap(file, new Spool())).isEmpty();
        }
    }

    /** Whatever a wrapping or a content says: the very file, or one documented error. */
    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "false, 2", "true, 1"})
    void hostileWrappingsAreRefused(boolean interlaced, int frames) throws IOException {
        Random random = new Random(12);
        Spool content = new Spool();
        PngShape shape = new PngShape(33, 21, 4, 3, interlaced);
        byte[] png = frames == 0 ? new Writer(5).image(shape)
                : new Writer(5).animation(Collections.nCopies(1 + frames, shape), 0);
        Wrapping good = unwrap(png, content).orElseThrow();
        byte[] image = content.open().readAllBytes();
        for (int round = 0; round < 3_000; round++) {
            byte[] data = good.data().clone();
            byte[] pixels = image.clone();
            if (round % 5 == 0) {
                data = Arrays.copyOf(data, random.nextInt(data.length));
            }
            byte[] changed = round % 7 == 0 ? pixels : data;
            for (int i = random.nextInt(3); i >= 0 && changed.length > 0; i--) {
                changed[random.nextInt(round % 3 == 0 ? Math.min(changed.length, 20) : changed.length)] ^=
                        (byte) (1 << random.nextInt(8));
            }
            Wrapping bad = new Wrapping(PngWrapping.KIND, good.size(), good.crc(), data);
            try {
                assertThat(rewrap(bad, pixels)).as("round %d", round).isEqualTo(png);
            } catch (CorruptArchiveException e) {
                assertThat(e).hasMessageMatching(".*(PNG|png|recipe).*");
            }
        }
        assertThatThrownBy(() -> rewrap(good, Arrays.copyOf(image, image.length + 1)))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("longer");
    }
}
