package org.bbans;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.PlainDecoder.ImageGroup;
import org.bbans.PlainDecoder.ImageModel;
import org.bbans.PlainDecoder.ModelFile;
import org.bbans.codec.engine.Engine;
import org.bbans.model.image.ImageCoder;
import org.bbans.model.image.ImageGrid;
import org.bbans.model.image.ImageOptions;
import org.bbans.model.image.ImageShape;
import org.bbans.model.image.ImageTrainer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of random extents, which the program codes, are decoded by the decoder that was made from FORMAT.md. */
class PlainImageTest {

    private static final long SEED = 20261129;
    private static final int CASES = 4;
    private static final int MOST_SAMPLES = 3000;

    /** Planes look at others, and which ones depends on how many channels there are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void decodesWhatTheProgramCodes(int channels) throws IOException {
        for (int i = 0; i < CASES; i++) {
            decodesWhatTheProgramCodes(channels, SEED + CASES * channels + i);
        }
    }

    private static void decodesWhatTheProgramCodes(int channels, long seed) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final int records = random.nextBoolean() ? 1 : 1 + random.nextInt(12);
        final int width = 1 + random.nextInt(random.nextInt(4) == 0 ? 300 : 30);
        final int height = 1 + random.nextInt(Math.max(1, MOST_SAMPLES / (records * width * channels)));
        final int levels = random.nextBoolean() ? 256 : 257 + random.nextInt(65536 - 256);
        final int band = 1 + random.nextInt(records * height);
        final byte[] model = new ImageTrainer("test", shape(random), 0.9, seed, Engine.SCALAR).model()
                .toBytes("none");
        final ImageOptions options = new ImageOptions(random.nextBoolean(), true, true, random.nextBoolean());
        final ImageCoder coder = new ImageCoder(org.bbans.model.image.ImageModel.parse(model),
                new ImageGrid(records, height, width, channels, levels), options, Engine.SCALAR);
        final ImageGroup decoder =
                new ImageGroup(new ImageModel(new ModelFile(model)), records, height, width, channels, levels);

        final short[] samples = samples(random, records * height * width * channels, width * channels, levels);
        final int rowSamples = width * channels;
        for (int row = 0; row < records * height; row += band) {
            final int rows = Math.min(band, records * height - row);
            final short[] block = Arrays.copyOfRange(samples, row * rowSamples, (row + rows) * rowSamples);
            final int[] decoded = decoder.decode(coder.encode(block, rows), rows);
            for (int i = 0; i < decoded.length; i++) {
                assertThat(decoded[i]).as("seed %d, row %d, sample %d", seed, row, i).isEqualTo(block[i] & 0xffff);
            }
        }
    }

    private static ImageShape shape(SplittableRandom random) {
        return new ImageShape(16, 2 * (1 + random.nextInt(4)), 1 + random.nextInt(4), 1 + random.nextInt(2),
                2 + random.nextInt(5), 1 + random.nextInt(3));
    }

    /** A wave with noise; or noise alone; or few values. */
    private static short[] samples(SplittableRandom random, int n, int rowSamples, int levels) {
        final short[] samples = new short[n];
        final int kind = random.nextInt(4);
        final double slope = random.nextDouble();
        for (int i = 0; i < n; i++) {
            final double wave = 0.5 + 0.4 * Math.sin(slope * (i % rowSamples) + 0.1 * (i / rowSamples));
            final double noise = random.nextDouble();
            final double level = levels * (kind == 0 ? noise : Math.min(0.999, wave + 0.05 * noise));
            samples[i] = (short) (kind == 1 ? (int) level / 32 * 32 : (int) level);
        }
        return samples;
    }
}
