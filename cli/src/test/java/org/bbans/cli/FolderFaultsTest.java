package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.StoredContent;
import org.bbans.model.CollectionCompressor;
import org.bbans.model.CompressionOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be restored does not keep the rest from it, is said on a line of its own, and counted. */
class FolderFaultsTest {

    private static final String COUNT = " files, folders and links could not be restored";

    @TempDir
    private Path dir;
    private Path archive;
    private Path out;

    /** Ten names: three folders, a link, and files of which a, b and sub/b are the same. */
    @BeforeEach
    void compress() throws IOException {
        Path in = Files.createDirectory(dir.resolve("in"));
        Files.createDirectory(in.resolve("sub"));
        for (String name : List.of("a", "b", "sub/b")) {
            Files.write(in.resolve(name), Samples.text());
        }
        for (String name : List.of("c", "sub/c", "z")) {
            Files.writeString(in.resolve(name), name);
        }
        Files.createSymbolicLink(in.resolve("link"), Path.of("a"));
        Files.createDirectory(in.resolve("empty"));
        archive = dir.resolve("in.bba");
        assertThat(Cli.run("compress", "-q", in).code()).isZero();
        out = Files.createDirectory(dir.resolve("out"));
    }

    private List<String> restored() throws IOException {
        try (Stream<Path> all = Files.walk(out)) {
            return all.filter(p -> !p.equals(out)).map(p -> out.relativize(p).toString()).sorted().toList();
        }
    }

    private static List<String> failures(Cli cli) {
        assertThat(cli.code()).as(cli.err()).isEqualTo(1);
        assertThat(cli.err()).doesNotContain("internal error");
        return cli.err().lines().toList();
    }

    @Test
    void whatIsExcludedIsLeftOutWithAllInIt() throws Exception {
        Path in = dir.resolve("in");
        for (Map.Entry<String, List<String>> e : Map.of("c", List.of("in/sub/c", "in/c"), "in/sub",
                List.of("in/sub", "in/sub/b", "in/sub/c"), "in/*/b", List.of("in/sub/b"), "l[i]nk", List.of("in/link"))
                .entrySet()) {
            assertThat(names("--exclude", e.getKey(), in)).containsExactlyInAnyOrderElementsOf(
                    names(in).stream().filter(name -> !e.getValue().contains(name)).toList());
        }
        assertThat(names("--exclude", "sub", "--exclude=c", in)).doesNotContain("in/sub", "in/c").contains("in/a");
        assertThat(failures(Cli.run("compress", "--exclude", "*", in))).singleElement().asString()
                .contains("nothing is left");
        Cli none = Cli.run("compress", "--exclude", "no such", "-o", dir.resolve("x.bba"), in);
        assertThat(none.code()).isZero();
        assertThat(none.err()).contains("--exclude no such: has left nothing out");
        assertThat(Cli.run("compress", "--exclude", "c", in.resolve("a")).code()).isEqualTo(2);
    }

    /** Names in an archive that is made so. */
    private List<String> names(Object... compress) throws Exception {
        List<Object> command = new ArrayList<>(List.of("compress", "-q", "-f", "-o", dir.resolve("made.bba")));
        command.addAll(Arrays.asList(compress));
        Cli made = Cli.run(command.toArray());
        assertThat(made.code()).as(made.err()).isZero();
        return Cli.run("list", dir.resolve("made.bba")).out().lines().map(name -> name.replaceFirst("/$", "")).toList();
    }

