package org.bbans.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bbans.model.Elbo;
import org.bbans.model.ModelFile;
import org.bbans.model.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {

    private static final int RECORDS = 700;
    private static final int VALIDATION = 200;

    @TempDir
    private Path folder;

    static List<ModelSpec> specs() {
        return TrainingSpecs.all();
    }

    private TrainingOptions options(ModelSpec spec, byte[] samples, int steps, Optional<Path> work) throws IOException {
        return new TrainingOptions(spec, TrainingSpecs.idx(folder, samples), 50, VALIDATION, false, 0, 0.1, 20, 15,
            new TrainingOptions.Schedule(0, steps, 0.01, 10, 50, 0, 0.9, 1), 4, folder.resolve("out.safetensors"), work,
            Optional.empty(), "train");
    }

    @ParameterizedTest
    @MethodSource("specs")
    void learnsAndTheModelFileCodesAsItWasTrained(ModelSpec spec) throws Exception {
        final byte[] samples = TrainingSpecs.records(RECORDS, spec.levels(), new SplittableRandom(1));
        final List<TrainingListener.Progress> short1 = new ArrayList<>();
        Trainer.run(options(spec, samples, 1, Optional.empty()), short1::add);
        final List<TrainingListener.Progress> progress = new ArrayList<>();
        final ModelFile model = Trainer.run(options(spec, samples, 400, Optional.empty()), progress::add);
        final double before = last(short1).validation();
        final double after = last(progress).validation();
        assertThat(after).isLessThan(0.9 * before);
        assertThat(Files.readAllBytes(folder.resolve("out.safetensors"))).isEqualTo(model.toBytes());

        final byte[] validation = new byte[VALIDATION * spec.dims()];
        System.arraycopy(samples, (RECORDS - 50 - VALIDATION) * spec.dims(), validation, 0, validation.length);
        double sum = 0;
        for (int seed = 0; seed < 20; seed++) {
            sum += Elbo.of(model, validation, VALIDATION, seed).bitsPerDim();
        }
        // Weights in 16 bits and other samples of the latents; the latter's spread is what the tolerance is for.
        assertThat(sum / 20).isCloseTo(after, within(0.01 * after));
    }

    @Test
    void resumesWithTheSameSteps() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(0);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec.levels(), new SplittableRandom(1));
        final ModelFile whole = Trainer.run(options(spec, samples, 60, Optional.empty()), p -> { });
        final TrainingOptions interrupted = options(spec, samples, 60, Optional.of(folder.resolve("work")));
        assertThat(new Trainer(interrupted, p -> { }, HeadKernels.best()).train(25)).isEmpty();
        final ModelFile resumed = Trainer.run(interrupted, p -> { });
        assertThat(weights(resumed)).isEqualTo(weights(whole));
    }

    @Test
    void refusesTheCheckpointOfAnotherTraining() throws Exception {
        final ModelSpec spec = TrainingSpecs.all().get(5);
        final byte[] samples = TrainingSpecs.records(RECORDS, spec.levels(), new SplittableRandom(1));
        final Optional<Path> work = Optional.of(folder.resolve("work"));
        new Trainer(options(spec, samples, 60, work), p -> { }, HeadKernels.best()).train(5);
        assertThatThrownBy(() -> Trainer.run(options(spec, samples, 61, work), p -> { }))
            .isInstanceOf(IOException.class).hasMessageContaining("another training");
    }

    /** The tensors' bytes; the training record before them holds the duration. */
    private static String weights(ModelFile model) {
        final byte[] bytes = model.toBytes();
        final int header = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt();
        return java.util.Arrays.toString(java.util.Arrays.copyOfRange(bytes, 8 + header, bytes.length));
    }

    private static TrainingListener.Progress last(List<TrainingListener.Progress> progress) {
        return progress.get(progress.size() - 1);
    }
}
