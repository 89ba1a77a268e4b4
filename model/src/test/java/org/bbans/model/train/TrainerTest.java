package org.bbans.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import javax.imageio.ImageIO;
import org.bbans.model.Elbo;
import org.bbans.model.Model;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.head.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {

    private static final int RECORDS = 700;
    private static final int VALIDATION = 200;
    private static final int SAMPLINGS = 15;

    @TempDir
    private Path folder;

    static List<ModelSpec> specs() {
        return TrainingSpecs.all();
    }

    private static TrainingOptions options(ModelSpec spec, byte[] samples, int steps, Optional<Path> work) {
        return options(spec, Optional.empty(), samples, steps, work);
    }

    private static TrainingOptions options(ModelSpec spec, Optional<ModelFile> start, byte[] samples, int steps,
            Optional<Path> work) {
        return new TrainingOptions(spec, start, TrainingSpecs.inMemory(spec, samples),
                new TrainingOptions.Parts(VALIDATION, 50), new TrainingOptions.Variation(false, 0, false, 0.1), 20,
                spec.likelihood().blocks().isPresent() ? spec.pixels() : 15,
                new TrainingOptions.Schedule(0, steps, 0.02, 10, 50, 0, 0.9, 1), 4, 2, work, "train");
    }

    /** A hurdle's levels are then a table that has seen nothing. */
    @ParameterizedTest
    @MethodSource("specs")
    void weightsAreFiniteEvenIfAllSamplesAreZero(ModelSpec spec) {
        final double[] histogram = new double[spec.levels()];
        histogram[0] = 1000;
        for (float w : Initialiser.weights(spec, new Parameters(spec), histogram, 1)) {
            assertThat(w).isFinite();
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void learnsAndTheModelFileCodesAsItWasTrained(ModelSpec spec) throws Exception {
        final byte[] samples = TrainingSpecs.records(RECORDS, spec, new SplittableRandom(1));
        final List<TrainingListener.Progress> progress = new ArrayList<>();
        final Trainer trainer = new Trainer(options(spec, samples, 150, Optional.empty()), progress::add);
        final double before = trainer.validate(0);
        final ModelFile model = trainer.train().orElseThrow();
        assertThat(progress.get(progress.size() - 1).validation()).isLessThan(0.9 * before);

        final byte[] validation = new byte[VALIDATION * spec.dims()];
        System.arraycopy(samples, (RECORDS - 50 - VALIDATION) * spec.dims(), validation, 0, validation.length);
        final double[] trained = new double[SAMPLINGS];
        final double[] coded = new double[SAMPLINGS];
        for (int seed = 0; seed < SAMPLINGS; seed++) {
            trained[seed] = trainer.validate(seed);
            coded[seed] = Elbo.of(Model.of(model), validation, VALIDATION, seed).bitsPerDim();
        }
        // Both are means over samples of the latents: what is asked is 0.1 %, beyond what sampling does to either.
        final double error = Math.sqrt((variance(trained) + variance(coded)) / SAMPLINGS);
        assertThat(mean(coded)).isCloseTo(mean(trained), within(1e-3 * mean(trained) + 4 * error));
        assertThat(error).as("sampling error").isLessThan(0.01 * mean(trained));
    }

    private static double mean(double[] a) {
        return Arrays.stream(a).average().orElseThrow();
    }

    private static double variance(double[] a) {
        final double mean = mean(a);
        return Arrays.stream(a).map(x -> (x - mean) * (x - mean)).sum() / (a.length - 1);
    }

    @Test
    void reportShowsEveryPicture() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(0);
        final Parameters layout = new Parameters(spec);
        final byte[] samples = TrainingSpecs.records(20, spec, new SplittableRandom(1));
        final float[] weights = Initialiser.weights(spec, layout, new double[spec.levels()], 1);
        // The decoder does not look at the second latent.
        final int width = layout.shape("decoder.0.weight").get(1);
        final int row = layout.offset("decoder.0.weight") + width;
        Arrays.fill(weights, row, row + width, 0);
        final List<TrainingListener.Progress> history = List.of(
                new TrainingListener.Progress(1, 0.1, 1, 0.1, 2, Double.NaN, Double.NaN),
                new TrainingListener.Progress(2, 0.2, 2, 0.1, 1.5, 1.6, 3));
        Report.write(folder, spec, layout, weights, samples, new double[] {2, 0.01, 1}, history, "summary");
        final String page = Files.readString(folder.resolve("index.html"));
        assertThat(page).contains("2 of 3 latents carry at least 0.1 bit");
        assertThat(page).containsPattern("<td>1</td><td>z1</td><td>2.000</td><td>in use</td>"
                + "<td>-?(?!0.000)[0-9.]+</td>");
        assertThat(page).containsPattern("<td>2</td><td>z1</td><td>0.010</td><td>collapsed</td><td>-?0.000</td>");
        for (String name : List.of("loss", "samples", "reconstructions", "traversal", "kl")) {
            assertThat(page).contains(name + ".png");
            assertThat(ImageIO.read(folder.resolve(name + ".png").toFile())).as(name).isNotNull();
        }
    }

    @Test
    void threadsDoNotChangeTheWeights() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(3);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec, new SplittableRandom(1));
        final TrainingOptions two = options(spec, samples, 60, Optional.empty());
        final TrainingOptions one = new TrainingOptions(spec, two.start(), two.records(), two.parts(),
                two.variation(), two.batch(), two.positions(), two.schedule(), two.seed(), 1, two.work(),
                two.command());
        assertThat(weights(run(one, p -> {}))).isEqualTo(weights(run(two, p -> {})));
    }

    @Test
    void resumesWithTheSameSteps() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(0);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec, new SplittableRandom(1));
        final ModelFile whole = run(options(spec, samples, 60, Optional.empty()), p -> {});
        final TrainingOptions interrupted = options(spec, samples, 60, Optional.of(folder.resolve("work")));
        assertThat(new Trainer(interrupted, p -> {}).train(25)).isEmpty();
        final ModelFile resumed = run(interrupted, p -> {});
        assertThat(weights(resumed)).isEqualTo(weights(whole));
    }

    @Test
    void startsFromAModelAndIsNeverWorse() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(0);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec, new SplittableRandom(1));
        final Trainer first = new Trainer(options(spec, samples, 150, Optional.empty()), p -> {});
        final ModelFile model = first.train().orElseThrow();

        final ModelSpec wider = spec.withName("further").withPalette(2);
        final TrainingOptions further = options(wider, Optional.of(model), samples, 60,
                Optional.of(folder.resolve("work")));
        final List<TrainingListener.Progress> progress = new ArrayList<>();
        final Trainer second = new Trainer(further, progress::add);
        assertThat(second.validate(7)).isEqualTo(first.validate(7));
        assertThat(second.train(25)).isEmpty();
        assertThat(progress.get(0).step()).isZero();
        final ModelFile resumed = run(further, progress::add);
        final ModelFile whole = run(options(wider, Optional.of(model), samples, 60, Optional.empty()),
                p -> {});
        assertThat(weights(resumed)).isEqualTo(weights(whole));
        assertThat(progress.get(progress.size() - 1).validation()).isLessThanOrEqualTo(progress.get(0).validation());
        final JsonObject record = JsonParser.parseString(resumed.training().orElseThrow()).getAsJsonObject();
        assertThat(record.getAsJsonObject("from").get("name").getAsString()).isEqualTo(spec.name());
        assertThat(record.getAsJsonObject("from").get("sha256").getAsString())
                .isEqualTo(HexFormat.of().formatHex(model.sha256()));
        assertThat(record.get("data").getAsString()).isEqualTo("records");
        assertThat(record.get("dataSha256").getAsString()).isEqualTo("5a");

        assertThatThrownBy(() -> options(TrainingSpecs.all().get(1), Optional.of(model), samples, 60,
                Optional.empty())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("architecture");
        // Its checkpoint is not that of a training from random weights.
        assertThatThrownBy(() -> options(spec, Optional.of(resumed), samples, 60, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("architecture");
        assertThatThrownBy(() -> run(options(wider, samples, 60,
                Optional.of(folder.resolve("work"))), p -> {})).hasMessageContaining("another training");
    }

    @Test
    void stopLeavesACheckpoint() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(2);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec, new SplittableRandom(1));
        final TrainingOptions options = options(spec, samples, 60, Optional.of(folder));
        final Trainer trainer = new Trainer(options, p -> {});
        trainer.stop();
        assertThat(trainer.train()).isEmpty();
        assertThat(folder.resolve(spec.name() + ".checkpoint")).isNotEmptyFile();
        assertThat(weights(run(options, p -> {}))).isEqualTo(
                weights(run(options(spec, samples, 60, Optional.empty()), p -> {})));
    }

    /** Every byte counts: one that is changed anywhere, or missing, is noticed. */
    @Test
    void refusesADamagedCheckpoint() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(7);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec, new SplittableRandom(1));
        final TrainingOptions options = options(spec, samples, 60, Optional.of(folder));
        assertThat(new Trainer(options, p -> {}).train(5)).isEmpty();
        final Path file = folder.resolve(spec.name() + ".checkpoint");
        final byte[] sound = Files.readAllBytes(file);
        final SplittableRandom random = new SplittableRandom(9);
        final List<byte[]> damaged = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            final byte[] flipped = sound.clone();
            flipped[i < 12 ? i : random.nextInt(sound.length)] ^= (byte) (1 << random.nextInt(8));
            damaged.add(flipped);
        }
        for (int length : new int[] {0, 3, 4, 7, 8, 11, 100, sound.length - 1}) {
            damaged.add(Arrays.copyOf(sound, length));
        }
        // Lengths that are absurd, with a checksum that is right.
        for (int at : new int[] {4, 8 + ByteBuffer.wrap(sound).getInt(4) + 32}) {
            for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, sound.length}) {
                final ByteBuffer lying = ByteBuffer.wrap(sound.clone()).putInt(at, length);
                final CRC32C crc = new CRC32C();
                crc.update(lying.array(), 0, sound.length - 4);
                damaged.add(lying.putInt(sound.length - 4, (int) crc.getValue()).array());
            }
        }
        for (byte[] content : damaged) {
            Files.write(file, content);
            assertThatThrownBy(() -> run(options, p -> {})).isInstanceOf(FileSystemException.class)
                    .hasMessageStartingWith(file + ": is ").hasMessageContaining("delete it");
        }
        Files.write(file, sound);
        assertThat(run(options, p -> {})).isNotNull();
    }

    @Test
    void recordsMustSuitTheModel() {
        final ModelSpec spec = TrainingSpecs.all().get(5);
        final byte[] samples = new byte[RECORDS * spec.dims()];
        assertThatThrownBy(() -> options(spec, Arrays.copyOf(samples, 260 * spec.dims()), 60, Optional.empty()))
                .hasMessageContaining("too few");
        assertThatThrownBy(() -> options(spec.withName("x"), Arrays.copyOf(samples, 1), 60, Optional.empty()))
                .hasMessageContaining("no whole records");
        samples[100] = 2;
        assertThatThrownBy(() -> options(spec, samples, 60, Optional.empty())).hasMessageContaining("2 levels");
    }

    @Test
    void refusesTheCheckpointOfAnotherTraining() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(5);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec, new SplittableRandom(1));
        final Optional<Path> work = Optional.of(folder.resolve("work"));
        new Trainer(options(spec, samples, 60, work), p -> {}).train(5);
        assertThatThrownBy(() -> run(options(spec, samples, 61, work), p -> {}))
                .isInstanceOf(IOException.class).hasMessageContaining("another training");
    }

    private static ModelFile run(TrainingOptions options, TrainingListener listener) throws IOException {
        return new Trainer(options, listener).train().orElseThrow();
    }

    /** The tensors' bytes; the training record before them holds the duration. */
    private static String weights(ModelFile model) {
        final byte[] bytes = model.toBytes();
        final int header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        return Arrays.toString(Arrays.copyOfRange(bytes, 8 + header, bytes.length));
    }
}
