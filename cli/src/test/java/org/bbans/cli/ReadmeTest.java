package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells Java programs to do. */
class ReadmeTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final int HEADER = 16;
    private static final int RECORD = 28 * 28;
    private static final int RECORDS = 20;

    @TempDir
    private Path dir;

    /** Compiles the example as it stands but for the paths and the number of a record, and runs it. */
    @Test
    void theExampleGivesTheFileBack() throws Exception {
        final Path file = dir.resolve("digits.idx");
        final Path archive = dir.resolve("digits.bba");
        final byte[] digits = Arrays.copyOf(Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte")),
                HEADER + RECORDS * RECORD);
        ByteBuffer.wrap(digits).putInt(4, RECORDS);
        Files.write(file, digits);
        final Path source = dir.resolve("Example.java");
        Files.writeString(source, """
            import java.io.*;
            import java.nio.file.Path;
            import org.bbans.codec.archive.*;
            import org.bbans.model.*;
            public class Example {
                public static byte[] content;
                public static byte[] record;
                public static void run() throws IOException {
                    %s
                }
            }
            """.formatted(example().replace("digits.idx", file.toString()).replace("digits.bba", archive.toString())
                .replace("byte[] back", "content").replace("byte[] digit", "record").replace("4711", "7")));
        final String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", dir.toString(), "-cp", classpath,
                source.toString())).isZero();

        try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
            final Class<?> example = loader.loadClass("Example");
            example.getMethod("run").invoke(null);

            assertThat(example.getField("content").get(null)).isEqualTo(digits);
            assertThat(example.getField("record").get(null))
                    .isEqualTo(Arrays.copyOfRange(digits, HEADER + 7 * RECORD, HEADER + 8 * RECORD));
        }
        assertThat(Files.size(archive)).isLessThan(digits.length / 4);
    }

    private static String example() throws IOException {
        final Matcher code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(TESTDATA.resolveSibling("README.md")));
        assertThat(code.find()).isTrue();
        return code.group(1);
    }
}
