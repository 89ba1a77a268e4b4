package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bbans compress --train}: of two archives the smaller one is kept. */
class OwnModelTest {

    private static final Pattern SIZES =
            Pattern.compile("([0-9,]+) bytes with a model of its own, ([0-9,]+) bytes without; the (first|second) is");

    @TempDir
    private Path dir;

    @Test
    void aModelOfItsOwnIsEmbeddedIfItPays() throws Exception {
        assertThat(compressed("many", ramps(20_000))).isEqualTo("first");
    }

    @Test
    void oneThatDoesNotPayIsLeftOut() throws Exception {
        assertThat(compressed("few", ramps(200))).isEqualTo("second");
    }

    private String compressed(String name, byte[] content) throws Exception {
        Path file = Files.write(dir.resolve(name), content);
        Cli run = Cli.run("compress", "--train", "3s", "--record-shape", "6", file);
        assertThat(run.code()).as(run.err()).isZero();
        Matcher sizes = SIZES.matcher(run.err());
        assertThat(sizes.find()).as(run.err()).isTrue();
        long with = Long.parseLong(sizes.group(1).replace(",", ""));
        long without = Long.parseLong(sizes.group(2).replace(",", ""));
        Path archive = dir.resolve(name + ".bba");
        assertThat(Files.size(archive)).isEqualTo(Math.min(with, without));
        Path back = dir.resolve(name + ".back");
        assertThat(Cli.run("decompress", "-o", back, archive).code()).isZero();
        assertThat(back).hasBinaryContent(content);
        return sizes.group(3);
    }

    /** Records of six samples that rise from one to the next, with noise. */
    private static byte[] ramps(int count) {
        Random random = new Random(6);
        ByteBuffer out = ByteBuffer.allocate(6 * count);
        for (int r = 0; r < count; r++) {
            double level = 40 + 100 * random.nextDouble();
            for (int i = 0; i < 6; i++) {
                level += 8 + random.nextGaussian();
                out.put((byte) level);
            }
        }
        return out.array();
    }

    @Test
    void whatItDoesNotGoWith() throws Exception {
        Path file = Files.write(dir.resolve("some"), ramps(100));
        assertThat(Cli.run("compress", "--train", "5x", file).err()).contains("'5x' is no time such as 90s");
        assertThat(Cli.run("compress", "--train", "5s", "-m", "mnist", file).err()).contains("--model");
        assertThat(Cli.run("compress", "--train", "5s", dir).err()).contains("--train is for single files");
    }
}
