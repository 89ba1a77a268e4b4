package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that two processes want, disks that are full, runs that are killed: each as processes. */
class FileSafetyTest {

    @TempDir
    private Path dir;

    private static Cli run(Object... args) throws Exception {
        return Cli.finish(Cli.start(args), new byte[0]);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    private void awaitTemporary() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (names().stream().noneMatch(name -> name.endsWith(".tmp")) && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertThat(names()).anyMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void ofManyWritersExactlyOneWins() throws Exception {
        Path out = dir.resolve("out.bba");
        List<Path> inputs = new ArrayList<>();
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            inputs.add(Samples.write(dir.resolve("in" + i), Samples.random(1_000_000 + i)));
            processes.add(Cli.start("compress", "--rm", inputs.get(i), out));
        }
        int winner = -1;
        for (int i = 0; i < 3; i++) {
            Cli cli = Cli.finish(processes.get(i), new byte[0]);
            if (cli.code() == 0) {
                assertThat(winner).as("winners").isEqualTo(-1);
                winner = i;
                assertThat(inputs.get(i)).doesNotExist();
            } else {
                assertThat(cli.err()).startsWith("bbans: " + out + ": exists already");
                assertThat(inputs.get(i)).hasBinaryContent(Samples.random(1_000_000 + i));
            }
        }
        assertThat(winner).isNotNegative();
        assertThat(run("decompress", out, "-").bytes()).isEqualTo(Samples.random(1_000_000 + winner));
        assertThat(names()).hasSize(3);
    }

    @Test
    void aFileThatAppearsMeanwhileIsNotOverwritten() throws Exception {
        Path out = dir.resolve("out.bba");
        Process process = Cli.start("compress", "-", out);
        awaitTemporary();
        Files.write(out, new byte[] {42});
        Cli cli = Cli.finish(process, Samples.text());
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).startsWith("bbans: " + out + ": exists already");
        assertThat(names()).containsExactly("out.bba");
        assertThat(out).hasBinaryContent(new byte[] {42});
    }

