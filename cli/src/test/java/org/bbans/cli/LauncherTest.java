package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script, in a distribution whose only jar leads to this class path. */
class LauncherTest {

    private static final Path SCRIPT = Path.of(System.getProperty("bbans.testdata")).resolveSibling("bbans");

    private static final long LARGE_JAR = 20_000_000;

    @TempDir
    private Path home;

    /** No folder. */
    private String cache = "";
    private Path temporary;

    @BeforeEach
    void distribution() throws IOException {
        assumeThat(Path.of("/bin/sh")).exists();
        Files.copy(SCRIPT, home.resolve("bbans"));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, Arrays.stream(
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .map(p -> Path.of(p).toUri().toString()).collect(Collectors.joining(" ")));
        Path jar = Files.createDirectory(home.resolve("lib")).resolve("classpath.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        Samples.write(home.resolve("in"), Samples.text());
        temporary = Files.createDirectory(home.resolve("tmp"));
    }

    @AfterEach
    void nothingTemporaryIsLeft() throws Exception {
        for (int i = 0; i < 1200 && isBeingMade(); i++) {
            Thread.sleep(100);
        }
        assertThat(isBeingMade()).isFalse();
        assertThat(temporary).isEmptyDirectory();
    }

    /** Whether a launcher is still busy in the background with what it keeps for later ones. */
    private boolean isBeingMade() throws IOException {
        if (cache.isEmpty() || !Files.isDirectory(Path.of(cache))) {
            return false;
        }
        try (Stream<Path> all = Files.list(Path.of(cache))) {
            return all.map(file -> file.getFileName().toString())
                    .anyMatch(name -> name.endsWith(".made") || name.startsWith("rehearsal."));
        }
    }

    private Cli launch(String options, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", home.resolve("bbans").toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().put("BBANS_JAVA", Path.of(System.getProperty("java.home"), "bin/java").toString());
        builder.environment().put("BBANS_JAVA_OPTS", options);
        builder.environment().put("BBANS_CACHE", cache);
        builder.environment().put("TMPDIR", temporary.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Cli(process.waitFor(), process.getInputStream().readAllBytes(), err);
    }

    @Test
    void onlyBbansSpeaks() throws Exception {
        for (String options : List.of("", "-Xmx256m")) {
            Cli cli = launch(options, "compress", "-f", "-v", "in");
            assertThat(cli.code()).isZero();
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err().lines()).isNotEmpty().allMatch(line -> line.startsWith("bbans: "));
        }
        assertThat(launch("", "verify", "in.bba").err()).isEmpty();
        assertThat(launch("", "info", "in.bba").err()).isEmpty();
    }

    /** Killed before Java has begun, it leaves nobody behind who holds the caller's standard error. */
    @Test
    void whoWaitsForAKilledLauncherIsNotHeldUp() throws Exception {
        String script = Files.readString(SCRIPT);
        for (String line : List.of("    exec 3>&2", "    rm -r \"$pipe\"", "    (exec <&5")) {
            assertThat(script).contains(line);
            Files.writeString(home.resolve("bbans"), script.replace(line, "    kill -9 $$\n" + line));
            ProcessBuilder builder = new ProcessBuilder("/bin/sh", home.resolve("bbans").toString(), "verify", "in")
                    .directory(home.toFile());
            builder.environment().put("BBANS_JAVA", Path.of(System.getProperty("java.home"), "bin/java").toString());
            builder.environment().put("BBANS_CACHE", "");
            Process process = builder.start();
            process.getOutputStream().close();
            CompletableFuture<byte[]> err = CompletableFuture.supplyAsync(() -> {
                try {
                    return process.getErrorStream().readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(err.get(30, TimeUnit.SECONDS)).as(line).isEmpty();
            assertThat(process.waitFor()).as(line).isEqualTo(128 + 9);
        }
    }

    /** What was left behind by one that was killed between making its pipe and opening it. */
    @Test
    void anOldPipeIsRemoved() throws Exception {
        Path old = Files.createDirectory(temporary.resolve("bbans-stderr.Ab12cd"));
        Files.createFile(old.resolve("stderr"));
        assertThat(launch("", "verify", "in").code()).isEqualTo(1);
        assertThat(old).exists();
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(3, ChronoUnit.DAYS)));
        assertThat(launch("", "verify", "in").code()).isEqualTo(1);
    }

    /** A locale without letters, a name that is no UTF-8, a folder of such a name. */
    @Test
    void namesOfAnyBytesInAnyLocale() throws Exception {
        for (String locale : List.of("C", "C.UTF-8")) {
            Cli cli = shell("LC_ALL=" + locale + " && export LC_ALL && d=$(printf 'gr\\303\\266\\377') && mkdir $d && "
                    + "cd $d && f=$(printf 'b\\303\\274\\377') && cp ../in $f && ../bbans compress $f && "
                    + "../bbans verify $f.bba && rm $f && ../bbans -d $f.bba && cmp $f ../in && "
                    + "../bbans info \"$PWD/$f.bba\" && cd .. && ./bbans -t $d/$f.bba; code=$?; rm -r $d; exit $code");
            assertThat(cli.err()).isEmpty();
            assertThat(cli.code()).isZero();
        }
    }

    /** Java would read, or overwrite, the first file that it opens in place of a closed descriptor. */
    @Test
    void closedDescriptorsAreNoFiles() throws Exception {
        Cli in = shell("./bbans compress -c - <&- >x; c=$?; [ ! -s x ] && exit $c");
        assertThat(in.err()).startsWith("bbans: standard input: ");
        assertThat(in.code()).isEqualTo(1);
        Cli out = shell("./bbans compress -c in >&-");
        assertThat(out.err()).startsWith("bbans: standard output: ");
        assertThat(out.code()).isEqualTo(1);
        Cli err = shell("./bbans compress -q -f in 2>&- && ./bbans -dc in.bba 2>&- | cmp - in");
        assertThat(err.code()).isZero();
    }

    /** Pipes with names are read like others; nothing is put beside what is no file. */
    @Test
    void pipesWithNames() throws Exception {
        Cli cli = shell("mkfifo p && (cat in >p &) && ./bbans compress -c p >a.bba && (cat a.bba >p &) && "
                + "./bbans -dc p | cmp - in && (cat in >p &) && ./bbans compress p; c=$?; "
                + "[ ! -e p.bba ] && rm p && exit $c");
        assertThat(cli.err()).startsWith("bbans: p: is no regular file");
        assertThat(cli.code()).isEqualTo(1);
    }

    /** Backslashes, bytes that are no characters, characters that the locale has not; in links' targets, too. */
    @Test
    void foldersOfNamesOfAnyBytesInAnyLocale() throws Exception {
        for (String locale : List.of("C", "C.UTF-8", "xx_XX.UTF-8", "de_DE.ISO-8859-1")) {
            Cli cli = shell("LC_ALL=" + locale + " && export LC_ALL && d=$(printf 'gr\\303\\266\\377') && "
                    + "mkdir -p $d/a && echo 1 >$d/'a\\b' && echo 2 >$d/a/b && "
                    + "for n in '\\376' '\\377' '\\303\\244' '\\303\\266' '\\374'; do "
                    + "echo $n >$d/$(printf \"$n\"); ln -s $(printf \"x/$n\") $d/a/l$(printf \"$n\"); done; "
                    + "./bbans compress $d && ./bbans verify $d.bba && ./bbans -d -o out $d.bba && "
                    + "diff -r --no-dereference $d out/$d && ./bbans list $d.bba >/dev/null; c=$?; "
                    + "rm -r $d out $d.bba; exit $c");
            assertThat(cli.err()).as(locale).isEmpty();
            assertThat(cli.code()).as(locale).isZero();
        }
    }

    @Test
    void worksAsTheFilterOfTar() throws Exception {
        Cli cli = shell("mkdir d && cp in d/a && cp in d/b && tar -I ./bbans -cf d.tar.bba d && rm -r d && "
                + "tar -I ./bbans -xf d.tar.bba && cmp d/a in && cmp d/b in && ./bbans -l d.tar.bba && "
                + "./bbans <in | ./bbans -d | cmp - in");
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("bbans archive");
    }

    /** What is kept for the next start may be missing, damaged, or impossible to make, as it is for this class path. */
    @Test
    void aCacheOfAnyKindChangesNothing() throws Exception {
        Files.writeString(home.resolve("lib/build-id"), "0123456789abcdef0123\n");
        assertThat(launch("", "compress", "in").code()).isZero();
        String expected = launch("", "info", "in.bba").out();
        Path folder = Files.createDirectory(home.resolve("cache"));
        for (Path place : List.of(folder, home.resolve("in"), home.resolve("in/cache"), home.resolve("a b"))) {
            cache = place.toString();
            Cli cli = launch("", "info", "in.bba");
            assertThat(cli.err()).isEmpty();
            assertThat(cli.code()).isZero();
            assertThat(cli.out()).isEqualTo(expected);
        }
        assertThat(home.resolve("a b")).isNotEmptyDirectory();
        cache = folder.toString();
        List<Path> seen;
        try (Stream<Path> all = Files.list(folder)) {
            seen = all.toList();
        }
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0).toString()).endsWith(".seen").contains("quick-", "0123456789abcdef+");
        Path kept = Path.of(seen.get(0).toString().replace(".seen", ""));
        for (byte[] content : List.of(new byte[0], new byte[100_000], Samples.text())) {
            Files.write(kept, content);
            assertThat(shell("cksum <'" + kept + "' >'" + kept + ".sum'").code()).isZero();
            Cli cli = launch("", "info", "in.bba");
            assertThat(cli.err()).isEmpty();
            assertThat(cli.out()).isEqualTo(expected);
        }
        Files.delete(kept);
        Path killed = Files.createDirectories(folder.resolve("rehearsal.123"));
        Files.createDirectory(killed.resolve("1"));
        Files.setLastModifiedTime(killed, FileTime.from(Instant.now().minus(3, ChronoUnit.DAYS)));
        // While somebody makes it, nobody else does.
        Path made = Files.createFile(Path.of(kept + ".made"));
        assertThat(launch("", "info", "in.bba").code()).isZero();
        assertThat(seen.get(0)).exists();
        Files.setLastModifiedTime(made, FileTime.from(Instant.now().minus(3, ChronoUnit.DAYS)));
        assertThat(launch("", "info", "in.bba").code()).isZero();
        assertThat(made).doesNotExist();
        assertThat(launch("", "info", "in.bba").code()).isZero();
        assertThat(seen.get(0)).doesNotExist();
        assertThat(killed).doesNotExist();
    }

