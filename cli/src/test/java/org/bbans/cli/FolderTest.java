package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.StoredContent;
import org.bbans.model.CollectionCompressor;
import org.bbans.model.CompressionOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of folders: what comes out is what went in. */
class FolderTest {

    private static final Pattern LOST =
            Pattern.compile("bytes (\\d+) to (\\d+) of the content|nothing from byte (\\d+)");

    @TempDir
    private Path dir;
    private Path photos;

    @BeforeEach
    void fill() throws IOException {
        long seed = System.nanoTime();
        System.out.println("FolderTest seed " + seed);
        Random random = new Random(seed);
        photos = Files.createDirectory(dir.resolve("photos"));
        List<Path> folders = new ArrayList<>(List.of(photos));
        for (int i = 0; i < 5; i++) {
            folders.add(Files.createDirectory(folders.get(random.nextInt(folders.size())).resolve("folder " + i)));
        }
        for (int i = 0; i < 25; i++) {
            byte[] content = switch (random.nextInt(5)) {
                case 0 -> new byte[0];
                case 1 -> Samples.text();
                case 2 -> Samples.idx(40);
                case 3 -> Samples.pgm(1 + random.nextInt(3));
                default -> Samples.random(random.nextInt(3000));
            };
            Path file = folders.get(random.nextInt(folders.size())).resolve("file" + i + (i % 2 == 0 ? ".x" : "é.y"));
            Files.write(file, content);
            Files.setPosixFilePermissions(file,
                    PosixFilePermissions.fromString(i % 3 == 0 ? "rw-------" : "r-xr-xr--"));
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_500_000_000L + i, 1_000 * i)));
        }
        Files.createDirectory(photos.resolve("empty"));
        Files.createSymbolicLink(photos.resolve("link"), Path.of("../photos/empty"));
        Files.createSymbolicLink(photos.resolve("away"), Path.of("/nowhere/at/all"));
        Files.write(photos.resolve("one.txt"), "one".getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> describe(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path p : paths.toList()) {
                String name = root.relativize(p).toString();
                if (Files.isSymbolicLink(p)) {
                    // Java sets times of links in microseconds.
                    all.put(name, Files.getLastModifiedTime(p, LinkOption.NOFOLLOW_LINKS).to(TimeUnit.MICROSECONDS)
                            + " -> " + Files.readSymbolicLink(p));
                } else {
                    all.put(name,
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(p, LinkOption.NOFOLLOW_LINKS))
                                    + " " + Files.getLastModifiedTime(p) + " "
                                    + (Files.isDirectory(p) ? "" : Arrays.hashCode(Files.readAllBytes(p)) + " "
                                            + Files.size(p)));
                }
            }
        }
        return all;
    }

    private static void good(Cli cli) {
        assertThat(cli.code()).as(cli.err()).isZero();
    }

    /** Files of formats that say in their midst where their pixels are, as a folder and one by one. */
    @Test
    void filesOfManyPartsComeBack() throws Exception {
        final Path containers = Files.createDirectory(dir.resolve("containers"));
        try (Stream<Path> paths = Files.list(Path.of("../testdata/containers"))) {
            for (Path path : paths.toList()) {
                Files.copy(path, containers.resolve(path.getFileName()));
            }
        }
        final Map<String, String> before = describe(containers);
        good(Cli.run("compress", containers));
        for (String name : List.of("pages.tif", "alpha.bmp", "big-endian.nii")) {
            good(Cli.run("compress", containers.resolve(name)));
            Files.move(dir.resolve("containers").resolve(name + ".bba"), dir.resolve(name + ".bba"));
            assertThat(Cli.run("info", dir.resolve(name + ".bba")).out()).contains("20x13");
            good(Cli.run("decompress", dir.resolve(name + ".bba")));
            assertThat(dir.resolve(name)).hasSameBinaryContentAs(containers.resolve(name));
        }
        Files.move(containers, dir.resolve("original"));
        good(Cli.run("decompress", dir.resolve("containers.bba")));
        assertThat(describe(containers)).isEqualTo(before);
    }

    @Test
    void aFolderComesBackWithEverything() throws Exception {
        final Map<String, String> before = describe(photos);
        good(Cli.run("compress", photos));
        Path archive = dir.resolve("photos.bba");
        good(Cli.run("compress", "-T1", "-o", dir.resolve("again.bba"), photos + "/"));
        assertThat(archive).hasSameBinaryContentAs(dir.resolve("again.bba"));
        good(Cli.run("verify", archive));
        good(Cli.run("info", archive));
        Path out = dir.resolve("out");
        good(Cli.run("decompress", "-o", out, archive));
        assertThat(describe(out.resolve("photos"))).isEqualTo(before);
        assertThat(describe(photos)).isEqualTo(before);
        Cli list = Cli.run("list", archive);
        good(list);
        assertThat(list.out().lines().count()).isEqualTo(before.size());

        Cli again = Cli.run("decompress", "-o", out, archive);
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("exists already; add -f");
        good(Cli.run("decompress", "-f", "-o", out, archive));
        assertThat(describe(out.resolve("photos"))).isEqualTo(before);
    }

    /** As a folder that is archived every night, or a wildcard that names the archive of the night before. */
    @Test
    void anArchiveIsNotPutIntoItself() throws Exception {
        Path archive = photos.resolve("all.bba");
        good(Cli.run("compress", "-o", archive, photos));
        final String listed = Cli.run("list", archive).out();
        assertThat(listed).doesNotContain("all.bba");
        for (List<Object> args : List.<List<Object>>of(List.of(photos), List.of(photos, archive))) {
            Cli again = Cli.run("compress", "-f", "-o", archive, args);
            good(again);
            assertThat(again.err()).contains("all.bba: is the archive that is written; left out");
            assertThat(Cli.run("list", archive).out()).isEqualTo(listed);
        }
        Path redirected = photos.resolve("out.bba");
        Process process = Cli.builder(Path.of(System.getProperty("java.home")), List.of(), "org.bbans.cli.Main",
                "compress", "-c", photos).redirectOutput(redirected.toFile()).start();
        good(Cli.finish(process, new byte[0]));
        assertThat(Cli.run("list", redirected).out()).contains("photos/all.bba").doesNotContain("photos/out.bba");
    }

    @Test
    void whatIsSoundComesBackAndTheRestIsNamed() throws Exception {
        Path archive = dir.resolve("in.bba");
        assertThat(Cli.run("compress", "-q", photos, "-o", archive).code()).isZero();
        byte[] bad = Files.readAllBytes(archive);
        bad[bad.length * 2 / 3] ^= 1;
        Path damaged = Samples.write(dir.resolve("bad.bba"), bad);
        Path back = dir.resolve("saved");
        assertThat(Cli.run("decompress", "-q", damaged, "-o", dir.resolve("strict")).code()).isEqualTo(1);
        Cli cli = Cli.run("decompress", "-q", "--keep-going", damaged, "-o", back);
        assertThat(cli.code()).isEqualTo(1);
        List<String> lost = cli.err().lines().filter(line -> line.contains(" is lost: ")).toList();
        assertThat(lost).isNotEmpty();
        Cli verified = Cli.run("verify", "--keep-going", damaged);
        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.err().lines().filter(line -> line.contains(" is lost: "))).hasSameSizeAs(lost);
        int saved = 0;
        try (Stream<Path> all = Files.walk(photos)) {
            for (Path file : all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
                Path copy = back.resolve(photos.getFileName()).resolve(photos.relativize(file));
                if (Files.exists(copy)) {
                    assertThat(copy).hasSameBinaryContentAs(file);
                    saved++;
                }
            }
        }
        assertThat(saved).isPositive();
    }

    @Test
    void partsAreTakenOut() throws Exception {
        Path archive = dir.resolve("all.bba");
        Path single = Files.write(dir.resolve("single"), Samples.text());
        good(Cli.run("compress", "-o", archive, photos, single));
        assertThat(cat(archive, "photos/one.txt").bytes()).isEqualTo("one".getBytes(StandardCharsets.UTF_8));
        assertThat(cat(archive, "single").bytes()).isEqualTo(Samples.text());
        Path out = dir.resolve("out");
        good(Cli.run("extract", "-o", out, archive, "*.txt", "photos/em*"));
        assertThat(describe(out).keySet()).containsExactly("", "photos", "photos/empty", "photos/one.txt");
        Cli missing = Cli.run("extract", "-o", out, archive, "nothing*");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("nothing in it is called nothing*");
    }

    /** Whatever stands in brackets: a pattern, or one line that says why not. */
    @Test
    void noPatternIsAnInternalError() throws Exception {
        Path archive = dir.resolve("all.bba");
        good(Cli.run("compress", "-o", archive, photos));
        for (String inside : List.of("z-a", "!", "^", "-", "&&", "a&&b", "[", "\\", "!z-a", "a-", "]", "^-z",
                ":alpha:")) {
            Cli cli = Cli.run("cat", archive, "[" + inside + "]");
            assertThat(cli.code()).as(inside).isEqualTo(1);
            assertThat(cli.err().lines()).as(inside).singleElement().asString().doesNotContain("internal error");
        }
        assertThat(Cli.run("extract", archive, "[z-a]").err()).contains("[z-a]: is no pattern");
    }

    /** Of a packed tar archive with damage in it, the tar archive comes back but for what is lost. */
    @Test
    void whatAPackedArchiveHeldComesBackUnpacked() throws Exception {
        final byte[] digits = Files.readAllBytes(Path.of("../testdata/mnist/t10k-images-idx3-ubyte"));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < 100; i++) {
                put(tar, i + ".pgm", Samples.concat("P5\n28 28\n255\n".getBytes(StandardCharsets.US_ASCII),
                        Arrays.copyOfRange(digits, 16 + 784 * i, 16 + 784 * (i + 1))));
            }
            put(tar, "one", Samples.random(2_000_000));
            put(tar, "two", Samples.random(500_000));
        }
        final byte[] tar = bytes.toByteArray();
        final Path file = dir.resolve("whole.tar.gz");
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
            gzip.write(tar);
        }
        final Path archive = dir.resolve("whole.tar.gz.bba");
        good(Cli.run("compress", "-q", file));
        assertThat(Cli.run("info", archive).out()).contains("a content in segments", "model    mnist-fast, SHA-256 ");
        final byte[] bad = Files.readAllBytes(archive);
        bad[bad.length - 2000] ^= 1;
        final Cli cli = Cli.run("decompress", "-q", "-f", "--keep-going", Files.write(archive, bad));
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).contains("the gzip file cannot be made again");
        final byte[] back = Files.readAllBytes(file);
        assertThat(back).hasSameSizeAs(tar);
        equalButForWhatIsLost(back, tar.clone(), cli.err());
        assertThat(Arrays.mismatch(Arrays.copyOfRange(back, back.length - 400_000, back.length),
                Arrays.copyOfRange(tar, tar.length - 400_000, tar.length))).isEqualTo(-1);
    }

    /** Compares what is not said to be lost; returns how many bytes can be relied on. */
    private static int equalButForWhatIsLost(byte[] given, byte[] expected, String said) {
        final Matcher ranges = LOST.matcher(said);
        int rest = expected.length;
        while (ranges.find()) {
            if (ranges.group(3) != null) {
                rest = Math.min(rest, Integer.parseInt(ranges.group(3)));
                continue;
            }
            final int to = Integer.parseInt(ranges.group(2)) + 1;
            for (int i = Integer.parseInt(ranges.group(1)); i < to; i++) {
                expected[i] = given[i];
            }
        }
        assertThat(Arrays.mismatch(Arrays.copyOf(given, rest), Arrays.copyOf(expected, rest))).as(said).isEqualTo(-1);
        return rest;
    }

    /** A link in the way is not followed. */
    @Test
    void nothingIsWrittenThroughLinks() throws Exception {
        good(Cli.run("compress", photos));
        Path out = Files.createDirectory(dir.resolve("out"));
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.createSymbolicLink(out.resolve("photos"), outside);
        Cli cli = Cli.run("decompress", "-f", "-o", out, dir.resolve("photos.bba"));
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).contains("is no folder");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void recordsAreWrittenByNumber() throws Exception {
        Path file = Files.write(dir.resolve("d.idx"), Samples.idx(60));
        good(Cli.run("compress", file));
        byte[] images = Samples.images(60);
        Cli cli = cat("--records", "17,40-41", dir.resolve("d.idx.bba"));
        good(cli);
        assertThat(cli.bytes()).isEqualTo(Samples.concat(Arrays.copyOfRange(images, 17 * 64, 18 * 64),
                Arrays.copyOfRange(images, 40 * 64, 42 * 64)));
        assertThat(Cli.run("cat", "--records", "60", dir.resolve("d.idx.bba")).code()).isEqualTo(1);
        for (String none : List.of("18446744073709551615", "99999999999999999999", "+1", "-1", "1-2-3", "")) {
            Cli wrong = Cli.run("cat", "--records", none, dir.resolve("d.idx.bba"));
            assertThat(wrong.code()).as(none).isEqualTo(2);
            assertThat(wrong.err()).as(none)
                    .contains(none.isEmpty() ? "--records is empty" : "is no number of a record");
        }
    }

    /** Goes to the descriptor itself, which only a process of its own lets see. */
    private static Cli cat(Object... args) throws Exception {
        return Cli.finish(Cli.start(Stream.concat(Stream.of("cat"), Stream.of(args)).toArray()), new byte[0]);
    }

    /** As of {@code /etc/shadow}: whoever restores them may not be the superuser, who made the archive. */
    @Test
    void filesThatTheirOwnerMayNotReadComeBack() throws Exception {
        Path file = Files.write(dir.resolve("file"), Samples.text());
        List<CollectionCompressor.Stored> stored = new ArrayList<>();
        for (int mode : new int[] {0, 0200, 0077, 0644}) {
            CollectionEntry entry = new CollectionEntry(("f" + mode).getBytes(StandardCharsets.UTF_8), EntryType.FILE,
                    mode, 1_000_000, 0, new byte[0], new StoredContent.Segments(List.of()));
            stored.add(new CollectionCompressor.Stored(entry, file));
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000)));
        Path archive = dir.resolve("modes.bba");
        try (OutputStream out = Files.newOutputStream(archive)) {
            new CollectionCompressor(CompressionOptions.plain()).compress(stored, out);
        }
        good(Cli.run("decompress", "-o", dir.resolve("out"), archive));
        for (CollectionCompressor.Stored s : stored) {
            Path restored = dir.resolve("out").resolve(s.entry().name());
            assertThat(Files.getAttribute(restored, "unix:mode")).isEqualTo(0100000 | s.entry().mode());
            assertThat(Files.getLastModifiedTime(restored)).isEqualTo(Files.getLastModifiedTime(file));
            Files.setPosixFilePermissions(restored, PosixFilePermissions.fromString("r--------"));
            assertThat(restored).hasSameBinaryContentAs(file);
        }
    }

    /** A name may be deeper than any system allows. */
    @Test
    void veryDeepNamesAreNoInternalError() throws Exception {
        Path file = Files.write(dir.resolve("file"), Samples.text());
        CollectionEntry entry = new CollectionEntry(("a/".repeat(16_000) + "a").getBytes(StandardCharsets.UTF_8),
                EntryType.FILE, 0644, 0, 0, new byte[0], new StoredContent.Segments(List.of()));
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Path archive = dir.resolve("deep.bba");
        try (OutputStream out = Files.newOutputStream(archive)) {
            new CollectionCompressor(CompressionOptions.plain())
                    .compress(List.of(new CollectionCompressor.Stored(entry, file)), out);
        }
        for (Cli cli : List.of(Cli.run("decompress", "-o", dir.resolve("out"), archive),
                Cli.run("extract", "-o", dir.resolve("out"), archive, "b*", "?/b"))) {
            assertThat(cli.code()).isEqualTo(1);
            assertThat(cli.err().lines()).hasSize(2).noneMatch(line -> line.contains("internal error"));
        }
        good(Cli.run("list", archive));
    }

    /** A tar archive whose pictures lie apart, from a file and through pipes, with everything that reads archives. */
    @Test
    void aTarArchiveIsOneContentInSegments() throws Exception {
        final byte[] digits = Files.readAllBytes(Path.of("../testdata/mnist/t10k-images-idx3-ubyte"));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < 40; i++) {
                final byte[] content = Samples.concat("P5\n28 28\n255\n".getBytes(StandardCharsets.US_ASCII),
                        Arrays.copyOfRange(digits, 16 + 784 * i, 16 + 784 * (i + 1)));
                final TarArchiveEntry entry = new TarArchiveEntry("picture" + i + ".pgm");
                entry.setSize(content.length);
                entry.setModTime(1_700_000_000_000L + 1000 * i);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        final Path file = Files.write(dir.resolve("pictures.tar"), bytes.toByteArray());
        final Path archive = dir.resolve("pictures.tar.bba");
        final Cli verbose = Cli.run("compress", "-v", file);
        good(verbose);
        assertThat(verbose.err()).containsPattern("PGM: 28x28 in 1 files: 31,360 -> [\\d,]+ bytes, model mnist");
        assertThat(Cli.run("info", archive).out()).contains("a content in segments");
        good(Cli.run("decompress", "-o", dir.resolve("back.tar"), archive));
        assertThat(dir.resolve("back.tar")).hasBinaryContent(bytes.toByteArray());
        assertThat(Cli.run("verify", archive).out()).contains(String.format(Locale.ROOT, "sound, %,d", bytes.size()));
        assertThat(Cli.run("list", archive).err()).contains("no files by name");
        final Cli pipe = Cli.finish(Cli.start("compress", "-c", "-"), bytes.toByteArray());
        good(pipe);
        assertThat(archive).hasBinaryContent(pipe.bytes());
        final Cli back = Cli.finish(Cli.start("decompress", "-c", "-"), pipe.bytes());
        good(back);
        assertThat(back.bytes()).isEqualTo(bytes.toByteArray());
        Files.delete(archive);
        good(Cli.run("compress", "--rm", file));
        assertThat(file).doesNotExist();
        good(Cli.run("decompress", archive));
        assertThat(file).hasBinaryContent(bytes.toByteArray());
    }

    /** Wherever an archive of a tar archive is damaged, what is not said to be lost is what it was. */
    @Test
    void whatIsSoundOfAContentInSegmentsComesBack() throws Exception {
        final byte[] digits = Files.readAllBytes(Path.of("../testdata/mnist/t10k-images-idx3-ubyte"));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < 40; i++) {
                final byte[] pgm = Samples.concat("P5\n28 28\n255\n".getBytes(StandardCharsets.US_ASCII),
                        Arrays.copyOfRange(digits, 16 + 784 * i, 16 + 784 * (i + 1)));
                put(tar, i + ".pgm", pgm);
            }
            final ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write(digits, 100_000, 200 * 784);
            }
            put(tar, "idx.gz", packed.toByteArray());
            put(tar, "text", Samples.text());
        }
        final Path file = Files.write(dir.resolve("in.tar"), bytes.toByteArray());
        final Path archive = dir.resolve("in.tar.bba");
        good(Cli.run("compress", "-q", "--block-records", "16", file));
        final byte[] sound = Files.readAllBytes(archive);
        int saved = 0;
        for (int place = 1; place < 24; place++) {
            final byte[] bad = sound.clone();
            bad[sound.length * place / 24] ^= 0x55;
            final Path damaged = Files.write(dir.resolve("bad.bba"), bad);
            assertThat(Cli.run("decompress", "-q", "-f", damaged, "-o", dir.resolve("strict")).code()).isEqualTo(1);
            final Path back = dir.resolve("back.tar");
            final Cli cli = Cli.run("decompress", "-q", "-f", "--keep-going", damaged, "-o", back);
            assertThat(cli.code()).as("place %d", place).isEqualTo(1);
            assertThat(cli.err()).as("place %d", place).startsWith("bbans: ").doesNotContain("internal error");
            if (!Files.exists(back)) {
                continue;
            }
            final byte[] expected = bytes.toByteArray();
            final int rest = equalButForWhatIsLost(Files.readAllBytes(back), expected, cli.err());
            saved += rest == expected.length ? 1 : 0;
            Files.delete(back);
        }
        assertThat(saved).isGreaterThan(12);
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        final TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