    @Test
    void anInputThatGrowsMeanwhileIsAnError() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.random(30_000_000));
        Process process = Cli.start("compress", "--rm", in);
        awaitTemporary();
        try (OutputStream more = Files.newOutputStream(in, StandardOpenOption.APPEND)) {
            more.write(1);
        }
        Cli cli = Cli.finish(process, new byte[0]);
        assertThat(cli.err()).startsWith("bbans: " + in + ": has changed while it was read");
        assertThat(cli.code()).isEqualTo(1);
        assertThat(names()).containsExactly("in");
    }

    @Test
    void nothingIsDeletedForAStreamOrADevice() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.text());
        Path archive = dir.resolve("in.bba");
        assertThat(run("compress", in).code()).isZero();
        for (Object[] args : new Object[][] {{"compress", "--rm", in, "-"}, {"compress", "--rm", in, "/dev/null"},
            {"compress", "--rm", "-c", in}, {"decompress", "--rm", "-f", archive, "/dev/null"},
            {"decompress", "--rm", "-c", archive}}) {
            assertThat(run(args).code()).as(Arrays.toString(args)).isZero();
            assertThat(names()).as(Arrays.toString(args)).containsExactly("in", "in.bba");
        }
    }

    @Test
    void anArgumentIsNeverAFileOfOptions() throws Exception {
        Path victim = Samples.write(dir.resolve("victim"), Samples.text());
        Path odd = Samples.write(dir.resolve("@args"), ("--rm\n" + victim + "\n").getBytes());
        Process process = Cli.builder(Path.of(System.getProperty("java.home")), List.of(), "org.bbans.cli.Main",
                "compress", "@args").directory(dir.toFile()).start();
        Cli cli = Cli.finish(process, new byte[0]);
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        assertThat(victim).exists();
        assertThat(odd).exists();
        assertThat(names()).containsExactly("@args", "@args.bba", "victim");
    }

    @Test
    void whatAKilledRunLeavesTheNextOneRemoves() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.random(60_000_000));
        Process process = Cli.start("compress", in);
        awaitTemporary();
        process.destroyForcibly().waitFor();
        assertThat(names()).hasSize(2);
        Path small = Samples.write(dir.resolve("small"), Samples.text());
        assertThat(run("compress", small).code()).isZero();
        assertThat(names()).containsExactly("in", "small", "small.bba");
    }

    /** An archive that goes to no file has no place beside it for what has to be kept. */
    @Test
    void aFolderForTemporaryFilesThatCannotBeUsedIsNamed() throws Exception {
        Path in = Samples.write(dir.resolve("in"), Samples.random(20_000_000));
        Path nowhere = dir.resolve("nowhere");
        Cli cli = Cli.finish(Cli.builder(Path.of(System.getProperty("java.home")),
                List.of("-Djava.io.tmpdir=" + nowhere), "org.bbans.cli.Main", "compress", "-c", in).start(),
                new byte[0]);
        assertThat(cli.code()).isEqualTo(1);
        // Java itself says so first, from 20 on.
        assertThat(cli.err().lines().filter(line -> !line.startsWith("WARNING: java.io.tmpdir "))).singleElement()
                .asString().startsWith("bbans: " + nowhere + ": ")
                .contains("TMPDIR").doesNotContain("internal error");
        assertThat(names()).containsExactly("in");
    }

    /** Of a packed file, what lies in it needs room where the archive goes: that place is named. */
    @Test
    void aDiskThatIsFullWhileAFileIsTakenApartIsNamed() throws Exception {
        assumeThat(Path.of("/bin/sh")).exists();
        Path in = dir.resolve("in.gz");
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(in))) {
            gzip.write(new byte[40_000_000]);
        }
        Path folder = Files.createDirectory(dir.resolve("folder"));
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -f 4000; exec \"$@\"", "sh"));
        command.addAll(Cli.builder(Path.of(System.getProperty("java.home")), List.of("-XX:-UsePerfData"),
                "org.bbans.cli.Main", "compress", in, "-o", folder.resolve("out.bba")).command());
        Cli cli = Cli.finish(new ProcessBuilder(command).start(), new byte[0]);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err().lines()).singleElement().asString().startsWith("bbans: " + folder)
                .doesNotContain("internal error");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    /** What cannot be restored is the disk's fault, not the archive's. */
    @Test
    void aDiskThatIsFullWhileAFolderIsRestoredIsNamed() throws Exception {
        assumeThat(Path.of("/bin/sh")).exists();
        Path folder = Files.createDirectory(dir.resolve("folder"));
        Files.write(folder.resolve("large"), new byte[4_000_000]);
        Path archive = dir.resolve("folder.bba");
        assertThat(run("compress", folder).code()).isZero();
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -f 2000; exec \"$@\"", "sh"));
        command.addAll(Cli.builder(Path.of(System.getProperty("java.home")), List.of("-XX:-UsePerfData"),
                "org.bbans.cli.Main", "decompress", "-o", dir.resolve("back"), archive).command());
        Cli cli = Cli.finish(new ProcessBuilder(command).start(), new byte[0]);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err().lines()).singleElement().asString()
                .startsWith("bbans: " + dir.resolve("back/folder/large") + ": ");
        try (var files = Files.list(dir.resolve("back/folder"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void standardOutputThatCannotBeWrittenIsAFailure() throws Exception {
        File full = new File("/dev/full");
        assumeThat(full).exists();
        Path archive = dir.resolve("in.bba");
        assertThat(run("compress", Samples.write(dir.resolve("in"), Samples.text())).code()).isZero();
        for (Object[] args : new Object[][] {{"info", archive}, {"info", "--json", archive}, {"verify", archive},
            {"models"}, {"--help"}, {"--version"}}) {
            Process process = Cli.builder(Path.of(System.getProperty("java.home")), List.of(), "org.bbans.cli.Main",
                    args).redirectOutput(full).start();
            Cli cli = Cli.finish(process, new byte[0]);
            assertThat(cli.code()).as(Arrays.toString(args)).isEqualTo(1);
            assertThat(cli.err()).as(Arrays.toString(args)).startsWith("bbans: standard output: no space left");
        }
    }
}