    /** Java takes the bytes of a cache as they are: one that is not as it was made is left alone, and made again. */
    @Test
    @Tag("slow")
    void aCacheThatWasCutOffOrChangedIsNotUsed() throws Exception {
        Path folder = Files.createDirectory(home.resolve("cache"));
        String expected = withoutCache();
        cache = folder.toString();
        Path kept = made(folder, expected);
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).allMatch(file -> Files.isRegularFile(file));
        }
        byte[] good = Files.readAllBytes(kept);
        assertThat(usesCache(expected)).isTrue();
        Random random = new Random(5);
        for (int at : new int[] {0, 1, 5000, good.length / 2, good.length - 5000, good.length - 1}) {
            // Java makes it read-only.
            Files.delete(kept);
            Files.write(kept, Arrays.copyOf(good, at));
            assertThat(usesCache(expected)).as("cut at " + at).isFalse();
            byte[] noise = new byte[Math.min(5000, good.length - at)];
            random.nextBytes(noise);
            byte[] bad = good.clone();
            System.arraycopy(noise, 0, bad, at, noise.length);
            Files.write(kept, bad);
            assertThat(usesCache(expected)).as("changed at " + at).isFalse();
            Files.deleteIfExists(Path.of(kept + ".seen"));
            Files.deleteIfExists(Path.of(kept + ".made"));
        }
        Files.delete(Path.of(kept + ".sum"));
        assertThat(usesCache(expected)).isFalse();
        made(folder, expected);
        assertThat(usesCache(expected)).isTrue();
    }

    /** One that was made for other modules would cost more time than it saves. */
    @Test
    @Tag("slow")
    void otherModulesGetACacheOfTheirOwn() throws Exception {
        Path folder = Files.createDirectory(home.resolve("cache"));
        String expected = withoutCache();
        cache = folder.toString();
        Path kept = made("", "java", folder, expected);
        Path other = made("--add-modules=java.sql", "java.sql", folder, expected);
        assertThat(other).isNotEqualTo(kept);
        for (String options : List.of("", "--add-modules=java.sql")) {
            assertThat(usesCache(options, expected)).as(options).isTrue();
        }
    }

    /** With jars of which a cache can be made, but none so far: what an archive is said to hold. */
    private String withoutCache() throws Exception {
        realJars();
        Files.writeString(home.resolve("lib/build-id"), "0123456789abcdef0123\n");
        assertThat(launch("", "compress", "in").code()).isZero();
        return launch("", "info", "in.bba").out();
    }

    /** Runs until there is a cache. */
    private Path made(Path folder, String expected) throws Exception {
        return made("", "java", folder, expected);
    }

    private Path made(String options, String end, Path folder, String expected) throws Exception {
        for (int i = 0; i < 600; i++) {
            try (Stream<Path> all = Files.list(folder)) {
                Optional<Path> sum = all.filter(file -> file.toString().endsWith(end + ".sum")).findAny();
                if (sum.isPresent()) {
                    return Path.of(sum.get().toString().replaceAll("\\.sum$", ""));
                }
            }
            if (i % 100 < 2) {
                assertThat(launch(options, "info", "in.bba").out()).isEqualTo(expected);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError("no cache in " + folder);
    }

    /** Whether the program's classes come from the cache; it does its work in any case. */
    private boolean usesCache(String expected) throws Exception {
        return usesCache("", expected);
    }

    private boolean usesCache(String options, String expected) throws Exception {
        Path log = home.resolve("classes.log");
        Files.deleteIfExists(log);
        Cli cli = launch(options + " -Xlog:class+load:file=" + log, "info", "in.bba");
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).as(cli.out()).isZero();
        assertThat(cli.out()).isEqualTo(expected);
        return Files.readString(log).lines()
                .anyMatch(line -> line.contains("org.bbans.cli.Main ") && line.contains("shared objects file"));
    }

    /** The class path as jars, of which a cache can be made; what training needs is left out. */
    private void realJars() throws IOException {
        Path lib = home.resolve("lib");
        Files.delete(lib.resolve("classpath.jar"));
        int number = 0;
        for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator)) {
            Path path = Path.of(entry);
            Path jar = lib.resolve(String.format("%03d.jar", number++));
            if (Files.isDirectory(path)) {
                jar(path, jar);
            } else if (Files.exists(path) && Files.size(path) < LARGE_JAR) {
                Files.copy(path, jar);
            }
        }
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (Stream<Path> all = Files.walk(classes);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
            }
        }
    }

    private Cli shell(String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", script).directory(home.toFile());
        builder.environment().put("BBANS_CACHE", "");
        builder.environment().put("BBANS_JAVA", Path.of(System.getProperty("java.home"), "bin/java").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Cli(process.waitFor(), process.getInputStream().readAllBytes(), err);
    }

    @Test
    void aVirtualMachineThatCannotStartSaysWhy() throws Exception {
        for (String command : List.of("compress", "info")) {
            Cli cli = launch("-Xmxnonsense", command, "in");
            assertThat(cli.code()).isNotZero();
            assertThat(cli.err()).contains("-Xmxnonsense").contains("Could not create the Java Virtual Machine");
        }
    }
}
