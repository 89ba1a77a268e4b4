package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a real process shows: pipes, signals, full disks. */
class ProcessTest {

    @TempDir
    private Path dir;

    private static Cli run(byte[] input, Object... args) throws Exception {
        return Cli.finish(Cli.start(args), input);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void pipes() throws Exception {
        Path model = Samples.write(dir.resolve("model"), Samples.greyModel().toBytes());
        byte[] content = Samples.idx(300);

        Cli compressed = run(content, "compress", "--fast", "-m", model, "-", "-");
        assertThat(compressed.err()).isEmpty();
        assertThat(compressed.code()).isZero();
        assertThat(compressed.bytes()).hasSizeLessThan(content.length / 2);
        Cli restored = run(compressed.bytes(), "decompress", "-m", model, "-");

        assertThat(restored.err()).isEmpty();
        assertThat(restored.bytes()).isEqualTo(content);
        assertThat(names()).containsExactly("model");
    }

    @Test
    void damagedPipe() throws Exception {
        byte[] archive = run(Samples.random(1000), "compress", "-").bytes();
        archive[500] ^= 1;
        Cli cli = run(archive, "decompress", "-", "-");
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).startsWith("bbans: standard input: ");
    }

    @Test
    void fullDisk() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Path in = Samples.write(dir.resolve("in"), Samples.random(200_000));
        Cli cli = run(new byte[0], "compress", in, full);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).isEqualTo("bbans: /dev/full: no space left on the device; free some space or write to "
                + "another place" + System.lineSeparator());
    }

    @Test
    void fullStandardOutput() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Path in = Samples.write(dir.resolve("in.idx"), Samples.idx(2000));
        Cli.run("compress", "-q", in);
        for (List<Object> args : List.<List<Object>>of(List.of("decompress", "-c", dir.resolve("in.idx.bba")),
                List.of("cat", "--records", "0-1999", dir.resolve("in.idx.bba")))) {
            Process process = Cli.builder(Path.of(System.getProperty("java.home")), List.of(), "org.bbans.cli.Main",
                    args.toArray()).redirectOutput(full.toFile()).start();
            Cli cli = Cli.finish(process, new byte[0]);
            assertThat(cli.err()).startsWith("bbans: standard output: no space left");
            assertThat(cli.code()).isEqualTo(1);
        }
    }

    @Test
    void aReaderThatGoesAwayIsNoNews() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.random(4_000_000));
        Process process = Cli.start("compress", in, "-");
        try (InputStream out = process.getInputStream()) {
            assertThat(out.read()).isNotNegative();
        }
        Cli cli = Cli.finish(process, new byte[0]);
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"INT, 2", "TERM, 15"})
    void aSignalLeavesNothingBehind(String signal, int number) throws Exception {
        assumeThat(isIgnoredHere(number)).as("processes inherit ignored signals").isFalse();
        Path in = Samples.write(dir.resolve("in"), Samples.random(60_000_000));
        Path out = dir.resolve("out");
        Process process = Cli.start("compress", in, out);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (names().size() == 1 && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(names()).hasSize(2).anyMatch(name -> name.endsWith(".tmp"));
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
        Cli cli = Cli.finish(process, new byte[0]);
        assertThat(cli.code()).isEqualTo(128 + number);
        assertThat(cli.err()).isEmpty();
        assertThat(names()).containsExactly("in");
    }

    @Test
    void tooLittleMemoryIsSaid() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.random(20_000_000));
        ProcessBuilder small = Cli.builder(Path.of(System.getProperty("java.home")), List.of("-Xmx24m"),
                "org.bbans.cli.Main", "compress", in);
        Cli cli = Cli.finish(small.start(), new byte[0]);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err().lines()).singleElement().asString().startsWith("bbans: ").contains("memory", "-Xmx4g");
        assertThat(names()).containsExactly("in");
    }

    static boolean isIgnoredHere(int signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.notExists(status)) {
            return false;
        }
        long ignored = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16)).findFirst().orElse(0);
        return (ignored >>> signal - 1 & 1) != 0;
    }

    @Test
    void theEngineIsNamedAndOneThatCannotBeHadIsRefused() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.text());
        Cli automatic = withoutC2("auto", "compress", "-v", in, dir.resolve("out"));
        assertThat(automatic.code()).isZero();
        assertThat(automatic.err().lines()).containsOnlyOnce(
                "bbans: scalar engine (the JVM runs without the C2 compiler)");
        Cli forced = withoutC2("vector", "compress", in, dir.resolve("out2"));
        assertThat(forced.code()).isEqualTo(2);
        assertThat(forced.err().lines()).hasSize(1);
        assertThat(forced.err()).contains("the vector engine cannot be had: the JVM runs without the C2 compiler");
        assertThat(names()).containsExactly("in", "out");
    }

    /** Runs the command in a virtual machine that cannot have vectors. */
    private static Cli withoutC2(String wish, Object... args) throws Exception {
        List<String> flags = List.of("-XX:TieredStopAtLevel=1", "-Dbbans.engine=" + wish);
        return Cli.finish(Cli.builder(Path.of(System.getProperty("java.home")), flags, "org.bbans.cli.Main", args)
                .start(), new byte[0]);
    }

    @Test
    void anUnreadableInputIsNamed() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.text());
        assumeThat(in.toFile().setReadable(false)).isTrue();
        assumeThat(Files.isReadable(in)).as("root reads everything").isFalse();
        Cli cli = run(new byte[0], "compress", in);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).startsWith("bbans: " + in + ": permission denied");
        assertThat(names()).containsExactly("in");
    }
}
