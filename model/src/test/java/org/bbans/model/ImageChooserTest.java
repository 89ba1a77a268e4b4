package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.model.image.ImageCodec;
import org.junit.jupiter.api.Test;

class ImageChooserTest {

    private static final int WIDTH = 1280;
    private static final int HEIGHT = 600;
    private static final int ROW = 3 * WIDTH;

    private final ImageCodec model = new BuiltInModels().imagesByName("image-fast").orElseThrow();

    /** Where the model is tried first a pattern is in the picture that LZMA2 finds, elsewhere there is none. */
    @Test
    void triesAgainOnMoreSamplesBeforeItGivesUp() throws IOException {
        Random random = new Random(1);
        byte[] samples = new byte[HEIGHT * ROW];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i / ROW / 4 + i % ROW / 32 + random.nextInt(16));
        }
        byte[] pattern = pattern(random);
        for (int y = HEIGHT / 2 - 25; y < HEIGHT / 2 + 25; y++) {
            for (int x = 0; x < ROW * 2 / 5; x++) {
                samples[y * ROW + x] = pattern[(y * ROW + x) % pattern.length];
            }
        }
        ImageChooser.Trial trial = trial(samples);
        assertThat(trial.samples()).isGreaterThan(1_000_000);
        assertThat(trial.bytes()).isLessThan(trial.generalPurpose());
    }

    @Test
    void doesNotTryAgainWhereThereIsNoHope() throws IOException {
        byte[] pattern = pattern(new Random(1));
        byte[] samples = new byte[HEIGHT * ROW];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = pattern[i % pattern.length];
        }
        ImageChooser.Trial trial = trial(samples);
        assertThat(trial.samples()).isLessThan(200_000);
        assertThat(trial.bytes()).isGreaterThan(2 * trial.generalPurpose());
    }

    /** Noise that comes back a sample to the right in every row, and so in another colour. */
    private static byte[] pattern(Random random) {
        byte[] noise = new byte[ROW + 1];
        random.nextBytes(noise);
        return noise;
    }

    private ImageChooser.Trial trial(byte[] samples) throws IOException {
        byte[] header = String.format("P6\n%d %d\n255\n", WIDTH, HEIGHT).getBytes(StandardCharsets.US_ASCII);
        byte[] file = Arrays.copyOf(header, header.length + samples.length);
        System.arraycopy(samples, 0, file, header.length, samples.length);
        return new ImageChooser(file, LayoutDetector.detect(file, file.length, file.length).orElseThrow(), 1)
                .trial(model).orElseThrow();
    }
}
