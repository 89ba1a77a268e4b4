package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.bbans.model.file.ModelFile;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.ModelSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.OptionSpec;

/** The commands from end to end, in this process. */
class CommandsTest {

    @TempDir
    private Path dir;
    private Path in;
    private Path archive;
    private Path back;
    private Path grey;
    private Path binary;

    @BeforeEach
    void files() {
        in = dir.resolve("in");
        archive = dir.resolve("in.bba");
        back = dir.resolve("back");
        grey = Samples.write(dir.resolve("grey.safetensors"), Samples.greyModel().toBytes());
        binary = Samples.write(dir.resolve("binary.safetensors"), Samples.twoValuedModel().toBytes());
    }

    private static void succeeds(Cli cli) {
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
    }

    /** Fails with exit code 1 and exactly one line, which names the file and holds each of the given words. */
    private void fails(Cli cli, Path file, String... words) {
        assertThat(cli.err().lines()).as(cli.err()).hasSize(1);
        assertThat(cli.err()).startsWith("bbans: " + file + ": ").doesNotContain("internal error", "Exception");
        for (String word : words) {
            assertThat(cli.err()).contains(word);
        }
        assertThat(cli.code()).isEqualTo(1);
    }

    /** Contents go to the descriptor itself, which only a process of its own lets see. */
    private static byte[] standardOutput(Object... args) throws Exception {
        return Cli.finish(Cli.start(args), new byte[0]).bytes();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    static Stream<Arguments> anything() {
        return Stream.of(
                Arguments.of("empty", new byte[0]), Arguments.of("one byte", new byte[] {42}),
                Arguments.of("text", Samples.text()), Arguments.of("random", Samples.random(100_000)),
                Arguments.of("IDX", Samples.idx(200)), Arguments.of("PGM", Samples.pgm(200)),
                Arguments.of("PBM", Samples.pbm(200)), Arguments.of("NPY", Samples.npy(200)),
                Arguments.of("two-valued IDX", Samples.twoValuedIdx(200)),
                Arguments.of("truncated IDX", Arrays.copyOf(Samples.idx(200), 5000)),
                Arguments.of("gzip", Samples.gzip(Samples.text())),
                Arguments.of("damaged gzip", Arrays.copyOf(Samples.gzip(Samples.random(500)), 400)),
                Arguments.of("only a gzip header", Arrays.copyOf(Samples.gzip(Samples.text()), 18)),
                Arguments.of("IDX header alone", Arrays.copyOf(Samples.idx(1), 16)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("anything")
    void anyFileComesBack(String name, byte[] content) throws IOException {
        Samples.write(in, content);

        succeeds(Cli.run("compress", "-q", in));
        succeeds(Cli.run("verify", archive));
        succeeds(Cli.run("info", archive));
        succeeds(Cli.run("decompress", archive, back));

        assertThat(back).hasBinaryContent(content);
        assertThat(Files.size(archive)).isLessThanOrEqualTo(content.length + 69L);
        assertThat(names()).containsExactly("back", "binary.safetensors", "grey.safetensors", "in", "in.bba");
    }

    static Stream<Arguments> recordsInManyFormats() {
        return Stream.of(
                Arguments.of("IDX", Samples.idx(300), false), Arguments.of("PGM page", Samples.pgm(300), false),
                Arguments.of("NPY", Samples.npy(300), false), Arguments.of("PBM page", Samples.pbm(300), true),
                Arguments.of("two-valued IDX", Samples.twoValuedIdx(300), true),
                Arguments.of("gzipped IDX", Samples.gzip(Samples.idx(300)), false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordsInManyFormats")
    void recordsInAnyKnownFormatAreCodedByTheModel(String name, byte[] content, boolean twoValued) throws IOException {
        Samples.write(in, content);
        Path model = twoValued ? binary : grey;

        succeeds(Cli.run("compress", "--fast", "--model", model, "--block-records", 150, in, archive));
        Cli info = Cli.run("info", "--json", archive);

        var json = JsonParser.parseString(info.out()).getAsJsonArray().get(0).getAsJsonObject();
        assertThat(json.getAsJsonArray("blocks")).extracting(b -> b.getAsJsonObject().get("codec").getAsString())
                .as("the header, then the records").containsExactly("stored", "model", "model");
        assertThat(json.getAsJsonObject("records").get("count").getAsInt()).isEqualTo(300);
        assertThat(json.getAsJsonObject("records").get("shape").toString()).isEqualTo("[8,8]");
        assertThat(json.getAsJsonObject("model").get("name").getAsString())
                .isEqualTo(twoValued ? "binary-8x8" : "grey-8x8");
        succeeds(Cli.run("decompress", "--model", model, archive, back));
        assertThat(back).hasBinaryContent(content);
    }

    /** A message says which model is needed, and which one was given instead. */
    @Test
    void theWrongModelIsNamed() throws IOException {
        Samples.write(in, Samples.idx(300));
        succeeds(Cli.run("compress", "--fast", "--model", grey, in, archive));
        Cli wrong = Cli.run("decompress", "--model", binary, archive, back);
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.err()).contains("needs model \"grey-8x8\"", "the given one is model \"binary-8x8\"");
        assertThat(Cli.run("decompress", archive, back).err()).contains("needs model \"grey-8x8\"", "not at hand");
        succeeds(Cli.run("info", "-v", "--model", binary, archive));
    }

    /** Whether 1 or 0 is ink: an archive of the one page has the size of that of the other. */
    @Test
    void whichBitMeansInkDoesNotMatter() throws IOException {
        byte[] content = Samples.pbm(300);
        Samples.write(in, content);
        succeeds(Cli.run("compress", "--fast", "--model", binary, in, archive));
        long size = Files.size(archive);
        for (int i = content.length - 300 * 8; i < content.length; i++) {
            content[i] = (byte) ~content[i];
        }
        Samples.write(in, content);

        succeeds(Cli.run("compress", "-f", "--fast", "--model", binary, "-o", archive, in));

        assertThat(Files.size(archive)).isEqualTo(size);
        assertThat(Cli.run("info", archive).out()).contains("rows of inverted bits");
        succeeds(Cli.run("decompress", "--model", binary, archive, back));
        assertThat(back).hasBinaryContent(content);
    }

    /** PBM's 1 is ink, Omniglot's 0. */
    @Test
    void theDrawingsThatShipAreCodedByTheirModel() throws IOException {
        Path page = Path.of(System.getProperty("bbans.testdata"), "omniglot", "last-40.pbm");

        succeeds(Cli.run("compress", page, archive));

        assertThat(Files.size(archive)).isLessThan(1300);
        succeeds(Cli.run("decompress", archive, back));
        assertThat(back).hasSameBinaryContentAs(page);
    }

    @Test
    void verboseInfoSaysWhatChainsBeginWith() {
        Path golden = Path.of(System.getProperty("bbans.testdata"), "golden");
        Cli text = Cli.run("info", "-v", golden.resolve("mnist-40.bba"), golden.resolve("text.bba"));
        succeeds(text);
        assertThat(text.out().lines()).as("the model's block alone").filteredOn(line -> line.contains("initial bits"))
                .singleElement().asString().matches(" +\\d+ bits for \\d+ lane heads?; about \\d+ "
                        + "initial bits, for \\d+ records? without latents");
        Cli json = Cli.run("info", "-v", "--json", golden.resolve("mnist-40.bba"));
        var block = JsonParser.parseString(json.out()).getAsJsonArray().get(0).getAsJsonObject()
                .getAsJsonArray("blocks").asList().stream().map(b -> b.getAsJsonObject())
                .filter(b -> b.has("laneHeads")).findFirst().orElseThrow();
        assertThat(block.get("laneHeadBits").getAsDouble()).isBetween(32.0 * block.get("laneHeads").getAsInt(),
                64.0 * block.get("laneHeads").getAsInt());
        assertThat(block.get("plainRecords").getAsInt()).isBetween(1, 19);
        assertThat(block.get("initialBits").getAsDouble()).isBetween(0.0, 2000.0);
        assertThat(block.get("fronts").getAsBoolean()).isFalse();
        Cli fronts = Cli.run("info", "-v", golden.resolve("fronts.bba"));
        succeeds(fronts);
        assertThat(fronts.out().lines()).filteredOn(line -> line.endsWith("; pixels in fronts")).hasSize(2);
    }

    @Test
    void describedRecordsAreCodedByTheModel() {
        Samples.write(in, Samples.concat(new byte[5], Samples.images(100), new byte[3]));

        succeeds(Cli.run("compress", "-q", "--fast", "-m", grey, "--record-shape", "8x8", "--skip", 5, in));
        assertThat(Cli.run("info", archive).out()).contains("100 x 8x8", "grey-8x8", "model");
        succeeds(Cli.run("decompress", "-m", grey, archive, back));

        assertThat(back).hasSameBinaryContentAs(in);
    }

    @Test
    void describedRecordsThatDoNotFitAreNoticed() throws IOException {
        Samples.write(in, Samples.concat(new byte[5], Samples.images(10)));
        Cli cli = Cli.run("compress", "--record-shape", "9x9", "--skip", 5, in);
        assertThat(cli.code()).isZero();
        assertThat(cli.err()).contains("by --record-shape, 73 of its 645 bytes are no whole record");
        assertThat(Cli.run("compress", "-f", "--record-shape", "8x8", "--skip", 5, in).err()).isEmpty();
        Files.delete(archive);
        Cli larger = Cli.run("compress", "--record-shape", "26x25", in);
        assertThat(larger.code()).isEqualTo(2);
        assertThat(larger.err()).contains("larger than the 645 bytes there are");
        assertThat(archive).doesNotExist();
    }

    /** A few pictures cannot pay for a model of their own; their archive needs nothing else all the same. */
    @Test
    void aModelThatDoesNotPayIsNotEmbedded() {
        Samples.write(in, Samples.idx(5));
        Cli few = Cli.run("compress", "-m", grey, "--embed-model", in);
        assertThat(few.code()).isZero();
        assertThat(few.err()).contains("model grey-8x8 embedded", "so none is embedded");
        succeeds(Cli.run("decompress", archive, back));
        assertThat(back).hasSameBinaryContentAs(in);
    }

    /** Bits of a sample are those that the records take, whether their model lies in the archive or not. */
    @Test
    void theRateIsThatWithoutTheModelsBytes() throws IOException {
        byte[] digits = Files.readAllBytes(Path.of("../testdata/mnist/t10k-images-idx3-ubyte"));
        Samples.write(in, Arrays.copyOf(digits, 16 + 6000 * 784));
        double[] rates = new double[2];
        for (int i = 0; i < 2; i++) {
            succeeds(
                    Cli.run("compress", "-qf", "--fast", "-m", "mnist-fast", i == 0 ? List.of() : "--embed-model", in));
            var info = JsonParser.parseString(Cli.run("info", "--json", archive).out()).getAsJsonArray().get(0)
                    .getAsJsonObject();
            rates[i] = info.get("bitsPerDim").getAsDouble();
            assertThat(info.get("archiveBytes").getAsLong()).isEqualTo(Files.size(archive));
        }
        assertThat(Cli.run("info", archive).out()).contains("embedded");
        assertThat(rates[1]).isCloseTo(rates[0], within(0.001));
    }

    @Test
    void whereNoModelFitsTrainingIsNamed() throws IOException {
        ByteBuffer idx = ByteBuffer.allocate(12 + 80_000).put(new byte[] {0, 0, 8, 2}).putInt(2).putInt(40_000);
        idx.put(Samples.random(80_000));
        Cli cli = Cli.run("compress", "-v", Samples.write(in, idx.array()));
        assertThat(cli.err()).contains("IDX: 2 x 40000", "'bbans train' makes one");
    }

    @Test
    void threadsAndVerificationDoNotChangeTheArchive() throws IOException {
        Samples.write(in, Samples.idx(300));
        succeeds(Cli.run("compress", "-m", grey, "--block-records", 64, "-T", 1, in, archive));
        Path other = dir.resolve("other.bba");
        succeeds(Cli.run("compress", "-m", grey, "--block-records", 64, "-T", 3, "--no-verify", in, other));
        assertThat(other).hasSameBinaryContentAs(archive);
    }

    @Test
    void removesTheInputOnlyWhenAskedTo() throws IOException {
        Samples.write(in, Samples.text());
        succeeds(Cli.run("compress", "--rm", in));
        assertThat(in).doesNotExist();
        succeeds(Cli.run("decompress", archive));
        assertThat(in).hasBinaryContent(Samples.text());
        assertThat(archive).exists();
    }

    @Test
    void existingOutputIsOverwrittenOnlyWithForce() throws IOException {
        Samples.write(in, Samples.text());
        Samples.write(archive, new byte[] {1, 2, 3});

        fails(Cli.run("compress", in), archive, "exists", "-f");
        assertThat(archive).hasBinaryContent(new byte[] {1, 2, 3});
        succeeds(Cli.run("compress", "-f", in));
        fails(Cli.run("decompress", archive, in), in, "exists", "-f");
        fails(Cli.run("decompress", "-f", archive, in), in, "exists", "-f -o");
        succeeds(Cli.run("decompress", "-f", "-o", in, archive));

        assertThat(in).hasBinaryContent(Samples.text());
    }

    /** A second data set is easily named by {@code *.idx}; it must not become an archive of the first. */
    @Test
    void aSecondFileIsNoOutput() throws Exception {
        Samples.write(in, Samples.text());
        Path second = Samples.write(dir.resolve("second"), Samples.idx(20));

        succeeds(Cli.run("compress", "-f", in, second));
        assertThat(second).hasBinaryContent(Samples.idx(20));
        assertThat(names()).contains("in.bba", "second.bba");

        Path precious = Samples.write(dir.resolve("precious.bba"), Samples.text());
        fails(Cli.run("compress", "-f", in, precious), precious, "exists already", "-f -o");
        assertThat(precious).hasBinaryContent(Samples.text());
        succeeds(Cli.run("compress", "-f", "-o", precious, in));
        fails(Cli.run("decompress", "-f", archive, in), in, "exists already", "-f -o");
        assertThat(standardOutput("decompress", "-c", archive)).isEqualTo(Samples.text());

        byte[] old = Files.readAllBytes(archive);
        fails(Cli.run("compress", "-f", second, archive), archive, "exists already", "-f -o");
        assertThat(archive).hasBinaryContent(old);
    }

    /** As those of /proc: their bytes are found by reading alone. */
    @Test
    void filesWithoutASizeAreNotTakenForEmpty() throws Exception {
        Path version = Path.of("/proc/version");
        assumeThat(version).isReadable();
        succeeds(Cli.run("compress", "-o", archive, version));
        assertThat(standardOutput("decompress", "-c", archive)).isEqualTo(Files.readAllBytes(version)).isNotEmpty();
        Samples.write(in, Samples.text());
        fails(Cli.run("compress", "-f", "-o", archive, in, version), version, "has no size, but bytes to read");
    }

    @Test
    void everyFileGetsItsOwnArchive() throws Exception {
        List<Path> files = List.of(in, dir.resolve("b"), dir.resolve("c"));
        files.forEach(file -> Samples.write(file, Samples.text()));
        Path missing = dir.resolve("missing");

        fails(Cli.run("compress", "--rm", files.get(0), missing, files.get(1), files.get(2)), missing, "no such file");
        assertThat(names()).containsExactly("b.bba", "binary.safetensors", "c.bba", "grey.safetensors", "in.bba");
        succeeds(Cli.run("decompress", archive, dir.resolve("b.bba"), dir.resolve("c.bba")));
        for (Path file : files) {
            assertThat(file).hasBinaryContent(Samples.text());
        }
        assertThat(standardOutput("decompress", "-c", archive, dir.resolve("b.bba")))
                .isEqualTo(Samples.concat(Samples.text(), Samples.text()));
    }

    @Test
    void anArchiveIsCompressedAgainOnlyWithForce() throws IOException {
        Samples.write(in, Samples.text());
        succeeds(Cli.run("compress", in));
        fails(Cli.run("compress", archive), archive, "is an archive already", "decompress", "-f");
        succeeds(Cli.run("compress", "-f", archive));
        assertThat(names()).contains("in.bba.bba");
    }

    @Test
    void optionsAsPeopleTypeThem() throws Exception {
        Samples.write(in, Samples.text());
        succeeds(Cli.run("-kv9q", in));
        assertThat(in).exists();
        assertThat(Cli.run("-t", archive).out()).contains("sound");
        assertThat(Cli.run("-l", archive).out()).contains("bbans archive");
        assertThat(standardOutput("-dc", archive)).isEqualTo(Samples.text());
        assertThat(standardOutput("--decompress", "--stdout", archive)).isEqualTo(Samples.text());
        succeeds(Cli.run("-d", archive, "-o", back));
        assertThat(back).hasBinaryContent(Samples.text());
        succeeds(Cli.run("-T1", "-fo", dir.resolve("other.bba"), in));
        assertThat(dir.resolve("other.bba")).hasSameBinaryContentAs(archive);
        succeeds(Cli.run("-df", archive));
        succeeds(Cli.run("-f", in));
        assertThat(Cli.run("-d", archive).err()).contains(in + ": exists already");
        assertThat(Cli.run("-d", "--nonsense", archive).code()).isEqualTo(2);
        // As tar calls what -I names with a level, to uncompress too.
        assertThat(standardOutput("-9", "-d", "-c", archive)).isEqualTo(Samples.text());
        // The value of an option is no flag, whatever it is.
        for (String command : List.of("compress", "decompress")) {
            for (OptionSpec option : Main.commandLine().getSubcommands().get(command).getCommandSpec().options()) {
                for (String name : option.arity().max() > 0 ? option.names() : new String[0]) {
                    assertThat(OperationFlags.withCommand(name, "-t", "--", "file")).as(name).contains("-t");
                }
            }
        }
        assertThat(standardOutput("--best", "-T1", "-dc", archive)).isEqualTo(Samples.text());
        assertThat(Cli.run("-1t", archive).out()).contains("sound");
        succeeds(Cli.run("-19", "-qf", in));
        succeeds(Cli.run("-1", "-9", "-5qf", in));
        Cli none = Cli.run("compres", in);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err())
                .startsWith("bbans: 'compres' is no command, and there is no such file; try 'bbans --help'");
    }

    @Test
    void anArchiveIsKnownWhateverItsSuffix() throws IOException {
        Path in = Samples.write(dir.resolve("in"), Samples.text());
        Path archive = dir.resolve("d1.archive");
        succeeds(Cli.run("compress", "-q", in, "-o", archive));
        succeeds(Cli.run("decompress", archive));
        assertThat(dir.resolve("d1.archive.out")).hasBinaryContent(Samples.text());
        Cli other = Cli.run("decompress", in);
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("in does not end in .bba, and is no archive");
    }

    /** Pixels as numbers of several bytes take what they take as bytes, and a table. */
    @Test
    void arraysOfFewDifferentNumbersAreCodedByTheirRanks() throws IOException {
        byte[] digits = Samples.digits(200);
        byte[] npy = Samples.npyOfFloats(digits, "(200, 1, 28, 28)");
        Path idx = Samples.write(dir.resolve("bytes"), digits);
        Path floats = Samples.write(dir.resolve("floats.npy"), npy);
        succeeds(Cli.run("compress", "-q", idx));
        Cli cli = Cli.run("compress", "-v", floats);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("ranked array, taken apart", "model mnist-fast");
        assertThat(Files.size(dir.resolve("floats.npy.bba")))
                .isLessThan(Files.size(dir.resolve("bytes.bba")) + 400);
        succeeds(Cli.run("decompress", "-f", dir.resolve("floats.npy.bba")));
        assertThat(floats).hasBinaryContent(npy);

        // Described records are those of the file.
        int header = npy.length - 200 * 784 * Float.BYTES;
        Cli described = Cli.run("compress", "-v", "-f", "--record-shape", "28x28x4", "--skip", header, floats);
        assertThat(described.code()).as(described.err()).isZero();
        assertThat(described.err()).contains("records: 28x28x4").doesNotContain("ranked");
        succeeds(Cli.run("decompress", "-f", dir.resolve("floats.npy.bba")));
        assertThat(floats).hasBinaryContent(npy);
    }

    /** Digits as text, a label before each, take what they take as bytes; in a folder too. */
    @Test
    void tablesOfIntegersAreCodedAsTheirImages() throws IOException {
        byte[] digits = Samples.digits(200);
        Path folder = Files.createDirectory(dir.resolve("tables"));
        byte[] csv = Samples.csv(digits, 28 * 28);
        Path table = Samples.write(folder.resolve("digits.csv"), csv);
        succeeds(Cli.run("compress", "-q", Samples.write(dir.resolve("bytes"), digits)));
        long bytes = Files.size(dir.resolve("bytes.bba"));
        Cli cli = Cli.run("compress", "-v", table);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("CSV, taken apart", "NPY: 200 x 28x28", "model mnist-fast");
        assertThat(Files.size(folder.resolve("digits.csv.bba"))).isLessThan(bytes + 700);
        succeeds(Cli.run("decompress", "-f", folder.resolve("digits.csv.bba")));
        assertThat(table).hasBinaryContent(csv);

        Files.delete(folder.resolve("digits.csv.bba"));
        succeeds(Cli.run("compress", folder));
        assertThat(Files.size(dir.resolve("tables.bba"))).isLessThan(bytes + 900);
        Files.delete(table);
        succeeds(Cli.run("decompress", "-f", dir.resolve("tables.bba")));
        assertThat(table).hasBinaryContent(csv);
    }

    /** As gzip, xz and zstd have it: {@code cat a.bba b.bba > both.bba}. */
    @Test
    void archivesInARowAreOneArchive() throws Exception {
        byte[] gzip = Samples.gzip(Samples.idx(300));
        byte[][] contents = {Samples.text(), gzip, new byte[0], Samples.idx(200)};
        Path model = Samples.write(dir.resolve("model"), Samples.greyModel().toBytes());
        Path both = dir.resolve("both.bba");
        byte[] all = new byte[0];
        for (byte[] content : contents) {
            Path file = Samples.write(dir.resolve("part"), content);
            String[] flags = content == contents[3] ? new String[] {"-m", model.toString()} : new String[0];
            succeeds(Cli.run(args("compress", flags, "-f", "-q", "--fast", "-o", dir.resolve("one.bba"), file)));
            all = Samples.concat(all, Files.readAllBytes(dir.resolve("one.bba")));
        }
        Samples.write(both, all);
        byte[] expected = Samples.concat(contents);
        for (String[] flags : new String[][] {{}, {"--keep-going"}, {"-T", "3"}}) {
            Path out = dir.resolve("out");
            assertThat(Cli.run(args("decompress", flags, "-f", "-q", "-m", model, both, "-o", out)).err()).isEmpty();
            assertThat(out).hasBinaryContent(expected);
            Cli verified = Cli.run(args("verify", flags, "-m", model, both));
            assertThat(verified.code()).as(verified.err()).isZero();
            assertThat(verified.out()).contains(String.format(Locale.ROOT, "%,d bytes", expected.length));
        }
        assertThat(Cli.run("info", both).out()).contains("from offset 0", "wrapping", "200 x 8x8");
        assertThat(standardOutput("cat", "--records", "199", "-m", model, both))
                .isEqualTo(Arrays.copyOfRange(expected, expected.length - 64, expected.length));
    }

    /** Each archive in a row takes some memory of whoever lists them. */
    @Test
    void infoKeepsToItsMemory() throws IOException {
        byte[] one = Files.readAllBytes(Path.of(System.getProperty("bbans.testdata"), "golden", "empty.bba"));
        byte[] row = new byte[4000 * one.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = one[i % one.length];
        }
        Samples.write(archive, row);
        fails(Cli.run("info", "-M", "1M", archive), archive, "too many archives in a row", "--memory");
        succeeds(Cli.run("info", archive));
    }

    private static Object[] args(String command, String[] flags, Object... rest) {
        List<Object> args = new ArrayList<>(List.of(command));
        args.addAll(List.of(flags));
        args.addAll(List.of(rest));
        return args.toArray();
    }

    /** Little content in gzip's frame takes less as it is than taken apart. */
    @Test
    void unwrappingNeverMakesAnArchiveLarger() throws IOException {
        for (byte[] content : List.of(new byte[0], new byte[60], Samples.random(300), Samples.text())) {
            byte[] gzip = Samples.gzip(content);
            Samples.write(in, gzip);
            succeeds(Cli.run("compress", "-f", in));
            long size = Files.size(archive);
            gzip[0]++;
            Samples.write(back, gzip);
            succeeds(Cli.run("compress", "-f", back));
            assertThat(size).as("%d bytes in gzip", content.length)
                    .isLessThanOrEqualTo(Files.size(dir.resolve("back.bba")));
        }
    }

    @Test
    void theRatioIsThatOfTheFileGiven() throws IOException {
        byte[] gzip = Samples.gzip(Samples.text());
        Samples.write(in, gzip);
        Cli cli = Cli.run("compress", "-v", in);
        assertThat(cli.err().lines().reduce((first, last) -> last).orElseThrow()).contains(
                String.format(Locale.ROOT, "%.2f %%, %,d -> %,d bytes", 100.0 * Files.size(archive)
                        / gzip.length, gzip.length, Files.size(archive)),
                "no records found");
        Samples.write(in, Samples.idx(300));
        assertThat(Cli.run("compress", "-vf", "--fast", "-m", grey, in).err()).contains("model grey-8x8");
        assertThat(Cli.run("compress", "-vf", in).err()).contains("model image");
    }

    @Test
    void anOutputThatIsALinkIsWrittenThrough() throws IOException {
        Samples.write(in, Samples.text());
        Path real = Samples.write(dir.resolve("real"), new byte[1]);
        Path link = Files.createSymbolicLink(dir.resolve("link"), real);

        succeeds(Cli.run("compress", "-f", "-o", link, in));

        assertThat(link).isSymbolicLink();
        assertThat(Files.size(real)).isGreaterThan(1);
    }

    /** A slip of the finger in the second of two names is no output, and the first one is not deleted for it. */
    @Test
    void aSecondNameIsAnOutputOnlyIfItLooksLikeOne() throws IOException {
        Samples.write(in, Samples.text());
        Path slip = dir.resolve("im");
        fails(Cli.run("compress", "--rm", in, slip), slip, "no such file", "-o");
        succeeds(Cli.run("compress", "-q", in, dir.resolve("other.bba")));
        fails(Cli.run("decompress", dir.resolve("other.bba"), dir.resolve("otter.bba")), dir.resolve("otter.bba"),
                "no such file", "-o");
        succeeds(Cli.run("decompress", dir.resolve("other.bba"), back));
        Path folder = dir.resolve("nowhere");
        Cli none = Cli.run("decompress", "-o", folder + "/", dir.resolve("other.bba"));
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("nowhere/: no such directory");
        assertThat(back).hasSameBinaryContentAs(in);
        assertThat(names()).containsExactly("back", "binary.safetensors", "grey.safetensors", "in", "other.bba");
    }

    /** Records that were found and tried are not said to be missing. */
    @Test
    void whatLosesIsSaid() throws IOException {
        ByteArrayOutputStream npy = new ByteArrayOutputStream();
        String text = "{'descr': '<u2', 'fortran_order': False, 'shape': (50, 8, 8), }         \n";
        npy.writeBytes("\u0093NUMPY\u0001\0".getBytes(StandardCharsets.ISO_8859_1));
        npy.write(text.length());
        npy.write(0);
        npy.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        Random random = new Random(5);
        for (int i = 0; i < 50 * 64; i++) {
            npy.write(random.nextInt(100));
            npy.write(0);
        }
        Samples.write(in, npy.toByteArray());
        Cli cli = Cli.run("compress", "-v", in);
        assertThat(cli.code()).isZero();
        assertThat(cli.err()).contains("50 x 8x8", "no model is better than LZMA2").doesNotContain("no records");
    }

    @Test
    void impossibleFiles() throws IOException {
        Samples.write(in, Samples.text());
        fails(Cli.run("compress", dir.resolve("missing")), dir.resolve("missing"), "no such file");
        fails(Cli.run("compress", "-f", "-o", in, in), in, "is the input too");
        fails(Cli.run("compress", in, dir.resolve("no/where")), dir.resolve("no/where"), "no such file or directory");
        fails(Cli.run("info", dir), dir, "directory");
        fails(Cli.run("compress", "-m", dir.resolve("none"), in), dir.resolve("none"), "neither a model file nor");
        fails(Cli.run("compress", "-m", in, in), in, "safetensors");
        fails(Cli.run("compress", "-m", grey, in), in, "8x8", "--record-shape");
        assertThat(names()).containsExactly("binary.safetensors", "grey.safetensors", "in");
    }

    @Test
    void aModelThatDoesNotFitTheRecordsIsRefused() {
        Samples.write(in, Samples.idx(50));
        fails(Cli.run("compress", "-m", binary, in), in, "binary-8x8", "2 levels");
    }

    @Test
    void damagedArchives() throws IOException {
        Samples.write(in, Samples.random(20_000));
        succeeds(Cli.run("compress", in));
        byte[] sound = Files.readAllBytes(archive);
        for (int length : new int[] {0, 3, 10, 1000, sound.length - 1}) {
            Samples.write(archive, Arrays.copyOf(sound, length));
            fails(Cli.run("verify", archive), archive);
            fails(Cli.run("info", archive), archive);
            fails(Cli.run("decompress", archive, back), archive);
        }
        for (int at : new int[] {9, 40, 10_000, sound.length - 30}) {
            byte[] flipped = sound.clone();
            flipped[at] ^= 4;
            Samples.write(archive, flipped);
            fails(Cli.run("verify", archive), archive);
            fails(Cli.run("decompress", archive, back), archive);
        }
        Samples.write(archive, Samples.text());
        fails(Cli.run("decompress", archive, back), archive, "not");
        assertThat(names()).containsExactly("binary.safetensors", "grey.safetensors", "in", "in.bba");
    }

    @Test
    void keepGoingSavesTheSoundBlocks() throws IOException {
        byte[] content = Samples.idx(300);
        Samples.write(in, content);
        succeeds(Cli.run("compress", "-q", "--fast", "-m", grey, "--block-records", 100, in));
        byte[] bytes = Files.readAllBytes(archive);
        long offset = JsonParser.parseString(Cli.run("info", "--json", archive).out()).getAsJsonArray().get(0)
                .getAsJsonObject().getAsJsonArray("blocks").get(2).getAsJsonObject().get("archiveOffset").getAsLong();
        bytes[(int) offset + 40] ^= 1;
        Samples.write(archive, bytes);

        fails(Cli.run("decompress", "-m", grey, archive, back), archive, "block 2");
        assertThat(back).doesNotExist();
        Cli saved = Cli.run("decompress", "-m", grey, "--keep-going", archive, back);

        assertThat(saved.code()).isEqualTo(1);
        assertThat(saved.err()).contains("block 2", "are lost");
        byte[] restored = Files.readAllBytes(back);
        assertThat(restored).hasSameSizeAs(content);
        assertThat(Arrays.mismatch(restored, content)).isGreaterThanOrEqualTo(100 * 64);
        assertThat(Arrays.equals(restored, restored.length - 6400, restored.length, content, content.length - 6400,
                content.length)).isTrue();
    }

    /** A gzip file cannot be made of a content with zeros in it; what it held is worth something all the same. */
    @Test
    void keepGoingUnpacksWhatCannotBePackedAgain() throws IOException {
        byte[] content = Samples.idx(2000);
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(in))) {
            gzip.write(content);
        }
        succeeds(Cli.run("compress", "-q", "--fast", "-m", grey, "--block-records", 500, in));
        byte[] bytes = Files.readAllBytes(archive);
        long offset = JsonParser.parseString(Cli.run("info", "--json", archive).out()).getAsJsonArray().get(0)
                .getAsJsonObject().getAsJsonArray("blocks").get(2).getAsJsonObject().get("archiveOffset").getAsLong();
        bytes[(int) offset + 40] ^= 1;
        Samples.write(archive, bytes);

        fails(Cli.run("decompress", "-m", grey, archive, back), archive, "block 2");
        Cli saved = Cli.run("decompress", "-m", grey, "--keep-going", archive, back);
        assertThat(saved.code()).isEqualTo(1);
        assertThat(saved.err()).contains("block 2", "are lost", "the gzip file cannot be made again");
        byte[] restored = Files.readAllBytes(back);
        assertThat(restored).hasSameSizeAs(content);
        int from = Arrays.mismatch(restored, content);
        assertThat(from).isGreaterThanOrEqualTo(500 * 64);
        Arrays.fill(content, from, Math.min(from + 500 * 64, content.length), (byte) 0);
        assertThat(Arrays.mismatch(restored, content)).isEqualTo(-1);
        assertThat(Cli.run("verify", "-m", grey, "--keep-going", archive).err()).contains("block 2",
                "the gzip file cannot be made again");
    }

    @Test
    void aMissingOrWrongModelIsNamed() {
        Samples.write(in, Samples.idx(300));
        succeeds(Cli.run("compress", "--fast", "-m", grey, in));
        fails(Cli.run("decompress", archive, back), archive, "grey-8x8");
        fails(Cli.run("decompress", "-m", binary, archive, back), archive, "grey-8x8");
        assertThat(Cli.run("info", archive).code()).isZero();
        assertThat(back).doesNotExist();
    }

    @Test
    void verifyReportsEveryFile() {
        Samples.write(in, Samples.text());
        succeeds(Cli.run("compress", in));
        Path foreign = Samples.write(dir.resolve("foreign"), Samples.text());

        Cli verify = Cli.run("verify", "--json", foreign, archive);

        assertThat(verify.code()).isEqualTo(1);
        var results = JsonParser.parseString(verify.out()).getAsJsonArray();
        assertThat(results.get(0).getAsJsonObject().get("ok").getAsBoolean()).isFalse();
        assertThat(results.get(1).getAsJsonObject().get("ok").getAsBoolean()).isTrue();
    }

    @Test
    void modelsAreDescribed() {
        Cli models = Cli.run("models", grey);
        assertThat(models.out()).contains("grey-8x8", "8x8", "256");
        var json = JsonParser.parseString(Cli.run("models", "--json", grey).out()).getAsJsonArray();
        assertThat(json.get(0).getAsJsonObject().getAsJsonObject("architecture").get("latents").getAsInt())
                .isEqualTo(4);
        assertThat(Cli.run("models").code()).isZero();
    }

    private static ModelFile greyModel(float weight, String training) {
        ModelSpec spec = Samples.greyModel().spec();
        Map<String, float[]> weights = new HashMap<>();
        spec.tensors().forEach((tensor, shape) -> {
            weights.put(tensor, new float[shape.stream().reduce(1, (a, b) -> a * b)]);
            Arrays.fill(weights.get(tensor), weight);
        });
        return ModelFile.of(spec, weights, Optional.of(training), Safetensors.DType.F32);
    }

    @Test
    void aModelFileCanOnlyDisappoint() {
        Samples.write(in, Samples.idx(50));
        Path huge = Samples.write(dir.resolve("huge"), greyModel(1e30f, "{}").toBytes());
        fails(Cli.run("compress", "-m", huge, in), huge, "overflow", "bbans train");
        Path odd = Samples.write(dir.resolve("odd"), greyModel(0, "{\u001b[31m").toBytes());
        assertThat(Cli.run("models", "-v", odd).out()).contains("{?[31m");
        assertThat(JsonParser.parseString(Cli.run("models", "--json", odd).out()).getAsJsonArray().get(0)
                .getAsJsonObject().get("training").getAsString()).isEqualTo("{\u001b[31m");
    }

    /** As a path, nothing would be the working directory, which nobody has named. */
    @Test
    void anEmptyArgumentNamesNothing() throws IOException {
        Path file = Samples.write(dir.resolve("a"), Samples.text());
        succeeds(Cli.run("compress", "-q", "-o", archive, file));
        for (List<Object> args : List.<List<Object>>of(List.of("compress", ""), List.of(""),
                List.of("compress", "-o", "", dir.resolve("a")), List.of("compress", "--output=", dir.resolve("a")),
                List.of("decompress", ""), List.of("-d", ""), List.of("decompress", archive, ""),
                List.of("decompress", "-o", "", archive), List.of("verify", archive, ""), List.of("info", ""),
                List.of("list", ""), List.of("cat", "", "a"), List.of("cat", "--records", "", archive),
                List.of("extract", "-o", "", archive, "a"), List.of("extract", archive, ""), List.of("estimate", ""),
                List.of("models", ""), List.of("train", "-o", "", dir.resolve("a")), List.of("bench", ""),
                List.of("compress", "-m", "", dir.resolve("a")))) {
            Cli cli = Cli.run(args);
            assertThat(cli.code()).as(args + cli.err()).isEqualTo(2);
            assertThat(cli.err()).as(args.toString()).contains(" is empty, which names nothing; try 'bbans ");
        }
        try (var left = Files.list(dir)) {
            assertThat(left).containsExactlyInAnyOrder(archive, file, grey, binary);
        }
    }

    @Test
    void recordsThatAreNotThereAreNotWritten() throws IOException {
        succeeds(Cli.run("compress", "-q", "-o", archive, Samples.write(in, Samples.text())));
        Cli none = Cli.run("cat", "--records", "0", archive);
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("in.bba: holds no records");
        assertThat(Cli.run("cat", "--records", ",", archive).code()).isEqualTo(2);
        assertThat(Cli.run("info", "-").err()).startsWith("bbans: standard input: ");
        assertThat(Cli.run("compress", "--fast", "--best", archive).err()).startsWith("bbans: --fast, --best are");
        assertThat(Cli.run("cat", "--help").out()).contains("--records=N|N-M[,N|N-M...]");
    }

    @Test
    void anErrorIsOneLineWhateverTheFileIsCalled() {
        Cli cli = Cli.run("verify", dir.resolve("two\nlines\u001b"));
        assertThat(cli.err().lines()).singleElement().asString().contains("two?lines?: no such file");
    }

    @Test
    void benchComparesWholeFiles() throws IOException {
        Samples.write(in, Samples.idx(300));
        Path chart = dir.resolve("chart.png");

        Cli bench = Cli.run("bench", "--json", "--chart", chart, "-m", grey, in);

        assertThat(bench.err()).isEmpty();
        var files = JsonParser.parseString(bench.out()).getAsJsonObject().getAsJsonArray("files");
        var file = files.get(0).getAsJsonObject();
        assertThat(file.get("samples").getAsLong()).isEqualTo(300 * 64);
        var rows = file.getAsJsonArray("results");
        assertThat(rows).extracting(r -> r.getAsJsonObject().get("coder").getAsString()).containsExactly(
                "bbans grey-8x8", "bbans --best grey-8x8", "gzip -9", "bzip2 -9", "xz -9", "zstd -3", "zstd -19",
                "zstd -22");
        var model = rows.get(0).getAsJsonObject();
        succeeds(Cli.run("compress", "--fast", "-m", grey, in));
        assertThat(model.get("bytes").getAsLong()).isEqualTo(Files.size(archive));
        assertThat(model.get("bitsPerDim").getAsDouble()).isEqualTo(Files.size(archive) * 8.0 / (300 * 64));
        assertThat(model.get("elbo").getAsDouble()).isBetween(1.0, model.get("bitsPerDim").getAsDouble());
        assertThat(Files.readAllBytes(chart)).startsWith((byte) 0x89, 'P', 'N', 'G');
        assertThat(Cli.run("bench", in).out()).contains("xz -9", "bbans", "decoded and compared");
    }

    @Test
    void benchDrawsWhereTheBitsOfAnImageGo() throws IOException {
        byte[] header = "P5 40 30 255\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] image = Arrays.copyOf(header, header.length + 40 * 30);
        new Random(5).nextBytes(image);
        System.arraycopy(header, 0, image, 0, header.length);
        // The upper half is blank, and takes nothing.
        Arrays.fill(image, header.length, header.length + 40 * 15, (byte) 9);
        Files.write(in, image);
        Path map = dir.resolve("map.png");

        Cli bench = Cli.run("bench", "--map", map, in);

        assertThat(bench.err()).isEmpty();
        var figures =
                Pattern.compile("40 x 30 pixels, model image: (\\S+) bits/sample, \\S+ without").matcher(bench.out());
        assertThat(figures.find()).isTrue();
        assertThat(Double.parseDouble(figures.group(1))).isBetween(3.9, 4.8);
        BufferedImage drawn = ImageIO.read(map.toFile());
        assertThat(drawn.getRGB(2 * 12 + 40 + 20, 26 + 10) & 0xFF).isLessThan(40);
        assertThat(drawn.getRGB(2 * 12 + 40 + 20, 26 + 25) & 0xFF).isGreaterThan(200);
        assertThat(Cli.run("bench", "--map", map, in, in).code()).isEqualTo(2);
        Files.writeString(in, "no image");
        assertThat(Cli.run("bench", "--map", map, in).err()).contains("holds no image that model image codes");
    }

    /** ND4J is not on the class path here, as in the distribution. */
    @Test
    void trainingSaysWhatItLacks() throws IOException {
        Samples.write(in, Samples.idx(300));
        Path out = dir.resolve("out.safetensors");
        Cli cli = Cli.run("train", "-q", in, "--out", out, "--steps", 1, "--latents", "4,2");
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).startsWith("bbans: train: ").contains("ND4J");
        assertThat(cli.code()).isEqualTo(1);
        fails(Cli.run("train", in, "--out", grey), grey, "exists");
        fails(Cli.run("train", in, "--out", dir.resolve("no/where")), dir.resolve("no"), "is no directory");
        for (List<Object> none : List.<List<Object>>of(List.of("--steps", -1), List.of("--steps", 0),
                List.of("--minutes", 0), List.of("--minutes", -2), List.of("--minutes", "NaN"),
                List.of("--minutes", "Infinity"))) {
            Cli refused = Cli.run("train", in, "--out", out, none);
            assertThat(refused.code()).as(none.toString()).isEqualTo(2);
            assertThat(refused.err()).as(none.toString()).contains("must be more than 0");
        }
        assertThat(names()).containsExactly("binary.safetensors", "grey.safetensors", "in");
    }

    /** Without latents it can do without ND4J. */
    @Test
    void trainingLeavesARecordOfWhereTheModelComesFrom() throws Exception {
        byte[] file = Samples.gzip(Samples.idx(300));
        Samples.write(in, file);
        Path first = dir.resolve("first.safetensors");
        Path second = dir.resolve("second.safetensors");
        succeeds(Cli.run("train", "-q", in, "--out", first, "--steps", 2, "--latents", 0, "--hidden", 8, "--radius", 1,
                "--rows", 1, "--rank", 4));
        succeeds(Cli.run("train", "-q", in, "--out", second, "--steps", 2, "--from", first, "--palette", 3));
        ModelFile model = ModelFile.parse(Files.readAllBytes(second));
        assertThat(model.spec().name()).isEqualTo("second");
        var record = JsonParser.parseString(model.training().orElseThrow()).getAsJsonObject();
        assertThat(record.get("command").getAsString()).isEqualTo(
                "bbans train -q in --out second.safetensors --steps 2 --from first.safetensors --palette 3");
        assertThat(model.spec().likelihood().palette()).isEqualTo(3);
        Cli smaller = Cli.run("train", in, "--out", dir.resolve("third"), "--from", second, "--palette", 2);
        assertThat(smaller.err()).contains("--palette must be at least 3");
        assertThat(smaller.code()).isEqualTo(2);
        assertThat(record.get("data").getAsString()).isEqualTo("in");
        assertThat(record.get("dataSha256").getAsString()).isEqualTo(sha256(file));
        assertThat(record.getAsJsonObject("from").get("name").getAsString()).isEqualTo("first");
        assertThat(record.getAsJsonObject("from").get("sha256").getAsString())
                .isEqualTo(sha256(Files.readAllBytes(first)));
    }

    /** Small pictures in PNG files and in a tar are records; pictures of any size are images. */
    @Test
    void trainingTakesFoldersAndPackedFiles() throws Exception {
        Path folder = Files.createDirectories(dir.resolve("pictures/more"));
        byte[] images = Samples.images(30);
        for (int i = 0; i < 30; i++) {
            BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
            for (int p = 0; p < 64; p++) {
                picture.getRaster().setSample(p % 8, p / 8, 0, images[64 * i + p] & 0xFF);
            }
            ImageIO.write(picture, "png", folder.resolve("p" + i + ".png").toFile());
        }
        Files.write(dir.resolve("pictures/all.pgm"), Samples.pgm(20));
        Path model = dir.resolve("small.safetensors");
        Cli small = Cli.run("train", folder, "--out", model, "--steps", 2, "--latents", 0, "--hidden", 8, "--batch", 4);
        assertThat(small.code()).isZero();
        assertThat(small.err()).contains(folder + ": 30 records");
        assertThat(JsonParser.parseString(ModelFile.parse(Files.readAllBytes(model)).training().orElseThrow())
                .getAsJsonObject().get("data").getAsString()).isEqualTo("more");

        Cli large = Cli.run("train", dir.resolve("pictures"), folder, "--family", "image", "--hidden", 16, "-f",
                "--out", model, "--steps", 3, "--preset", "fast");
        assertThat(large.code()).isZero();
        assertThat(large.err()).contains(": 61 images; a model with hidden 16, logistics 4", "no colours");
        assertThat(Cli.run("models", "-v", model).out()).contains("interval 2", "bbans train pictures more");
        assertThat(Cli.run("train", folder, "--family", "image", "--latents", 2, "-f", "--out", model).err())
                .contains("--latents does not go with --family image");
        assertThat(Cli.run("train", folder, "--contexts", 2, "-f", "--out", model).err())
                .contains("--contexts goes with --family image");
        assertThat(Cli.run("train", folder, "--family", "image", "--batch", 2, "-f", "--out", model).err())
                .contains("--batch does not go with a model of images");
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void trainingFromAModelNeedsItsRecords() throws IOException {
        Samples.write(in, Samples.idx(300));
        Path out = dir.resolve("out.safetensors");
        assertThat(Cli.run("train", "-q", in, "--out", out, "--from", grey).err()).contains("ND4J");
        assertThat(Cli.run("train", "-q", in, "--out", out, "--from", binary, "--binarise").err()).contains("ND4J");
        Cli cli = Cli.run("train", in, "--out", out, "--from", grey, "--radius", 3);
        assertThat(cli.err()).contains("--radius", "--from", "architecture");
        assertThat(cli.code()).isEqualTo(2);
        fails(Cli.run("train", in, "--out", out, "--from", "mnist"), in, "28x28");
        fails(Cli.run("train", in, "--out", out, "--from", binary), in, "8x8 with 2 levels", "--binarise");
        fails(Cli.run("train", in, "--out", out, "--from", in), in, "safetensors");
        Samples.write(in, Samples.pbm(300));
        fails(Cli.run("train", in, "--out", out, "--from", grey), in, "8x8 with 256 levels");
        assertThat(Cli.run("train", "-q", in, "--out", out, "--from", binary).err()).contains("ND4J");
    }

    @ParameterizedTest
    @MethodSource("wrongUsage")
    void wrongUsage(List<String> args) throws IOException {
        Samples.write(dir.resolve("x"), Samples.text());
        Object[] resolved = args.stream().map(a -> a.equals("x") ? dir.resolve("x").toString() : a).toArray();
        Cli cli = Cli.run(resolved);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).startsWith("bbans: ").contains("--help");
        assertThat(names()).containsExactly("binary.safetensors", "grey.safetensors", "x");
    }

    static Stream<List<String>> wrongUsage() {
        return Stream.of(List.of("compress"), List.of("explode"), List.of("compress", "--nonsense", "x"),
                List.of("compress", "-o", "y", "x", "-"), List.of("extract", "x"), List.of("cat", "x"),
                List.of("compress", "-c", "-o", "y", "x"), List.of("-9T", "many", "x"),
                List.of("compress", "--record-shape", "8*8", "x"),
                List.of("compress", "--skip", "4", "x"), List.of("compress", "--fast", "--best", "x"),
                List.of("compress", "-T", "many", "x"), List.of("compress", "-T", "-1", "x"),
                List.of("compress", "--keep", "--rm", "x"), List.of("decompress", "x"), List.of("verify"),
                List.of("train", "x"), List.of("bench"), List.of());
    }

    @Test
    void helpVersionAndCompletion() {
        assertThat(Cli.run("--help").out()).contains("compress", "decompress", "verify", "info", "models");
        assertThat(Cli.run("--version").out()).startsWith("bbans ");
        assertThat(Cli.run("compress", "--help").out()).contains("--record-shape");
        assertThat(Cli.run("generate-completion").out()).contains("complete", "bbans");
    }
}
