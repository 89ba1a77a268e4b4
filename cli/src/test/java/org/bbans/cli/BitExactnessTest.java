package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bbans.codec.engine.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of the format: the same archive and the same content on every Java version, engine, vector width,
 * compiler and number of threads. Each of these runs as a process of its own, on every Java found here ({@code
 * /usr/lib/jvm}, and the environment variables {@code JAVA_HOME*}). What must have been found says the system property
 * {@value #REQUIRE}: Java versions and {@code vector}, separated by commas.
 */
class BitExactnessTest {

    private static final String REQUIRE = "bbans.test.require";
    private static final int RECORDS = 500;
    /** What the files of records without order are called beside those of the same ones in order. */
    private static final String SET = ".set";
    private static final String LEARNT = ".learnt";
    private static final String PICTURE = ".picture";

    @TempDir
    private Path dir;

    /**
     * Compresses and decompresses in one process, in order, unordered, digits that are learnt, and a picture without
     * counts: IN MODEL DIGITS PICTURE ARCHIVE BACK THREADS.
     */
    static final class RoundTrip {

        private RoundTrip() {}

        public static void main(String[] args) {
            String archive = args[4];
            String back = args[5];
            String threads = args[6];
            int code = roundTrip(args[0], args[1], archive, back, threads, "--fast", "--embed-model=false");
            code = code != 0 ? code
                    : roundTrip(args[0], args[1], archive + SET, back + SET, threads, "--fast", "--unordered");
            code = code != 0 ? code
                    : roundTrip(args[2], "mnist-fast", archive + LEARNT, back + LEARNT, threads, "--best",
                            "--no-verify");
            System.exit(code != 0 ? code
                    : roundTrip(args[3], "image-fast", archive + PICTURE, back + PICTURE, threads, "--fast",
                            "--no-verify"));
        }

        private static int roundTrip(String in, String model, String archive, String back, String threads,
                String effort, String option) {
            int compressed = Main.commandLine().execute("compress", effort, "-m", model, option,
                    "--block-records", "200", "-T", threads, in, archive);
            return compressed != 0 ? compressed
                    : Main.commandLine().execute("decompress", "-q", "-m", model, "-T", threads, archive, back);
        }
    }

    private record Variant(Path java, int version, int threads, List<String> flags) {}

    private static List<Variant> variants() throws IOException {
        List<Variant> variants = new ArrayList<>();
        boolean x86 = Set.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
        for (Path java : javas()) {
            int version = version(java);
            variants.add(new Variant(java, version, 1, List.of("-Dbbans.engine=scalar")));
            variants.add(new Variant(java, version, 2, List.of("-XX:TieredStopAtLevel=1")));
            if (wideVectors()) {
                variants.add(new Variant(java, version, 2, List.of("-Dbbans.engine=vector")));
            }
            if (x86) {
                if (wideVectors()) {
                    variants.add(new Variant(java, version, 1, List.of("-Dbbans.engine=vector", "-XX:UseAVX=2")));
                }
                variants.add(new Variant(java, version, 1, List.of("-XX:MaxVectorSize=16")));
            }
        }
        return variants;
    }

    private static boolean wideVectors() {
        return Engines.vectorAvailable();
    }

    /** Homes of this Java and of all others that are 17 or newer, without duplicates. */
    private static Set<Path> javas() throws IOException {
        List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("JAVA_HOME")) {
                homes.add(Path.of(value));
            }
        });
        Path system = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(system)) {
            try (Stream<Path> installed = Files.list(system)) {
                installed.sorted().forEach(homes::add);
            }
        }
        Set<Path> javas = new LinkedHashSet<>();
        for (Path home : homes) {
            if (Files.isExecutable(home.resolve("bin/java")) && version(home) >= 17) {
                javas.add(home.toRealPath());
            }
        }
        return javas;
    }

    /** The feature version in a home's {@code release} file; 0 if there is none. */
    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.exists(release)) {
            return 0;
        }
        return Files.readAllLines(release).stream().filter(line -> line.startsWith("JAVA_VERSION=\""))
                .map(line -> line.replaceFirst("JAVA_VERSION=\"(\\d+).*", "$1")).mapToInt(Integer::parseInt).findFirst()
                .orElse(0);
    }

    @Test
    void everyVirtualMachineAndEngineMakesTheSameBytes() throws Exception {
        Path model = Samples.write(dir.resolve("model"), Samples.greyModel().toBytes());
        Path in = Samples.write(dir.resolve("in"), Samples.idx(RECORDS));
        Path digits = Samples.write(dir.resolve("digits"), Samples.digits(RECORDS));
        Path picture = Samples.write(dir.resolve("picture"), Samples.noiseIdx(1, 400, 4, 128));
        byte[] expected = null;
        Set<Integer> versions = new TreeSet<>();
        for (Variant v : variants()) {
            Path archive = dir.resolve("archive");
            Path back = dir.resolve("back");
            for (String kind : List.of("", SET, LEARNT, PICTURE)) {
                Files.deleteIfExists(Path.of(archive + kind));
                Files.deleteIfExists(Path.of(back + kind));
            }
            Cli cli = Cli.finish(
                    Cli.builder(v.java(), v.flags(), RoundTrip.class.getName(), in, model, digits, picture, archive,
                            back, v.threads()).start(),
                    new byte[0]);
            assertThat(cli.code()).as("%s: %s", v, cli.err()).isZero();
            assertThat(back).as("%s", v).hasSameBinaryContentAs(in);
            byte[] bytes = Samples.concat(Files.readAllBytes(archive), Files.readAllBytes(Path.of(archive + SET)),
                    Files.readAllBytes(Path.of(archive + LEARNT)), Files.readAllBytes(Path.of(archive + PICTURE)));
            assertThat(Path.of(back + PICTURE)).as("%s", v).hasSameBinaryContentAs(picture);
            assertThat(Path.of(back + LEARNT)).as("%s", v).hasSameBinaryContentAs(digits);
            assertThat(Path.of(back + SET)).as("%s", v).hasSize(Files.size(in));
            expected = expected == null ? bytes : expected;
            assertThat(Arrays.mismatch(bytes, expected)).as("%s: first byte that differs", v).isEqualTo(-1);
            versions.add(v.version());
        }
        for (String required : System.getProperty(REQUIRE, "").split(",")) {
            boolean ran = required.isEmpty() || required.equals("vector") && wideVectors()
                    || versions.stream().anyMatch(version -> required.equals(version.toString()));
            assertThat(ran).as("%s asks for %s", REQUIRE, required).isTrue();
        }
        assertThat(expected).as("coded by the models")
                .hasSizeLessThan(RECORDS * (64 + 28 * 28) / 6 + (int) Files.size(picture) * 5 / 8);
        System.out.println("bit-exactness: the same bytes from Java " + versions + " in " + variants()
                .size() + " variants");
    }
}
