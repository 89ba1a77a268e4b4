package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
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
    private static final int RECORDS = 5;

    @TempDir
    private Path dir;

    /** Compiles the example as it stands, and runs it. */
    @Test
    void theExampleGivesTheRecordsBack() throws Exception {
        final Path archive = dir.resolve("digits.bba");
        final Path source = dir.resolve("Example.java");
        Files.writeString(source, """
            import java.io.*;
            import org.bbans.codec.archive.*;
            import org.bbans.codec.format.*;
            import org.bbans.model.*;
            public class Example {
                public static byte[] run(byte[] images) throws IOException {
                    %s
                }
            }
            """.formatted(example().replace("\"digits.bba\"", '"' + archive.toString() + '"')
                .replace("byte[] back =", "return")));
        final String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", dir.toString(), "-cp", classpath,
            source.toString())).isZero();
        final byte[] digits = Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte"));
        final byte[] images = Arrays.copyOfRange(digits, 16, 16 + RECORDS * 784);

        final byte[] back;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {dir.toUri().toURL()})) {
            back = (byte[]) loader.loadClass("Example").getMethod("run", byte[].class).invoke(null, (Object) images);
        }

        assertThat(back).isEqualTo(images);
        assertThat(Files.size(archive)).isLessThan(images.length / 4);
    }

    private static String example() throws IOException {
        final Matcher code = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(TESTDATA.resolveSibling("README.md")));
        assertThat(code.find()).isTrue();
        return code.group(1);
    }
}
