package org.bbans.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bbans.model.Elbo;
import org.bbans.model.chain.LatentRecordCodec;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training of a model with several layers of latents, to the payload that it makes. */
class DeepLatentsTest {

    /** With and without hidden layers between the layers of latents. */
    static final ModelSpec SPEC = new ModelSpec("deep", List.of(TrainingSpecs.HEIGHT, TrainingSpecs.WIDTH), 256,
        List.of(4, 3, 2), Optional.of(new ModelSpec.Encoder(List.of(10))),
        List.of(new ModelSpec.Transition(List.of(5), List.of()), new ModelSpec.Transition(List.of(), List.of(7))),
        Optional.of(new ModelSpec.Decoder(List.of(6), 4)), TrainingSpecs.all().get(1).likelihood());
    private static final int RECORDS = 1000;

    @TempDir
    private Path folder;

    @Test
    void learnsAndItsPayloadTakesWhatItSays() throws Exception {
        final byte[] samples = TrainingSpecs.records(RECORDS, SPEC, new SplittableRandom(1));
        final TrainingOptions options = new TrainingOptions(SPEC, Optional.empty(),
            new TrainingOptions.Source(TrainingSpecs.idx(folder, SPEC, samples), "records", "", 0, 200),
            new TrainingOptions.Variation(false, 0, false, 0), 20, SPEC.pixels(),
            new TrainingOptions.Schedule(0, 400, 0.01, 10, 50, 0, 0.95, 1), 4, 2, folder.resolve("out.safetensors"),
            Optional.empty(), Optional.of(folder.resolve("report")), "train");
        final List<TrainingListener.Progress> progress = new ArrayList<>();
        final Trainer trainer = new Trainer(options, progress::add, HeadKernels.best());
        final double before = trainer.validate(0);
        final ModelFile model = trainer.train(Long.MAX_VALUE).orElseThrow();
        final double validation = progress.get(progress.size() - 1).validation();
        assertThat(validation).isLessThan(0.7 * before);
        assertThat(Files.readString(folder.resolve("report").resolve("index.html"))).contains("z3 ", " z2 ", " z1 ");

        final Elbo elbo = Elbo.of(model, samples, RECORDS, 1);
        assertThat(elbo.klPerLatent()).hasSize(9);
        assertThat(elbo.bitsPerDim()).isBetween(0.9 * validation, 1.1 * validation);
        final LatentRecordCodec codec = new LatentRecordCodec(model);
        final byte[] payload = codec.encode(samples, RECORDS);
        final byte[] back = new byte[samples.length];
        codec.decode(payload, back, RECORDS);
        assertThat(back).isEqualTo(samples);
        // One sample of the latents for the one, another for the other.
        assertThat(payload.length * 8.0).isBetween(0.98 * elbo.totalBits(), 1.02 * elbo.totalBits());
    }
}
