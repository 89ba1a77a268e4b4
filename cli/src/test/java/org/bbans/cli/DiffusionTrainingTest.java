package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffusionTrainingTest {

    private static final int RECORDS = 60;

    @TempDir
    private Path dir;

    @Test
    void trainedDescribedUsed() throws Exception {
        final Path data = pictures(8);
        final Path model = dir.resolve("small.safetensors");
        final Cli trained = Cli.run("train", data, "-o", model, "--family", "diffusion", "--states", "5", "--channels",
                "4", "--blocks", "1", "--rank", "2", "--steps", "30", "--validation", "20", "--work", dir);
        assertThat(trained.err()).contains("\"family\":\"diffusion\"").contains("validation");
        assertThat(Cli.run("models", "-v", model.toString()).out()).contains("\"steps\":5").contains("320");
        final Path archive = dir.resolve("a.bba");
        Cli.run("compress", "-m", model, "-o", archive, data);
        final Path back = dir.resolve("back");
        Cli.run("decompress", "-m", model, "-o", back, archive);
        assertThat(back).hasSameBinaryContentAs(data);
        assertThat(Cli.run("train", data, "-o", dir.resolve("m"), "--from", model).err()).contains("diffusion");
    }

    @Test
    void optionsThatDoNotGoTogether() throws Exception {
        final Path data = pictures(8);
        final List<Object> train = List.of("train", data, "-o", dir.resolve("m"), "--steps", "1");
        assertThat(Cli.run(train, "--states", "3").err()).contains("--states goes with --family diffusion");
        assertThat(Cli.run(train, "--family", "diffusion", "--latents", "3").err())
                .contains("--latents does not go with");
        assertThat(Cli.run(train, "--family", "diffusion", "--report", dir).err()).contains("--report");
        assertThat(Cli.run(train, "--family", "diffusion", "--states", "65").err()).contains("steps must be 2 to 64");
        assertThat(Cli.run("train", pictures(7), "-o", dir.resolve("m"), "--family", "diffusion").err())
                .contains("must be even");
    }

    private Path pictures(int side) throws Exception {
        return Files.write(dir.resolve("pictures-" + side), Samples.noiseIdx(RECORDS, side, 20, 100));
    }
}
