package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdeTrainingTest {

    private static final int RECORDS = 300;
    private static final int SIDE = 7;

    @TempDir
    private Path dir;

    /** One model, coded in several numbers of steps; what is said of it and of the archives. */
    @Test
    void trainedDescribedUsedInAnyNumberOfSteps() throws Exception {
        final Path data = pictures();
        final Path model = dir.resolve("small.safetensors");
        final Cli trained = Cli.run("train", data, "-o", model, "--family", "sde", "--latents", "4", "--encoder", "8",
                "--drift", "6", "--decoder", "", "--rank", "4", "--steps", "400", "--rate", "0.01", "--kl-warmup", "0",
                "--batch", "50", "--validation", "20", "--average", "0.9", "--work", dir);
        assertThat(trained.err()).contains("\"family\":\"sde\"").contains("validation");
        assertThat(Cli.run("models", "-v", model.toString()).out()).contains("\"drift\":[6]");
        for (int steps : new int[] {4, 16, 40}) {
            final Path archive = dir.resolve(steps + ".bba");
            final Cli compressed = steps == 16
                    ? Cli.run("compress", "-m", model, "-o", archive, data)
                    : Cli.run("compress", "-m", model, "--steps", steps, "-o", archive, data);
            assertThat(compressed.code()).as(compressed.err()).isZero();
            final Path back = dir.resolve("back" + steps);
            Cli.run("decompress", "-m", model, "-o", back, archive);
            assertThat(back).hasSameBinaryContentAs(data);
            assertThat(Cli.run("info", "-v", "-m", model, archive).out())
                    .contains(steps + " steps of time")
                    .containsPattern("about [0-9,]+ initial bits, for [0-9]+ record");
        }
        assertThat(Cli.run("bench", "-m", model, "--steps", "3", data).out()).contains("bbans small");
    }

    @Test
    void optionsThatDoNotGoTogether() throws Exception {
        final Path data = pictures();
        assertThat(Cli.run("compress", "--steps", "4", "-m", "mnist", data).err()).contains("--steps");
        assertThat(Cli.run("compress", "--steps", "4", data).err()).contains("--steps").contains("--model");
        final Path out = dir.resolve("m");
        assertThat(Cli.run("train", data, "-o", out, "--drift", "3").err()).contains("--drift goes with --family sde");
        assertThat(Cli.run("train", data, "-o", out, "--family", "sde", "--hidden", "3").err())
                .contains("--hidden does not go with --family sde");
        assertThat(Cli.run("train", data, "-o", out, "--family", "sde", "--latents", "3,2").err())
                .contains("--latents");
        assertThat(Cli.run("train", data, "-o", out, "--family", "sde", "--report", dir).err()).contains("--report");
    }

    /** Each is dark or bright as a whole. */
    private Path pictures() throws Exception {
        return Files.write(dir.resolve("pictures"), Samples.noiseIdx(RECORDS, SIDE, 12, 60, 180));
    }
}
