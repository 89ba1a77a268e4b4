package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bbans estimate} says against what {@code bbans compress} makes. */
class EstimateTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final int DIGITS = 3000;
    private static final int HEADER = 16;

    @TempDir
    private Path dir;

    @Test
    void archivesAreAsLargeAsItSays() throws Exception {
        Path folder = Files.createDirectory(dir.resolve("all"));
        byte[] digits = Arrays.copyOf(Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte")),
                HEADER + DIGITS * 784);
        ByteBuffer.wrap(digits).putInt(4, DIGITS);
        Path idx = Samples.write(folder.resolve("digits"), digits);
        Path text = Samples.write(folder.resolve("a"), Files.readAllBytes(TESTDATA.resolveSibling("FORMAT.md")));
        Samples.write(folder.resolve("noise"), Samples.random(2_000_000));

        Cli cli = Cli.run("estimate", "--seconds", "1", folder);

        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        String said = new String(cli.bytes(), StandardCharsets.UTF_8);
        assertThat(said).contains("28x28: model mnist-fast has been trained for such records");
        double[] records = line("IDX", said);
        assertThat(Cli.run("compress", "--no-verify", idx).code()).isZero();
        double percent = 100.0 * Files.size(Path.of(idx + ".bba")) / Files.size(idx);
        assertThat(records[0]).isCloseTo(percent, within(Math.max(0.03 * percent, 2 * records[1])));
        double[] others = line("others", said);
        assertThat(Cli.run("compress", "--no-verify", text).code()).isZero();
        double all = 100.0 * (2_000_000 + Files.size(Path.of(text + ".bba"))) / (2_000_000 + Files.size(text));
        assertThat(others[0]).isCloseTo(all, within(Math.max(4, 2 * others[1])));

        // What is sampled as a whole is known.
        String small = new String(Cli.run("estimate", text).bytes(), StandardCharsets.UTF_8);
        assertThat(line("others", small)[1]).isZero();
        assertThat(line("others", small)[0])
                .isCloseTo(100.0 * Files.size(Path.of(text + ".bba")) / Files.size(text), within(0.2));
    }

    /** Of more kinds than there is time for several pieces of, each is sampled once. */
    @Test
    void manyKindsAreEachSampled() {
        Cli cli = Cli.run("estimate", "--seconds", "1", TESTDATA.resolve("containers"));
        assertThat(cli.code()).as(cli.err()).isZero();
        String said = new String(cli.bytes(), StandardCharsets.UTF_8);
        for (String kind : List.of("TIFF", "BMP", "tar", "cpio", "FITS", "NIfTI", "zip", "DICOM", "ar", "PGM",
                "others")) {
            assertThat(line("(?m)^" + kind, said)[0]).as(kind).isBetween(1.0, 99.0);
        }
    }

    /** Percent, and how sure that is. */
    private static double[] line(String kind, String text) {
        Matcher line = Pattern.compile(kind + " +[\\d,]+ +[\\d,]+ +[\\d,]+ +([\\d.]+) +([\\d.]+) .*").matcher(text);
        assertThat(line.find()).as(text).isTrue();
        return new double[] {Double.parseDouble(line.group(1)), Double.parseDouble(line.group(2))};
    }
}
