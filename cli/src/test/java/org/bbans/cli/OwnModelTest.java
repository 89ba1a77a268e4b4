package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bbans compress --train}: of two archives the smaller one is kept. */
class OwnModelTest {

    private static final Pattern SIZES =
            Pattern.compile("([0-9,]+) bytes with a model of its own, ([0-9,]+) bytes without; the (first|second) is");

    private static final int RECORDS = 400;
    private static final int SIDE = 7;

    @TempDir
    private Path dir;

    @Test
    void theSmallerArchiveIsKept() throws Exception {
        byte[] content = pictures();
        Path file = Files.write(dir.resolve("pictures"), content);
        Cli run = Cli.run("compress", "--train", "3s", file);
        assertThat(run.code()).as(run.err()).isZero();
        Matcher sizes = SIZES.matcher(run.err());
        assertThat(sizes.find()).as(run.err()).isTrue();
        long with = Long.parseLong(sizes.group(1).replace(",", ""));
        long without = Long.parseLong(sizes.group(2).replace(",", ""));
        assertThat(sizes.group(3)).isEqualTo(with < without ? "first" : "second");
        Path archive = dir.resolve("pictures.bba");
        assertThat(Files.size(archive)).isEqualTo(Math.min(with, without));
        Path back = dir.resolve("back");
        assertThat(Cli.run("decompress", "-o", back, archive).code()).isZero();
        assertThat(back).hasBinaryContent(content);
    }

    /** The model that is being trained lies among the temporary files. */
    @Test
    void aSignalLeavesNothingBehind() throws Exception {
        assumeThat(ProcessTest.isIgnoredHere(2)).as("processes inherit ignored signals").isFalse();
        Path file = Files.write(dir.resolve("pictures"), pictures());
        Path temporary = Files.createDirectory(dir.resolve("tmp"));
        Process process = Cli.builder(Path.of(System.getProperty("java.home")),
                List.of("-Djava.io.tmpdir=" + temporary), "org.bbans.cli.Main", "compress", "--train", "10m", file)
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (names(temporary).isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(names(temporary)).singleElement().asString().matches("\\.bbans-\\d+-.*\\.tmp");
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
        Cli run = Cli.finish(process, new byte[0]);
        assertThat(run.code()).as(run.err()).isEqualTo(128 + 2);
        assertThat(run.err().lines()).allMatch(line -> line.startsWith("bbans: "))
                .noneMatch(line -> line.contains("internal"));
        assertThat(names(temporary)).isEmpty();
        assertThat(names(dir)).containsExactlyInAnyOrder("pictures", "tmp");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }

    private static byte[] pictures() {
        return Samples.noiseIdx(RECORDS, SIDE, 3, 60, 180);
    }

    @Test
    void whatItDoesNotGoWith() throws Exception {
        Path file = Files.write(dir.resolve("some"), pictures());
        assertThat(Cli.run("compress", "--train", "5x", file).err()).contains("'5x' is no time such as 90s");
        assertThat(Cli.run("compress", "--train", "5s", "-m", "mnist", file).err()).contains("--model");
        assertThat(Cli.run("compress", "--train", "5s", dir).err()).contains("--train is for single files");
    }
}
