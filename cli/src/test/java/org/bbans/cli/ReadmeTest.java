package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.model.BuiltInModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README and the packages tell Java programs to do. */
class ReadmeTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final Path GOLDEN = TESTDATA.resolve("collections/folder.bba");
    private static final int HEADER = 16;
    private static final int RECORD = 28 * 28;
    private static final int RECORDS = 20;

    @TempDir
    private Path dir;

    /** What a stranger types first: the main job and the tests. */
    @Test
    void bothCommandsOfTheStartAreThere() throws IOException {
        final String start =
                Files.readString(TESTDATA.resolveSibling("README.md")).split("## Start")[1].split("\n## ")[0];
        assertThat(start).contains("./bbans compress -v testdata/", "`mvn verify` runs the tests");
    }

    /** Compiles the example as it stands but for the paths and the number of a record, and runs it. */
    @Test
    void theExampleGivesTheFileBack() throws Exception {
        final Path file = dir.resolve("digits.idx");
        final Path archive = dir.resolve("digits.bba");
        final byte[] digits = digits();
        Files.write(file, digits);
        compile("Example", """
            public static byte[] content;
            public static byte[] record;
            public static FileSystem files;
            public static void run() throws Exception {
                %s
            }
            """.formatted(example().replace("digits.idx", file.toString()).replace("digits.bba", archive.toString())
                .replace("photos.bba", GOLDEN.toString()).replace("FileSystem photos", "files")
                .replace("byte[] back", "content").replace("byte[] digit", "record").replace("4711", "7")));

        try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
            final Class<?> example = loader.loadClass("Example");
            example.getMethod("run").invoke(null);

            assertThat(example.getField("content").get(null)).isEqualTo(digits);
            assertThat(example.getField("record").get(null))
                    .isEqualTo(Arrays.copyOfRange(digits, HEADER + 7 * RECORD, HEADER + 8 * RECORD));
            try (FileSystem files = (FileSystem) example.getField("files").get(null)) {
                assertThat(Files.readAllBytes(files.getPath("folder/one.png"))).contains('P', 'N', 'G');
            }
        }
        assertThat(Files.size(archive)).isLessThan(digits.length / 4);
    }

    /** Compiles the examples of packages and runs them, each on the digits. */
    @Test
    void thePackagesExamplesRun() throws Exception {
        final Path file = Files.write(dir.resolve("digits"), digits());
        final Path model = Files.write(dir.resolve("model"),
                new BuiltInModels().byName("mnist-fast").orElseThrow().file().toBytes());
        final StringBuilder methods = new StringBuilder();
        final List<String> names = new ArrayList<>();
        for (String module : List.of("codec", "model")) {
            try (Stream<Path> sources = Files.walk(TESTDATA.resolveSibling(module).resolve("src/main/java"))) {
                for (Path source : sources.filter(p -> p.endsWith("package-info.java")).sorted().toList()) {
                    final Matcher code = Pattern.compile("<pre>\\{@code\n(.*?)}</pre>", Pattern.DOTALL)
                            .matcher(Files.readString(source));
                    while (code.find()) {
                        names.add("example" + names.size());
                        methods.append("""
                            public static void %s(Path file, Path archive, Path copy, Path model, Path folder)
                                    throws Exception {
                                Path digits%s = file;
                                %s
                            }
                            """.formatted(names.get(names.size() - 1),
                                code.group(1).contains("Layout digits") ? "File" : "",
                                code.group(1).replaceAll("(?m)^ \\* ?", "").replace("readAllBytes(file)",
                                        "readAllBytes(model)")
                                        .replace("ModelChoice.read(file)", "ModelChoice.read(model)")
                                        .replace("Model model", "Model network")
                                        .replace("(model,", "(network,").replace("model.codec", "network.codec")));
                    }
                }
            }
        }
        assertThat(names).hasSizeGreaterThanOrEqualTo(4);
        compile("Examples", methods.toString());
        try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
            final Class<?> examples = loader.loadClass("Examples");
            for (String name : names) {
                final Path archive = dir.resolve(name + ".bba");
                final Path copy = dir.resolve(name + ".copy");
                examples.getMethod(name, Path.class, Path.class, Path.class, Path.class, Path.class)
                        .invoke(null, file, archive, copy, model, GOLDEN);
                if (Files.exists(archive)) {
                    assertThat(Files.size(archive)).isLessThan(Files.size(file) / 4);
                    try (InputStream in = new ArchiveInputStream(Files.newInputStream(archive), new BuiltInModels(),
                            ReadOptions.DEFAULT)) {
                        assertThat(in).hasBinaryContent(Files.readAllBytes(file));
                    }
                }
                if (Files.exists(copy)) {
                    assertThat(copy).hasSameBinaryContentAs(file);
                }
            }
        }
    }

    private static byte[] digits() throws IOException {
        final byte[] digits = Arrays.copyOf(Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte")),
                HEADER + RECORDS * RECORD);
        ByteBuffer.wrap(digits).putInt(4, RECORDS);
        return digits;
    }

    private void compile(String name, String members) throws IOException {
        final Path source = Files.writeString(dir.resolve(name + ".java"), """
            import java.io.*;
            import java.nio.file.*;
            import java.util.stream.Stream;
            import org.apache.commons.compress.compressors.CompressorStreamFactory;
            import org.bbans.codec.archive.*;
            import org.bbans.codec.format.*;
            import org.bbans.model.*;
            import org.bbans.model.stream.*;
            public class %s {
                %s
            }
            """.formatted(name, members));
        final String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", dir.toString(), "-cp", classpath,
                source.toString())).isZero();
    }

    private static String example() throws IOException {
        final Matcher code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(TESTDATA.resolveSibling("README.md")));
        assertThat(code.find()).isTrue();
        return code.group(1);
    }
}
