package org.bbans.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.FormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is encoded is decoded, by both engines and in any bands; damage is found. */
class ImageCoderTest {

    private static final long SEED = 20261129;
    /** What a payload's first byte tells apart. */
    private static final List<ImageOptions> FORMS = List.of(ImageOptions.DEFAULT,
            new ImageOptions(true, true, true, true), new ImageOptions(false, true, true, false),
            new ImageOptions(true, true, true, false));

    private static ImageModel model(int windows) {
        return new ImageTrainer("test", ImageShape.full(16, 3, windows), 1024, SEED, Engine.SCALAR).model();
    }

    /** Smooth surfaces with noise, steps and, every third time, few values. */
    private static short[] raster(ImageGrid grid, SplittableRandom random) {
        final short[] v = new short[Math.toIntExact(grid.rows() * grid.rowSamples())];
        final double a = random.nextDouble();
        final double b = random.nextDouble();
        final boolean sparse = random.nextInt(3) == 0;
        final double noise = grid.levels() * 0.03;
        for (int i = 0; i < v.length; i++) {
            final int x = i / grid.channels() % grid.width();
            final int y = i / grid.rowSamples();
            double s = grid.levels() * (0.5 + 0.3 * Math.sin(a * x) + 0.3 * Math.cos(b * y + i % grid.channels()));
            s += noise * (random.nextDouble() - 0.5) + (x * 3 > grid.width() ? grid.levels() / 4.0 : 0);
            final int value = (int) Math.max(0, Math.min(grid.levels() - 1, s));
            v[i] = (short) (sparse ? value / 7 * 7 : value);
        }
        return v;
    }

    private static byte[][] encode(ImageCoder coder, ImageGrid grid, short[] v, int band) {
        final int bands = Math.toIntExact((grid.rows() + band - 1) / band);
        final byte[][] payloads = new byte[bands][];
        for (int i = 0; i < bands; i++) {
            final int rows = (int) Math.min(band, grid.rows() - (long) i * band);
            final int from = i * band * grid.rowSamples();
            payloads[i] = coder.encode(Arrays.copyOfRange(v, from, from + rows * grid.rowSamples()), rows);
        }
        return payloads;
    }

    private static short[] decode(ImageCoder coder, ImageGrid grid, byte[][] payloads, int band)
            throws FormatException {
        final short[] v = new short[Math.toIntExact(grid.rows() * grid.rowSamples())];
        for (int i = 0; i < payloads.length; i++) {
            final int rows = (int) Math.min(band, grid.rows() - (long) i * band);
            final short[] part = new short[rows * grid.rowSamples()];
            coder.decode(payloads[i], part, rows);
            System.arraycopy(part, 0, v, i * band * grid.rowSamples(), part.length);
        }
        return v;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, 256, 1", "1, 1, 67, 1, 256, 1", "1, 67, 1, 3, 256, 67", "1, 40, 41, 3, 256, 40",
        "1, 53, 37, 1, 65536, 17", "1, 31, 33, 3, 4096, 9", "7, 9, 8, 1, 256, 63", "5, 11, 13, 1, 256, 11",
        "40, 12, 10, 1, 200, 30", "3, 2, 3, 2, 256, 1", "1, 21, 30, 4, 256, 10", "2, 17, 19, 5, 1000, 13",
        "1, 5, 3, 1, 2, 5", "9, 3, 2, 3, 256, 4", "1, 3, 4500, 1, 256, 2",
    })
    void decodesWhatItEncoded(int records, int height, int width, int channels, int levels, int band)
            throws FormatException {
        final ImageGrid grid = new ImageGrid(records, height, width, channels, levels);
        final SplittableRandom random = new SplittableRandom(SEED + records * 31L + height);
        final short[] v = raster(grid, random);
        for (ImageOptions options : FORMS) {
            final ImageModel model = model(options.reference() ? 1 : 2);
            final byte[][] plain = encode(new ImageCoder(model, grid, options, Engine.SCALAR), grid, v, band);
            assertThat(decode(new ImageCoder(model, grid, options, Engine.SCALAR), grid, plain, band))
                    .as("seed %d, %s", SEED, grid).isEqualTo(v);
            if (Engines.vectorAvailable()) {
                assertThat(encode(new ImageCoder(model, grid, options, Engine.VECTOR), grid, v, band))
                        .as("both engines, seed %d, %s", SEED, grid).isDeepEqualTo(plain);
                assertThat(decode(new ImageCoder(model, grid, options, Engine.VECTOR), grid, plain, band))
                        .isEqualTo(v);
            }
        }
    }

    @Test
    void eachPartMayBeLeftOut() throws FormatException {
        final ImageGrid grid = new ImageGrid(1, 45, 40, 3, 256);
        final short[] v = raster(grid, new SplittableRandom(SEED));
        for (int part = 0; part < 3; part++) {
            final ImageOptions options = new ImageOptions(false, part != 0, part != 1, part != 2);
            final byte[][] payloads = encode(new ImageCoder(model(2), grid, options, Engine.SCALAR), grid, v, 45);
            assertThat(decode(new ImageCoder(model(2), grid, options, Engine.SCALAR), grid, payloads, 45))
                    .isEqualTo(v);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damageIsFound(boolean counts) throws FormatException {
        final ImageGrid grid = new ImageGrid(1, 30, 20, 3, 256);
        final SplittableRandom random = new SplittableRandom(SEED);
        final short[] v = raster(grid, random);
        final ImageOptions options = new ImageOptions(false, true, true, counts);
        final byte[] payload = encode(new ImageCoder(model(1), grid, options, Engine.SCALAR), grid, v, 30)[0];
        for (int i = 0; i < 60; i++) {
            final byte[] bad = i % 3 == 0 ? Arrays.copyOf(payload, random.nextInt(payload.length)) : payload.clone();
            if (i % 3 != 0) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            final ImageCoder coder = new ImageCoder(model(1), grid, ImageOptions.DEFAULT, Engine.SCALAR);
            assertThatThrownBy(() -> coder.decode(bad, new short[v.length], 30)).as("seed %d, case %d", SEED, i)
                    .isInstanceOf(CorruptArchiveException.class);
        }
    }

    /** What a comparison says without coding twice is what the other form takes, but for rounding. */
    @Test
    void sizesAreThoseOfBothForms() {
        final ImageGrid grid = new ImageGrid(1, 90, 80, 3, 256);
        final short[] v = raster(grid, new SplittableRandom(SEED + 1));
        final ImageCoder.Sizes sizes =
                new ImageCoder(model(2), grid, ImageOptions.DEFAULT, Engine.SCALAR).sizes(v, 90);
        assertThat(sizes.bytes())
                .isEqualTo(encode(new ImageCoder(model(2), grid, FORMS.get(0), Engine.SCALAR), grid, v, 90)[0].length);
        final int searched = encode(new ImageCoder(model(2), grid, FORMS.get(2), Engine.SCALAR), grid, v, 90)[0].length;
        assertThat(sizes.withoutCounts()).isCloseTo(searched, withinPercentage(1));
    }

    @Test
    void aFewBytesDoNotBuyLongWork() {
        final ImageGrid grid = new ImageGrid(1, 20000, 1000, 1, 256);
        final byte[] payload = new byte[9];
        payload[8] = 0x10;
        final ImageCoder coder = new ImageCoder(model(1), grid, ImageOptions.DEFAULT, Engine.SCALAR);
        final short[] rows = new short[1000 * 1000];
        assertThatThrownBy(() -> coder.decode(payload, rows, 1000)).isInstanceOf(CorruptArchiveException.class);
    }
}
