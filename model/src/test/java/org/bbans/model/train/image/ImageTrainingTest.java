package org.bbans.model.train.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.ContentView;
import org.bbans.model.image.ImageCodec;
import org.bbans.model.image.ImageShape;
import org.bbans.model.image.ImageTrainer;
import org.bbans.model.train.TrainingListener.Progress;
import org.bbans.model.train.TrainingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training makes models better, always the same ones, and can be stopped; crops are what lies in the files. */
class ImageTrainingTest {

    private static final ImageShape SHAPE = new ImageShape(16, 4, 1, 1, 2, 1);
    private static final long SEED = 11;

    @TempDir
    private Path folder;

    /** Waves, and a little noise; of three channels the later ones follow the first. */
    private static byte[] picture(int height, int width, int channels, long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final double angle = random.nextDouble();
        final byte[] picture = new byte[height * width * channels];
        for (int i = 0; i < picture.length; i++) {
            final int x = i / channels % width;
            final int y = i / channels / width;
            picture[i] = (byte) (120 + 70 * Math.sin(0.3 * x + angle * y) + 20 * (i % channels) + random.nextInt(4));
        }
        return picture;
    }

    private static ImageSource source(int count, int... shape) {
        final int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        final byte[] all = new byte[5 + count * size];
        for (int i = 0; i < count; i++) {
            System.arraycopy(picture(shape[0], shape[1], shape.length < 3 ? 1 : shape[2], SEED + i), 0, all,
                    5 + i * size, size);
        }
        return new ImageSource(ContentView.of(all), Layout.of(5, SampleFormat.U8, shape));
    }

    private static ImageSet images(int validation, int holdout) {
        return new ImageSet(List.of(source(3, 60, 70, 3), source(30, 12, 10), source(2, 110, 140)),
                new TrainingOptions.Parts(validation, holdout));
    }

    private ImageTraining training(long steps, int threads, Optional<ImageCodec> start, boolean checkpoints,
            List<Progress> progress) {
        return new ImageTraining(new ImageTrainingOptions("waves", SHAPE, start, images(4, 3), "waves", true,
                new TrainingOptions.Schedule(0, steps, 0.004, 10, 0, 0, 0.99, 1), SEED, threads,
                checkpoints ? Optional.of(folder) : Optional.empty(), "train"), progress::add);
    }

    private static byte[] tensors(byte[] file) {
        return Arrays.copyOfRange(file, 8 + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(),
                file.length);
    }

    @Test
    void aTrainingHelpsAndGoesOnWhereItWasStopped() throws IOException {
        final List<Progress> progress = new ArrayList<>();
        final byte[] whole = training(300, 1, Optional.empty(), false, progress).train().orElseThrow();
        final ImageCodec codec = ImageCodec.parse(whole);
        assertThat(codec.name()).isEqualTo("waves");
        assertThat(codec.model().shape()).isEqualTo(SHAPE);
        assertThat(codec.model().training().orElseThrow()).contains("\"images\":28", "\"validationImages\":4",
                "\"heldOutImages\":3", "\"steps\":300");
        final double last = progress.get(progress.size() - 1).validation();
        assertThat(progress.get(progress.size() - 1).step()).isEqualTo(300);
        training(1, 2, Optional.empty(), false, progress).train();
        final double first = progress.get(progress.size() - 1).validation();
        // There are two bits of noise.
        assertThat(last).isBetween(2.0, 0.95 * first);

        assertThat(training(300, 3, Optional.empty(), true, progress).train(100)).isEmpty();
        assertThat(folder.resolve("waves.checkpoint")).isNotEmptyFile();
        final ImageTraining stopped = training(300, 2, Optional.empty(), true, progress);
        stopped.stop();
        assertThat(stopped.train()).isEmpty();
        final byte[] resumed = training(300, 2, Optional.empty(), true, progress).train().orElseThrow();
        assertThat(tensors(resumed)).isEqualTo(tensors(whole));
        assertThatThrownBy(() -> training(301, 2, Optional.empty(), true, progress).train())
                .isInstanceOf(FileSystemException.class).hasMessageContaining("another training");

        // What it starts from stays a candidate.
        progress.clear();
        final byte[] further = training(10, 2, Optional.of(codec), false, progress).train().orElseThrow();
        assertThat(progress.get(0).step()).isZero();
        assertThat(progress.get(0).validation()).isEqualTo(last);
        assertThat(ImageCodec.parse(further).model().training().orElseThrow()).contains("\"from\":{\"name\":\"waves\"");
    }

