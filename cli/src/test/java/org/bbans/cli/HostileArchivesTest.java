package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that ask for too much are refused with one line, at once, in a heap of 512 MiB. */
@Tag("slow")
class HostileArchivesTest {

    /** The aim is 2 s; a machine may have much else to do. */
    private static final long MOST_SECONDS = 20;

    @TempDir
    private Path dir;

    @Test
    void blockOfVeryManyGroups() throws Exception {
        refused(HostileArchives.groups(), "damaged", "decompress");
    }

    @Test
    void modelFileOfZeros() throws Exception {
        refused(HostileArchives.modelOfZeros(), "1536 MiB", "verify");
    }

    @Test
    void modelOfFiftyMillionWeights() throws Exception {
        refused(HostileArchives.hugeModel(), "--memory", "decompress");
    }

    @Test
    void wideModel() throws Exception {
        refused(HostileArchives.wideModel(), "--memory", "decompress");
    }

    @Test
    void modelThatIsSlowAndLarge() throws Exception {
        refused(HostileArchives.slowModel(150), "--memory", "decompress");
    }

    @Test
    void modelThatIsSlow() throws Exception {
        refused(HostileArchives.slowModel(70), "multiply-adds", "decompress");
    }

    @Test
    void blocksThatClaimAGibibyte() throws Exception {
        refused(HostileArchives.claims(), "--memory none", "decompress", "--keep-going");
        refused(HostileArchives.claims(), "cannot hold", "decompress", "--keep-going", "-M", "none");
        assertThat(dir.resolve("out")).hasSize(0);
    }

    @Test
    void contentOutOfNothing() throws Exception {
        refused(HostileArchives.manyBlanks(), "--memory none", "decompress");
        refused(HostileArchives.manyBlanks(), "--memory none", "verify");
    }

    @Test
    void filesOutOfNothing() throws Exception {
        refused(HostileArchives.manyCopies(), "--memory none", "verify");
    }

    @Test
    void namesOfOneHashCode() throws Exception {
        refused(HostileArchives.collidingNames(), "could not be restored", "decompress", "-f");
    }

    @Test
    void indexOfTenMillionBlocks() throws Exception {
        refused(HostileArchives.tinyBlocks(10_000_000), "index", "info");
    }

    @Test
    void veryManyRecords() throws Exception {
        refused(HostileArchives.manyRecords(), "SHA-256", "decompress");
    }

    private void refused(byte[] archive, String why, String... command) throws Exception {
        Path file = Files.write(dir.resolve("hostile.bba"), archive);
        List<Object> args = new ArrayList<>(List.of(command));
        args.add(file);
        if (command[0].equals("decompress")) {
            args.add(dir.resolve("out"));
        }
        long start = System.nanoTime();
        Cli cli = Cli.finish(Cli.builder(Path.of(System.getProperty("java.home")), List.of("-Xmx512m"),
                "org.bbans.cli.Main", args.toArray()).start(), new byte[0]);
        long nanos = System.nanoTime() - start;
        System.out.printf("%,d bytes, %s, %.2f s: %s%n", archive.length, command[0], nanos / 1e9, cli.err().strip());
        assertThat(cli.code()).isEqualTo(1);
        // A note that it may take long comes before.
        assertThat(cli.err().lines()).hasSizeLessThanOrEqualTo(command.length + 1)
                .allMatch(l -> l.startsWith("bbans: "));
        assertThat(cli.err()).contains(why).doesNotContain("heap", "internal error");
        assertThat(nanos).isLessThan(TimeUnit.SECONDS.toNanos(MOST_SECONDS));
        onlyTheArchive(command.length > 1);
    }

    private void onlyTheArchive(boolean orWhatWasSaved) throws IOException {
        try (var files = Files.list(dir)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .isSubsetOf("hostile.bba", orWhatWasSaved ? "out" : "hostile.bba");
        }
    }
}
