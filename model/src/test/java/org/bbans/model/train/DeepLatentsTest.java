package org.bbans.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bbans.codec.format.RecordCodec;
import org.bbans.model.Elbo;
import org.bbans.model.Model;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Transition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training of a model with several layers of latents, to the payload that it makes. */
class DeepLatentsTest {

    /** With and without hidden layers between the layers of latents. */
    static final ModelSpec SPEC = new ModelSpec("deep", List.of(TrainingSpecs.HEIGHT, TrainingSpecs.WIDTH), 256,
            List.of(4, 3, 2), Optional.of(new ModelSpec.Encoder(List.of(10))),
            List.of(new Transition(List.of(5), Transition.Backward.PRODUCT, List.of()),
                    new Transition(List.of(), Transition.Backward.RELATIVE, List.of(7))),
            Optional.of(new ModelSpec.Decoder(List.of(6), 4)), TrainingSpecs.all().get(1).likelihood());
    private static final int RECORDS = 1000;

    @TempDir
    private Path folder;

    @Test
    void learnsAndItsPayloadTakesWhatItSays() throws Exception {
        final byte[] samples = TrainingSpecs.records(RECORDS, SPEC, new SplittableRandom(1));
        final TrainingOptions options = new TrainingOptions(SPEC, Optional.empty(),
                TrainingSpecs.inMemory(SPEC, samples), new TrainingOptions.Parts(200, 0),
                new TrainingOptions.Variation(false, 0, false, 0), 20, SPEC.pixels(),
                new TrainingOptions.Schedule(0, 400, 0.01, 10, 50, 0, 0.95, 1), 4, 2, Optional.empty(), "train");
        final List<TrainingListener.Progress> progress = new ArrayList<>();
        final Trainer trainer = new Trainer(options, progress::add);
        final double before = trainer.validate(0);
        final ModelFile model = trainer.train().orElseThrow();
        final double validation = progress.get(progress.size() - 1).validation();
        assertThat(validation).isLessThan(0.7 * before);
        trainer.writeReport(folder);
        final String page = Files.readString(folder.resolve("index.html"));
        assertThat(page).contains("z3 ", " z2 ", " z1 ");
        assertThat(page.lines().filter(l -> l.startsWith("<tr><td>"))).hasSize(9)
                .allMatch(l -> l.split("<td>").length == 7);

        final Elbo elbo = Elbo.of(Model.of(model), samples, RECORDS, 1);
        assertThat(elbo.klPerLatent()).hasSize(9);
        assertThat(elbo.bitsPerDim()).isBetween(0.9 * validation, 1.1 * validation);
        final RecordCodec codec = Model.of(model).codec();
        final byte[] payload = codec.encode(samples, RECORDS);
        final byte[] back = new byte[samples.length];
        codec.decode(payload, back, RECORDS);
        assertThat(back).isEqualTo(samples);
        // One sample of the latents for the one, another for the other.
        assertThat(payload.length * 8.0).isBetween(0.98 * elbo.totalBits(), 1.02 * elbo.totalBits());
    }
}
