package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