    /** Those that are measured on lie evenly among the others, none is both, and crops show what lies there. */
    @Test
    void cropsAreOfTrainingImagesAlone() throws IOException {
        final int count = 40;
        final byte[] bytes = new byte[count * 6 * 5];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i / 30 + 100);
        }
        final ImageSource source = new ImageSource(ContentView.of(bytes), Layout.of(0, SampleFormat.U8, 6, 5));
        final ImageSet set = new ImageSet(List.of(source), new TrainingOptions.Parts(10, 8));
        assertThat(set.trained()).isEqualTo(22);
        assertThat(set.hasColours()).isFalse();
        final boolean[] measured = new boolean[256];
        for (ImageTrainer.Crop crop : set.measured()) {
            for (short v : crop.samples()) {
                measured[v] = true;
            }
        }
        final SplittableRandom random = new SplittableRandom(SEED);
        final boolean[] trained = new boolean[256];
        for (int i = 0; i < 30; i++) {
            final ImageTrainer.Crop crop = set.new CropSampler(1, true).draw(random);
            assertThat(crop.samples()).hasSize(Math.toIntExact(crop.grid().rows()) * 5);
            for (int j = 0; j < crop.samples().length; j++) {
                assertThat(crop.samples()[j]).isEqualTo(crop.samples()[j / 30 * 30]);
                trained[crop.samples()[j]] = true;
            }
        }
        int both = 0;
        int sum = 0;
        for (int i = 0; i < count; i++) {
            both += measured[100 + i] && trained[100 + i] ? 1 : 0;
            sum += (measured[100 + i] ? 1000 : 0) + (trained[100 + i] ? 1 : 0);
            assertThat(measured[100 + i] || trained[100 + i]).as("image %d", i).isEqualTo(i < count - 8);
        }
        assertThat(both).isZero();
        assertThat(sum).isEqualTo(10022);
        assertThat(set.new CropSampler(3, true).isEmpty()).isTrue();
    }

    @Test
    void cropsOfLargeImagesAreStretchesOfThem() throws IOException {
        final byte[] picture = picture(110, 140, 4, SEED);
        final ImageSource source =
                new ImageSource(ContentView.of(picture), Layout.of(0, SampleFormat.U8, 110, 140, 4));
        final short[] all = new short[picture.length];
        source.read(0, 0, 110, 0, 140, all, 0);
        final short[] part = new short[20 * 30 * 4];
        source.read(0, 80, 20, 100, 30, part, 0);
        for (int i = 0; i < part.length; i++) {
            final int at = ((80 + i / 120) * 140 + 100) * 4 + i % 120;
            assertThat(part[i]).isEqualTo(all[at]).isEqualTo((short) (picture[at] & 0xFF));
        }
        assertThat(ImageSource.colours(part, 4)).startsWith(part[0], part[1], part[2], part[4]).hasSize(1800);
        assertThat(ImageSource.plane(part, 4, 2)).startsWith(part[2], part[6]).hasSize(600);
    }

    /** Of many small pictures and some large ones, each a source, those are measured on that have most pixels. */
    @Test
    void eachSizeIsMeasuredOn() throws IOException {
        final List<ImageSource> sources = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sources.add(source(1, 100 + i, 120));
        }
        sources.add(source(2000, 8, 8));
        final ImageSet set = new ImageSet(sources, new TrainingOptions.Parts(8, 0));
        final List<Integer> rows = set.measured().stream().map(crop -> (int) crop.grid().rows()).toList();
        assertThat(rows).hasSize(5 + 1).endsWith(3 * 8);
        assertThat(rows.subList(0, 5)).allMatch(height -> height >= 100).doesNotHaveDuplicates();
    }

    @Test
    void tooFewImagesAreRefused() {
        assertThatThrownBy(() -> images(30, 5)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("35 images are too few");
        assertThat(images(30, 4).trained()).isEqualTo(1);
    }
}
