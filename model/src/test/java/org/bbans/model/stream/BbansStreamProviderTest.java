package org.bbans.model.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.bbans.codec.format.CorruptArchiveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program sees that knows Commons Compress alone. */
class BbansStreamProviderTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final int HEADER = 16;
    private static final int RECORD = 28 * 28;

    private final CompressorStreamFactory factory = new CompressorStreamFactory();

    @TempDir
    private Path dir;

    private static byte[] digits(int records) throws IOException {
        byte[] digits = Arrays.copyOf(Files.readAllBytes(TESTDATA.resolve("mnist/t10k-images-idx3-ubyte")),
                HEADER + records * RECORD);
        ByteBuffer.wrap(digits).putInt(4, records);
        return digits;
    }

    private byte[] compress(String name, byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressor = factory.createCompressorOutputStream(name, out)) {
            compressor.write(content, 0, content.length / 3);
            compressor.flush();
            compressor.write(content, content.length / 3, content.length - content.length / 3);
        }
        return out.toByteArray();
    }

    @Test
    void contentsComeBack() throws Exception {
        byte[] text = Files.readAllBytes(TESTDATA.resolve("README.md"));
        for (byte[] content : List.of(digits(50), text, new byte[0], new byte[] {7})) {
            for (String name : List.of("bbans", "BBANS", "bbans-plain")) {
                byte[] archive = compress(name, content);
                try (InputStream in = factory.createCompressorInputStream(name, new ByteArrayInputStream(archive))) {
                    assertThat(in.readAllBytes()).isEqualTo(content);
                    assertThat(in.read()).isNegative();
                }
            }
        }
        assertThat(compress("bbans", digits(50)).length).isLessThan(digits(50).length / 8)
                .isLessThan(compress("bbans-plain", digits(50)).length * 3 / 4);
    }

    /** Files that were taken apart come out whole: every golden archive whose model is at hand. */
    @Test
    void filesComeBackNotTheirContents() throws Exception {
        for (String name : List.of("gzip", "png-rgb", "gzip-gnu", "png-palette")) {
            byte[] archive = Files.readAllBytes(TESTDATA.resolve("golden/" + name + ".bba"));
            try (InputStream in = factory.createCompressorInputStream("bbans", new ByteArrayInputStream(archive))) {
                byte[] start = in.readNBytes(2);
                assertThat(start).as(name).isEqualTo(name.startsWith("gzip") ? new byte[] {0x1f, (byte) 0x8b}
                        : new byte[] {(byte) 0x89, 'P'});
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    @Test
    void archivesInARowComeOutOneBehindTheOther() throws Exception {
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        ByteArrayOutputStream files = new ByteArrayOutputStream();
        for (String name : List.of("gzip", "text", "png-rgb", "png-palette", "empty")) {
            byte[] archive = Files.readAllBytes(TESTDATA.resolve("golden/" + name + ".bba"));
            row.writeBytes(archive);
            files.writeBytes(factory.createCompressorInputStream("bbans", new ByteArrayInputStream(archive))
                    .readAllBytes());
        }
        try (InputStream in =
                factory.createCompressorInputStream("bbans", new ByteArrayInputStream(row.toByteArray()), true)) {
            assertThat(in.readAllBytes()).isEqualTo(files.toByteArray());
        }
    }

    @Test
    void detectKnowsThisFormatAndTheOthers() throws Exception {
        for (String name : List.of("bbans", "gz", "bzip2")) {
            InputStream in = new BufferedInputStream(new ByteArrayInputStream(compress(name, digits(2))));
            assertThat(BbansStreamProvider.detect(in)).isEqualTo(name);
            assertThat(factory.createCompressorInputStream(BbansStreamProvider.detect(in), in).readAllBytes())
                    .isEqualTo(digits(2));
        }
        assertThatThrownBy(() -> BbansStreamProvider.detect(new ByteArrayInputStream(new byte[3])))
                .isInstanceOf(CompressorException.class);
    }

    @Test
    void whatFollowsIsAnErrorOnlyIfItIsRead() throws Exception {
        byte[] archive = compress("bbans-plain", digits(3));
        byte[] longer = Arrays.copyOf(archive, archive.length + 5);
        assertThat(factory.createCompressorInputStream("bbans", new ByteArrayInputStream(longer)).readAllBytes())
                .isEqualTo(digits(3));
        InputStream toEnd = factory.createCompressorInputStream("bbans", new ByteArrayInputStream(longer), true);
        assertThatThrownBy(toEnd::readAllBytes).isInstanceOf(CorruptArchiveException.class);
    }

    /** A stream that fails when it comes to a place, and then goes on as if nothing had been. */
    private static InputStream failingOnce(byte[] bytes, int place) {
        return new InputStream() {

            private int at;
            private boolean failed;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] b, int off, int len) {
                if (at == place && !failed) {
                    failed = true;
                    throw new IllegalStateException("the source has failed");
                }
                int n = Math.min(len, (failed ? bytes.length : place) - at);
                System.arraycopy(bytes, at, b, off, n);
                at += n;
                return n == 0 ? -1 : n;
            }
        };
    }

    @Test
    void failuresLast() throws Exception {
        assertThatThrownBy(() -> factory.createCompressorInputStream("bbans", new ByteArrayInputStream(new byte[9])))
                .isInstanceOf(CompressorException.class);
        byte[] png = Files.readAllBytes(TESTDATA.resolve("golden/png-rgb.bba"));
        for (byte[] archive : List.of(compress("bbans", digits(3)), png)) {
            archive[archive.length - 60] ^= 1;
            InputStream in = factory.createCompressorInputStream("bbans", new ByteArrayInputStream(archive));
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(in::readAllBytes).isInstanceOf(CorruptArchiveException.class);
            }
            in.close();
            assertThatThrownBy(in::available).isInstanceOf(IOException.class);
        }
        byte[] inSegments = Files.readAllBytes(TESTDATA.resolve("collections/segments.bba"));
        for (byte[] archive : List.of(compress("bbans-plain", digits(3)), png, inSegments)) {
            InputStream in = factory.createCompressorInputStream("bbans", failingOnce(archive, archive.length - 50));
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IllegalStateException.class);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class)
                        .hasMessageContaining("has failed before");
            }
        }
        OutputStream full = factory.createCompressorOutputStream("bbans-plain", new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("disk full");
            }
        });
        full.write(1);
        assertThatThrownBy(full::close).isInstanceOf(IOException.class).hasMessage("disk full");
        full.close();
        assertThatThrownBy(() -> full.write(1)).isInstanceOf(IOException.class);
    }

    /** Compiles and runs a program that names only Commons Compress, on the class path and as a module. */
    @Test
    void theFactoryFindsTheProvider() throws Exception {
        Path classes = Files.createDirectories(dir.resolve("program"));
        Files.createDirectories(dir.resolve("src/program"));
        Path source = Files.writeString(dir.resolve("src/program/Program.java"), """
            package program;
            import java.io.*;
            import java.nio.file.*;
            import org.apache.commons.compress.compressors.CompressorStreamFactory;
            public class Program {
                public static void main(String[] file) throws Exception {
                    CompressorStreamFactory factory = new CompressorStreamFactory();
                    ByteArrayOutputStream archive = new ByteArrayOutputStream();
                    try (OutputStream out = factory.createCompressorOutputStream("bbans", archive)) {
                        Files.copy(Path.of(file[0]), out);
                    }
                    try (InputStream in = factory.createCompressorInputStream("bbans",
                            new ByteArrayInputStream(archive.toByteArray()))) {
                        boolean equal = java.util.Arrays.equals(
                                in.readAllBytes(), Files.readAllBytes(Path.of(file[0])));
                        System.out.print(equal + " " + archive.size() + " " + Program.class.getModule().isNamed());
                    }
                }
            }
            """);
        Path module = Files.writeString(dir.resolve("src/module-info.java"),
                "module program { requires org.apache.commons.compress; }");
        Path file = Files.write(dir.resolve("digits"), digits(40));
        List<String> path = new ArrayList<>();
        for (String part : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator)) {
            // Commons Compress 1.28 requires its optional companions by name.
            if (Stream.of("commons-", "xz-", "gson", "codec").anyMatch(part::contains)
                    && !part.contains("test-classes")) {
                path.add(part);
            }
        }
        path.add(modelJar().toString());
        String joined = String.join(File.pathSeparator, path);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", classes.toString(), "-p", joined,
                source.toString(), module.toString())).isZero();

        assertThat(run("-cp", joined + File.pathSeparator + classes, "program.Program", file.toString()))
                .matches("true \\d{4} false");
        // The module of the provider is automatic: it is found, but cannot say what it requires.
        assertThat(run("-p", joined + File.pathSeparator + classes, "--add-modules", "ALL-MODULE-PATH", "-m",
                "program/program.Program", file.toString())).matches("true \\d{4} true");
    }

    private static String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    /** The jar that the build makes later: an automatic module. */
    private Path modelJar() throws IOException {
        Path classes = Path.of(BbansStreamProvider.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        if (Files.isRegularFile(classes)) {
            return classes;
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Automatic-Module-Name"), "org.bbans.model");
        Path jar = dir.resolve("model.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                ZipEntry entry = new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/'));
                CRC32 crc = new CRC32();
                crc.update(bytes);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(bytes.length);
                entry.setCrc(crc.getValue());
                out.putNextEntry(entry);
                out.write(bytes);
            }
        }
        return jar;
    }
}
