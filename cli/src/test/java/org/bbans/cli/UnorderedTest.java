package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compress --unordered}, the command as a process. */
class UnorderedTest {

    private static final String SORTED = "its records come sorted; their first order was not kept";

    @TempDir
    private Path dir;
    private Path in;
    private Path archive;
    private Path back;

    @BeforeEach
    void names() {
        in = dir.resolve("in");
        archive = dir.resolve("in.bba");
        back = dir.resolve("back");
    }

    private static Cli run(Object... args) throws Exception {
        return Cli.finish(Cli.start(args), new byte[0]);
    }

    private static Cli good(Cli cli) {
        assertThat(cli.code()).as(cli.err()).isZero();
        return cli;
    }

    /** Fails with one line that holds these words, and leaves no archive. */
    private void refused(int code, String words, Object... args) throws Exception {
        Cli cli = run(args);
        assertThat(cli.code()).as(cli.err()).isEqualTo(code);
        assertThat(cli.err()).contains(words).doesNotContain("internal error", "Exception");
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(archive).doesNotExist();
    }

    /** The records behind some bytes, sorted as unsigned numbers and put behind these bytes again. */
    private static byte[] sorted(byte[] content, int leading, int size) {
        List<byte[]> records = IntStream.range(0, (content.length - leading) / size)
                .mapToObj(i -> Arrays.copyOfRange(content, leading + i * size, leading + (i + 1) * size))
                .sorted(Arrays::compareUnsigned).toList();
        return Samples.concat(Arrays.copyOf(content, leading), Samples.concat(records.toArray(byte[][]::new)));
    }

    /** With a model that has latents; whatever the order was, the archive is the same. */
    @Test
    void digitsComeBackSorted() throws Exception {
        Path model = Samples.write(dir.resolve("model"), Samples.greyModel().toBytes());
        byte[] content = Samples.idx(400);
        Samples.write(in, content);
        good(run("compress", "-m", model, in, dir.resolve("ordered.bba")));
        good(run("compress", "-m", model, "--unordered", "-T", 1, in));
        assertThat(Files.size(archive)).as("400 records, whose order takes 7.2 bits of each")
                .isLessThan(Files.size(dir.resolve("ordered.bba")) - 330);

        good(run("verify", "-m", model, archive));
        String info = good(run("info", archive)).out();
        assertThat(info).contains("400 x 8x8", "unordered: sorted, not as they came");
        assertThat(JsonParser.parseString(good(run("info", "--json", archive)).out()).getAsJsonArray().get(0)
                .getAsJsonObject().getAsJsonObject("records").get("unordered").getAsBoolean()).isTrue();
        Cli restored = good(run("decompress", "-m", model, archive, back));
        assertThat(restored.err()).contains(SORTED);
        assertThat(back).hasBinaryContent(sorted(content, 16, 64));

        List<Integer> order = IntStream.range(0, 400).boxed().collect(Collectors.toList());
        Collections.shuffle(order, new Random(3));
        byte[] other = content.clone();
        IntStream.range(0, 400)
                .forEach(i -> System.arraycopy(content, 16 + order.get(i) * 64, other, 16 + i * 64, 64));
        Samples.write(in, other);
        good(run("compress", "-m", model, "--unordered", "-T", 2, in, dir.resolve("shuffled.bba")));
        assertThat(dir.resolve("shuffled.bba")).hasSameBinaryContentAs(archive);
    }

    /** Without a model, in several blocks and through pipes. */
    @Test
    void keysComeBackSorted() throws Exception {
        byte[] content = Samples.random(5 * 900);
        Cli compressed = good(Cli.finish(Cli.start("compress", "--unordered", "--record-shape", "5",
                "--block-records", 400, "-"), content));
        Samples.write(archive, compressed.bytes());
        assertThat(compressed.bytes().length).as("three blocks, whose orders are not coded")
                .isLessThan(content.length - 600);
        Cli restored = good(Cli.finish(Cli.start("decompress", "-"), compressed.bytes()));
        assertThat(restored.bytes()).isEqualTo(sorted(content, 0, 5));
        assertThat(run("verify", archive).code()).isZero();
    }

    @Test
    void whatHasNoOrderToLoseIsRefused() throws Exception {
        Samples.write(in, Samples.text());
        refused(1, "no records are found in it whose order could be left out", "compress", "--unordered", in);
        Samples.write(in, Samples.gzip(Samples.idx(20)));
        refused(1, "'gunzip' it first", "compress", "--unordered", in);
        Files.copy(Path.of(System.getProperty("bbans.testdata"), "omniglot", "last-40.pbm"), dir.resolve("page"));
        refused(2, "not for folders or several files together", "compress", "--unordered", "-o", archive, in,
                dir.resolve("page"));
        Path folder = Files.createDirectory(dir.resolve("in2"));
        refused(2, "not for folders or several files together", "compress", "--unordered", folder);
        Samples.write(in, Samples.idx(20));
        refused(1, "the order of its records is lost", "compress", "--unordered", "--rm", in);
        assertThat(in).exists();
    }

    /** The model for images learns from row to row: the picture stays as it is. */
    @Test
    void aPictureStaysAsItIs() throws Exception {
        byte[] pixels = new byte[96 * 96];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (100 + i % 96 / 2 + i / 96 / 3 + (i * 7919 >> 5) % 3);
        }
        byte[] content = Samples.concat("P5\n96 96\n255\n".getBytes(StandardCharsets.US_ASCII),
                pixels);
        Samples.write(in, content);
        assertThat(good(run("compress", "--unordered", in)).err()).contains("its records stay in order");
        assertThat(good(run("decompress", archive, back)).err()).doesNotContain(SORTED);
        assertThat(back).hasBinaryContent(content);
    }
}
