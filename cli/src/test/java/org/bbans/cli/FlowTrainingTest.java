package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowTrainingTest {

    private static final int RECORDS = 60;

    @TempDir
    private Path dir;

    @Test
    void trainedDescribedUsed() throws Exception {
        final Path data = pictures(8);
        final Path model = dir.resolve("small.safetensors");
        final Cli trained = Cli.run("train", data, "-o", model, "--family", "flow", "--channels", "3", "--blocks", "1",
                "--steps", "200", "--batch", "8", "--validation", "20", "--work", dir);
        assertThat(trained.err()).contains("\"family\":\"flow\"").contains("validation");
        assertThat(Cli.run("models", "-v", model.toString()).out()).contains("\"even\":[2570").contains("256");
        final Path archive = dir.resolve("a.bba");
        Cli.run("compress", "-m", model, "-o", archive, data);
        final Path back = dir.resolve("back");
        Cli.run("decompress", "-m", model, "-o", back, archive);
        assertThat(back).hasSameBinaryContentAs(data);
        assertThat(Cli.run("train", data, "-o", dir.resolve("m"), "--from", model).err()).contains("flow");
    }

    @Test
    void optionsThatDoNotGoTogether() throws Exception {
        final Path data = pictures(8);
        final List<Object> train = List.of("train", data, "-o", dir.resolve("m"), "--steps", "1");
        assertThat(Cli.run(train, "--family", "flow", "--states", "3").err()).contains("--states does not go with");
        assertThat(Cli.run(train, "--family", "flow", "--rank", "3").err()).contains("--rank does not go with");
        assertThat(Cli.run(train, "--family", "flow", "--report", dir).err()).contains("--report");
        assertThat(Cli.run(train, "--family", "flow", "--blocks", "17").err()).contains("blocks must be 0 to 16");
        assertThat(Cli.run("train", pictures(6), "-o", dir.resolve("m"), "--family", "flow").err())
                .contains("must be a multiple of 4");
    }

    private Path pictures(int side) throws Exception {
        return Files.write(dir.resolve("pictures-" + side), Samples.noiseIdx(RECORDS, side, 20, 100));
    }
}