    @Test
    void whatCannotBeReadCanBeLeftOut() throws Exception {
        Path in = dir.resolve("in");
        Path closed = Files.createDirectory(in.resolve("closed"));
        Files.setPosixFilePermissions(closed, Set.of());
        try {
            assumeThat(Files.isReadable(closed)).isFalse();
            List<String> failures = failures(Cli.run("compress", "-o", dir.resolve("x.bba"), in));
            assertThat(failures).singleElement().asString().startsWith("bbans: " + closed).contains("--exclude");
            assertThat(dir.resolve("x.bba")).doesNotExist();
            assertThat(names("--exclude", "closed", in)).contains("in/a").doesNotContain("in/closed");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** Where the disk tells case apart, names that differ in nothing else are not taken for each other. */
    @Test
    void namesThatDifferInCaseAloneAreReplacedToo() throws Exception {
        Path in = Files.createDirectory(dir.resolve("cases"));
        Files.writeString(in.resolve("Name"), "one");
        assumeThat(in.resolve("name")).doesNotExist();
        Files.writeString(in.resolve("name"), "two");
        Files.writeString(in.resolve("NAME"), "three");
        assertThat(Cli.run("compress", "-q", in).code()).isZero();
        for (int round = 0; round < 2; round++) {
            Cli cli = Cli.run("decompress", "-q", "-f", "-o", out, dir.resolve("cases.bba"));
            assertThat(cli.err()).isEmpty();
            assertThat(cli.code()).isZero();
            for (String name : List.of("Name", "name", "NAME")) {
                assertThat(out.resolve("cases").resolve(name)).hasSameTextualContentAs(in.resolve(name));
                Files.writeString(out.resolve("cases").resolve(name), "of before");
            }
        }
    }

    /** Some disks keep times that archives do not. */
    @Test
    void timesBeyondAllOthersAreKeptAsTheLast() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeThat(memory).isDirectory().isWritable();
        Path in = Files.createTempDirectory(memory, "bbans");
        try {
            Path file = Files.createFile(in.resolve("file"));
            // Java cannot set it.
            assumeThat(new ProcessBuilder("touch", "-d", "@" + ((1L << 40) + 5), file.toString()).start().waitFor())
                    .isZero();
            assumeThat(Files.getLastModifiedTime(file).to(TimeUnit.SECONDS)).isGreaterThan(1L << 40);
            Cli cli = Cli.run("compress", "-o", dir.resolve("late.bba"), in);
            assertThat(cli.code()).as(cli.err()).isZero();
            assertThat(cli.err()).contains(file + ": its time, ", "is beyond what archives hold");
            assertThat(Cli.run("verify", dir.resolve("late.bba")).code()).isZero();
        } finally {
            Files.deleteIfExists(in.resolve("file"));
            Files.delete(in);
        }
    }

    /** Java 17 cannot set a time before 1970 with a fraction of a second. */
    @Test
    void timesBefore1970AreKeptToTheSecond() throws Exception {
        Path in = Files.createDirectory(dir.resolve("old"));
        Path file = Files.createFile(in.resolve("file"));
        assumeThat(new ProcessBuilder("touch", "-d", "@-144000000.75", file.toString()).start().waitFor()).isZero();
        assertThat(Cli.run("compress", "-q", in).code()).isZero();
        assertThat(Cli.run("decompress", "-q", "-o", out, dir.resolve("old.bba")).code()).isZero();
        FileTime second = FileTime.from(-144_000_001, TimeUnit.SECONDS);
        assertThat(Files.getLastModifiedTime(out.resolve("old/file"))).isEqualTo(second);
        assertThat(Cli.run("compress", "-q", file).code()).isZero();
        assertThat(Files.getLastModifiedTime(in.resolve("file.bba"))).isEqualTo(second);
    }

    /** The same files, once with each of those in the way whose content another one has too. */
    @Test
    void filesThatExistAreKeptAndTheOthersRestored() throws Exception {
        for (String name : List.of("a", "b", "sub/b")) {
            out = dir.resolve("out " + name.replace('/', ' '));
            Path mine = out.resolve("in").resolve(name);
            Files.createDirectories(mine.getParent());
            Files.writeString(mine, "mine");
            assertThat(failures(Cli.run("decompress", "-q", "-o", out, archive))).containsExactly(
                    "bbans: " + mine + ": exists already; add -f to overwrite it, or restore into another folder",
                    "bbans: " + archive + ": 1 of 10" + COUNT);
            assertThat(mine).hasContent("mine");
            assertThat(restored()).containsExactly("in", "in/a", "in/b", "in/c", "in/empty", "in/link", "in/sub",
                    "in/sub/b", "in/sub/c", "in/z");
            for (String same : List.of("a", "b", "sub/b")) {
                if (!same.equals(name)) {
                    assertThat(out.resolve("in").resolve(same)).hasBinaryContent(Samples.text());
                }
            }
            assertThat(Cli.run("decompress", "-q", "-f", "-o", out, archive).code()).isZero();
            assertThat(mine).hasBinaryContent(Samples.text());
        }
        assertThat(archive).exists();
    }

    /** Known only when the content has been decoded, and a copy is to be made of it. */
    @Test
    void aFolderInAFilesPlaceStaysAndCopiesAreMade() throws Exception {
        Files.createDirectories(out.resolve("in/a/mine"));
        Files.createDirectories(out.resolve("in/link/mine"));
        assertThat(failures(Cli.run("decompress", "-q", "-f", "-o", out, archive))).hasSize(3)
                .satisfies(lines -> {
                    assertThat(lines.get(0)).startsWith("bbans: " + out.resolve("in/a") + ": is a folder, where");
                    assertThat(lines.get(1)).startsWith("bbans: " + out.resolve("in/link") + ": is a folder, where");
                    assertThat(lines.get(2)).contains(": 2 of 10" + COUNT);
                });
        assertThat(out.resolve("in/b")).hasBinaryContent(Samples.text());
        assertThat(out.resolve("in/sub/b")).hasBinaryContent(Samples.text());
        assertThat(restored()).containsExactly("in", "in/a", "in/a/mine", "in/b", "in/c", "in/empty", "in/link",
                "in/link/mine", "in/sub", "in/sub/b", "in/sub/c", "in/z");
    }

    /** The folder is named once, however much would lie in it; a link there is not followed. */
    @Test
    void whatLiesInAFolderThatCannotBeMadeIsLeftOut() throws Exception {
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.createDirectory(out.resolve("in"));
        Files.createSymbolicLink(out.resolve("in/sub"), outside);
        for (String force : List.of("-q", "-qf")) {
            Cli cli = Cli.run("decompress", force, "-o", out, archive);
            assertThat(failures(cli).get(0)).startsWith("bbans: " + out.resolve("in/sub") + ": is no folder, so what");
            assertThat(cli.err().lines().filter(line -> line.contains("in/sub"))).hasSize(1);
            assertThat(outside).isEmptyDirectory();
        }
        assertThat(out.resolve("in/b")).hasBinaryContent(Samples.text());
        assertThat(out.resolve("in/z")).hasContent("z");
    }

    /** Names that fit into an archive, but on no disk; one of them has the content first. */
    @Test
    void aNameThatIsTooLongIsLeftOut() throws Exception {
        Path file = Files.write(dir.resolve("file"), Samples.text());
        Path other = Files.writeString(dir.resolve("other"), "other");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Files.setLastModifiedTime(other, FileTime.fromMillis(0));
        List<CollectionCompressor.Stored> stored = new ArrayList<>();
        for (String name : List.of("a".repeat(300), "b", "c".repeat(300) + "/c", "d")) {
            CollectionEntry entry = new CollectionEntry(name.getBytes(StandardCharsets.UTF_8), EntryType.FILE, 0644, 0,
                    0, new byte[0], new StoredContent.Segments(List.of()));
            stored.add(new CollectionCompressor.Stored(entry, name.equals("d") ? other : file));
        }
        Path names = dir.resolve("names.bba");
        try (OutputStream to = Files.newOutputStream(names)) {
            new CollectionCompressor(CompressionOptions.plain()).compress(stored, to);
        }
        List<String> lines = failures(Cli.run("decompress", "-q", "-o", out, names));
        assertThat(lines).hasSize(3);
        assertThat(lines.subList(0, 2)).allMatch(line -> line.contains(": the name is too long for this disk; "));
        assertThat(lines.get(2)).contains(": 2 of 4" + COUNT);
        assertThat(restored()).containsExactly("b", "d");
        assertThat(out.resolve("b")).hasBinaryContent(Samples.text());
        assertThat(out.resolve("d")).hasContent("other");
    }

    /** What could not be restored is not written. */
    @Test
    void nothingLiesBelowAFile() {
        for (EntryType type : List.of(EntryType.FILE, EntryType.LINK)) {
            List<CollectionCompressor.Stored> stored = new ArrayList<>();
            for (String name : List.of("a/b/c", "a/b")) {
                EntryType its = name.equals("a/b") ? type : EntryType.FILE;
                stored.add(new CollectionCompressor.Stored(new CollectionEntry(name.getBytes(StandardCharsets.UTF_8),
                        its, 0644, 0, 0, its == EntryType.LINK ? new byte[] {'x'} : new byte[0],
                        its == EntryType.LINK ? null : new StoredContent.Segments(List.of())), dir.resolve("in/a")));
            }
            assertThatThrownBy(() -> new CollectionCompressor(CompressionOptions.plain()).compress(stored,
                    OutputStream.nullOutputStream())).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a/b/c lies below what is no folder");
        }
    }

    @Test
    void aModelThatIsNamedFitsSomething() throws Exception {
        assertThat(failures(
                Cli.run("compress", "-q", "-m", "mnist-fast", "-o", dir.resolve("new.bba"), dir.resolve("in"))))
                .singleElement().asString().contains("28x28", "there are none in these files");
        assertThat(dir.resolve("new.bba")).doesNotExist();
    }

    /** The directory stands in front. */
    @Test
    void theNamesInAnArchiveThatIsCutAreListed() throws Exception {
        byte[] whole = Files.readAllBytes(archive);
        Path cut = Files.write(dir.resolve("cut.bba"), Arrays.copyOf(whole, whole.length - 100));
        Cli list = Cli.run("list", cut);
        assertThat(failures(list)).singleElement().asString().startsWith("bbans: " + cut + ": ");
        assertThat(list.out()).isEqualTo(Cli.run("list", archive).out());
    }

    @Test
    void aRootThatCannotBeMadeIsOneLine() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "mine");
        assertThat(failures(Cli.run("decompress", "-q", "-o", file, archive))).singleElement().asString()
                .contains(file + ": is no folder");
        assertThat(file).hasContent("mine");
    }

    @Test
    void patternsThatMeanNothingAreNamedAndTheOthersRestored() throws Exception {
        assertThat(failures(Cli.run("extract", "-q", "-o", out, archive, "none*", "in/z", "no"))).containsExactly(
                "bbans: " + archive + ": nothing in it is called none*; 'bbans list' says what is",
                "bbans: " + archive + ": nothing in it is called no; 'bbans list' says what is");
        assertThat(restored()).containsExactly("in", "in/z");
        List<String> lines = failures(Cli.run("extract", "-q", "-o", out, archive, "none*", "in/z", "in/c"));
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains(out.resolve("in/z") + ": exists already");
        assertThat(lines.get(1)).contains("none*");
        assertThat(lines.get(2)).contains(": 1 of 2" + COUNT);
        assertThat(restored()).containsExactly("in", "in/c", "in/z");
    }

    /** Standard output is a descriptor, which only a process of its own lets see. */
    @Test
    void membersAreWrittenThoughAnotherOneIsNotThere() throws Exception {
        Cli cli = Cli.finish(Cli.start("cat", archive, "in/z", "none", "in/c"), new byte[0]);
        assertThat(failures(cli)).singleElement().asString().contains("nothing in it is called none");
        assertThat(cli.out()).isEqualTo("cz");
    }

    /** Without a folder to restore into, files of no folder go where the process is. */
    @Test
    void filesOfNoFolderAreRestoredWhereTheProcessIs() throws Exception {
        Path single = Files.writeString(dir.resolve("single"), "one");
        Path both = dir.resolve("both.bba");
        assertThat(Cli.run("compress", "-q", "-o", both, single, archive).code()).isZero();
        ProcessBuilder builder = Cli.builder(Path.of(System.getProperty("java.home")), List.of(),
                "org.bbans.cli.Main", "extract", "-q", both, "single");
        Cli cli = Cli.finish(builder.directory(out.toFile()).start(), new byte[0]);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(out.resolve("single")).hasContent("one");
    }

    @Test
    void anArchiveThatIsNotThereDoesNotKeepTheOthers() throws Exception {
        Path single = Files.writeString(dir.resolve("single"), "one");
        assertThat(Cli.run("compress", "-q", single).code()).isZero();
        Files.delete(single);
        Path packed = dir.resolve("single.bba");
        Path missing = dir.resolve("missing");
        assertThat(failures(Cli.run("decompress", "-q", missing, packed, archive))).first().asString()
                .startsWith("bbans: " + missing + ": no such file");
        assertThat(single).hasContent("one");
        assertThat(failures(Cli.run("verify", "-q", missing, packed, archive))).hasSize(1);
        Files.delete(packed);
        assertThat(failures(Cli.run("compress", "-q", missing, single, dir.resolve("in/a")))).hasSize(1);
        assertThat(packed).exists();
    }
}
