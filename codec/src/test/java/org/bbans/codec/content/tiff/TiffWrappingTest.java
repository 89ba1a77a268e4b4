package org.bbans.codec.content.tiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TiffWrappingTest {

    private static final Path SAMPLES = Path.of("../testdata/containers");

    private static Optional<Wrapping> unwrap(byte[] file, ByteArrayOutputStream content) throws IOException {
        try (Spool spool = new Spool()) {
            Optional<Wrapping> wrapping = Wrappings.unwrap(Wrappings.FileKind.TIFF, ContentView.of(file), spool);
            try (InputStream in = spool.open()) {
                in.transferTo(content);
            }
            return wrapping;
        }
    }

    private static byte[] rewrap(Wrapping wrapping, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Wrappings.rewrap(wrapping, new ByteArrayInputStream(content), out, () -> false);
        return out.toByteArray();
    }

    /** Any bits, strips and tiles, planes, signs, differences, orders of bytes, pages, places of directories. */
    @Test
    void filesComeBackAndImagesAreThoseThatWereWritten() throws IOException {
        long seed = System.nanoTime();
        for (int i = 0; i < 300; i++) {
            TiffWriter writer = new TiffWriter(seed + i);
            byte[] file = writer.write(1 + i % 4);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            Optional<Wrapping> wrapping = unwrap(file, content);
            assertThat(wrapping).as("seed %d", seed + i).isPresent();
            assertThat(content.toByteArray()).as("seed %d", seed + i)
                    .matches(images -> Arrays.equals(images, writer.images.toByteArray()));
            assertThat(rewrap(wrapping.get(), content.toByteArray())).as("seed %d", seed + i)
                    .matches(back -> Arrays.equals(back, file));
        }
    }

    @ParameterizedTest
    @CsvSource({"deflate.tif, 1", "lzw.tif, 1", "pages-lzw.tif, 3"})
    void whatPublicProgramsWriteComesBack(String name, int images) throws IOException {
        byte[] file = Files.readAllBytes(SAMPLES.resolve(name));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        assertThat(rewrap(wrapping, content.toByteArray())).isEqualTo(file);
        assertThat(TiffParameters.of(wrapping.data()).shapes()).hasSize(images);
    }

    /** A hundred strips cost hardly more than one. */
    @Test
    void manyStripsHaveOneRecipeAndTablesCostNothing() throws IOException {
        int small = 0;
        long seed = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            byte[] file = new TiffWriter(seed + i).write(1);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            TiffParameters p = TiffParameters.of(unwrap(file, content).orElseThrow().data());
            for (StripTable table : p.tables()) {
                byte[] kept = Arrays.copyOfRange(p.kept(), (int) table.from(), (int) table.end());
                int wrong = 0;
                for (int at = 0; at < kept.length; at += table.bytes()) {
                    wrong += Arrays.equals(kept, at, at + table.bytes(), new byte[8], 0, table.bytes()) ? 0 : 1;
                }
                // Some sizes say more than there is; no place does.
                assertThat(wrong).as("seed %d", seed + i)
                        .isLessThanOrEqualTo(table.ofSizes() ? (int) table.count() : 0);
                small += wrong == 0 ? 1 : 0;
            }
        }
        assertThat(small).isGreaterThan(20);
    }

    /** All lengths around those at which words get longer, the table is full, and the strip is looked at. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 200, 256})
    void lzwComesBack(int levels) throws IOException {
        Random random = new Random(levels);
        byte[] all = new byte[120_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (random.nextInt(i % 30_000 < 20_000 ? levels : 3));
        }
        for (LzwEncoder.Rule rule : LzwEncoder.Rule.values()) {
            for (int n = 1; n < all.length; n += n < 9_000 ? 1 + n / 30 : 14_999) {
                ByteArrayOutputStream packed = new ByteArrayOutputStream();
                LzwEncoder encoder = new LzwEncoder(packed, rule);
                encoder.write(all, 0, n / 3);
                encoder.write(all, n / 3, n - n / 3);
                encoder.finish();
                assertThat(encoder.size()).isEqualTo(packed.size());
                ByteArrayOutputStream plain = new ByteArrayOutputStream();
                byte[] strip = packed.toByteArray();
                assertThat(new LzwDecoder(new ByteArrayInputStream(strip)).read(n, plain)).isTrue();
                assertThat(plain.toByteArray()).isEqualTo(Arrays.copyOf(all, n));
                assertThat(new LzwDecoder(new ByteArrayInputStream(strip)).read(n + 1L, plain)).isFalse();
                assertThat(new LzwDecoder(new ByteArrayInputStream(strip, 0, strip.length - 2)).read(n, plain))
                        .isFalse();
            }
        }
    }

    @Test
    void filesWithoutPackedPixelsStayWhole() throws IOException {
        for (String name : new String[] {"grey.tif", "tiles.tif", "float.tif", "big.tif"}) {
            assertThat(unwrap(Files.readAllBytes(SAMPLES.resolve(name)), new ByteArrayOutputStream())).as(name)
                    .isEmpty();
        }
    }

    /** Whatever the parameters say: the file or one error. */
    @Test
    void hostileParametersAreRefused() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] file = {};
        Wrapping good = null;
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; i < 3_000; i++) {
            if (i % 50 == 0) {
                file = new TiffWriter(seed + i).write(1 + i / 50 % 3);
                content.reset();
                good = unwrap(file, content).orElseThrow();
            }
            byte[] data = good.data().clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                data[random.nextInt(Math.min(data.length, 60))] = (byte) (random.nextBoolean() ? 255
                        : random.nextInt(256));
            }
            if (random.nextInt(4) == 0) {
                data = Arrays.copyOf(data, random.nextInt(data.length));
            }
            byte[] bad = data;
            try {
                assertThat(rewrap(new Wrapping(TiffWrapping.KIND, file.length, good.crc(), bad), content.toByteArray()))
                        .as("seed %d, %d", seed, i).isEqualTo(file);
            } catch (CorruptArchiveException e) {
                assertThat(e.getMessage()).containsAnyOf("damaged", "recipe", "content", "differs", "LZMA2",
                        "shortest form",
                        "ends");
            }
        }
    }

    /** Extents at the bounds of the format, and beyond. */
    @Test
    void boundsAreChecked() {
        assertThat(new TiffShape(1 << 22, 64, 4, 8, 0, 1, false, false, true).isValid()).isTrue();
        assertThat(new TiffShape(1 << 22, 65, 4, 8, 0, 1, false, false, true).isValid()).isFalse();
        assertThat(new TiffShape((1 << 22) + 1, 1, 4, 8, 0, 1, false, false, true).isValid()).isFalse();
        assertThat(new TiffShape(1 << 12, 1 << 12, 4, 8, 0, 1, true, false, true).isValid()).isTrue();
        assertThat(new TiffShape(1 << 12, (1 << 12) + 1, 4, 8, 0, 1, true, false, true).isValid()).isFalse();
        assertThat(new TiffShape(1 << 12, 1 << 14, 1, 8, 1 << 12, 1 << 14, false, false, true).isValid()).isTrue();
        assertThat(new TiffShape(1 << 12, 1 << 15, 1, 8, 1 << 12, 1 << 15, false, false, true).isValid()).isFalse();
        assertThat(new TiffShape(Integer.MAX_VALUE, Integer.MAX_VALUE, 8, 16, 1, 1, true, false, true).isValid())
                .isFalse();
    }

    /** The content is the images and nothing else. */
    @Test
    void otherContentsAreRefused() throws IOException {
        byte[] file = new TiffWriter(3).write(2);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        byte[] images = content.toByteArray();
        for (byte[] other : new byte[][] {Arrays.copyOf(images, images.length - 1),
            Arrays.copyOf(images, images.length + 1), new byte[0],
            ByteBuffer.wrap(images.clone()).put(1, (byte) '2').array()}) {
            assertThatThrownBy(() -> rewrap(wrapping, other)).isExactlyInstanceOf(CorruptArchiveException.class);
        }
    }

    /** Images that all name one strip, which is long and holds nothing, do not read it each. */
    @ParameterizedTest
    @ValueSource(ints = {5, 8})
    void imagesOfOneStripThatHoldsNothingAreGivenUp(int compression) throws IOException {
        int images = 2_000;
        int strip = 1 << 17;
        int[][] fields = {{256, 1}, {257, 1}, {258, 8}, {259, compression}, {273, 0}, {277, 1}, {278, 1}, {279, strip}};
        int directory = 2 + 12 * fields.length + 4;
        int at = 8 + images * directory;
        fields[4][1] = at;
        ByteBuffer file = ByteBuffer.allocate(at + strip).put(new byte[] {'M', 'M', 0, 42}).putInt(8);
        for (int i = 1; i <= images; i++) {
            file.putShort((short) fields.length);
            for (int[] field : fields) {
                file.putShort((short) field[0]).putShort((short) 4).putInt(1).putInt(field[1]);
            }
            file.putInt(i < images ? 8 + i * directory : 0);
        }
        byte[] bytes = file.array();
        if (compression == 5) {
            // Words of nine bits that begin the table anew.
            for (int bit = 0; bit < 8 * strip; bit += 9) {
                bytes[at + bit / 8] |= (byte) (128 >> bit % 8);
            }
        } else {
            // Stored blocks without bytes.
            file.putShort(at, (short) 0x789C);
            for (int i = at + 2; i + 5 <= bytes.length; i += 5) {
                file.putShort(i + 3, (short) -1);
            }
        }
        LongAdder read = new LongAdder();
        try (Spool spool = new Spool()) {
            assertThat(TiffWrapping.unwrap(ContentView.of(bytes).counted(read::add), spool)).isEmpty();
        }
        assertThat(read.sum()).isLessThan(64L << 20);
    }
}
