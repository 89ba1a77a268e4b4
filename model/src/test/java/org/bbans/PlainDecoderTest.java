package org.bbans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bbans.PlainDecoder.Chain;
import org.bbans.PlainDecoder.Distribution;
import org.bbans.PlainDecoder.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A decoder that was made from FORMAT.md alone reads every golden archive and refuses every bad one: so the document,
 * the test data and the program say the same.
 */
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

    static List<String> restored() throws IOException {
        return Files.readAllLines(GOLDEN.resolve("RESTORED-SHA256"));
    }

    @ParameterizedTest
    @MethodSource("restored")
    void wrappedFileComesBack(String line) {
        final String[] field = line.split(" +");
        assertThat(sha256(decoder(GOLDEN.resolve(field[1])).restore())).isEqualTo(field[0]);
    }

    /** The content is right, and the table of model payloads in the test data's README is. */
    @ParameterizedTest
    @MethodSource("golden")
    void goldenArchiveDecodes(String line) throws IOException {
        final String[] field = line.split(" +");
        final PlainDecoder decoder = decoder(GOLDEN.resolve(field[1]));
        assertThat(sha256(decoder.decodeAll())).isEqualTo(field[0]);
        final String row = "| `" + field[1] + "` | ";
        final String table = Files.readString(TESTDATA.resolve("README.md")).split("### Model payloads")[1];
        assertThat(decoder.chains()).extracting(chain -> row + row(chain))
                .isEqualTo(table.lines().filter(l -> l.startsWith(row)).toList());
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badArchiveIsRefused(String line) {
        final String[] field = line.split("\t");
        final PlainDecoder decoder = decoder(BAD.resolve(field[0]));
        final Refusal refusal = catchThrowableOfType(Refusal.class, decoder::restore);
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).hasToString(field[1].toUpperCase(Locale.ROOT));
    }

    static List<Arguments> checkValues() throws IOException {
        return table("Check values");
    }

    static List<Arguments> imageCheckValues() throws IOException {
        return table("Check values for images");
    }

    /** Rows of a table of check values in the document: a quantity and its value. */
    private static List<Arguments> table(String title) throws IOException {
        final String document = Files.readString(TESTDATA.resolve("../FORMAT.md"));
        final String section = document.split("(?m)^#+ [\\d.]* *" + title + "$")[1].split("(?m)^#")[0];
        return section.lines().filter(line -> line.startsWith("| ")).skip(1).map(line -> line.split(" *\\| *"))
                .map(cell -> Arguments.of(cell[1], cell[2])).toList();
    }

    @ParameterizedTest
    @MethodSource("checkValues")
    void checkValuesOfTheDocument(String quantity, String value) {
        final String[] part = quantity.split(": ");
        final float[] number = numbers(part[0]);
        final int n = number.length;
        final String actual = switch (quantity.split("[(,]")[0]) {
            case "exp" -> hex(PlainDecoder.exp(number[0]));
            case "sigmoid" -> hex(PlainDecoder.sigmoid(number[0]));
            case "exp2" -> hex(PlainDecoder.exp2(number[0]));
            case "phi" -> hex(PlainDecoder.phi(number[0]));
            case "edge" -> hex(PlainDecoder.edge((int) number[0]));
            case "centre" -> hex(PlainDecoder.centre((int) number[0]));
            case "Bernoulli" -> cumulative(PlainDecoder.bernoulli(number[0]), part[1]);
            case "categorical" -> cumulative(PlainDecoder.categorical(number), part[1]);
            case "Gaussian" -> cumulative(PlainDecoder.gaussian(number[0], number[1]), part[1]);
            case "mixture" -> {
                final int k = n / 3;
                yield cumulative(PlainDecoder.mixture((int) number[0], Arrays.copyOfRange(number, 1, 1 + k),
                        Arrays.copyOfRange(number, 1 + k, 1 + 2 * k), Arrays.copyOfRange(number, 1 + 2 * k, n)),
                        part[1]);
            }
            case "one head" -> {
                final PlainDecoder.Stack stack = new PlainDecoder.Stack(1);
                stack.push(0, (int) number[n - 3], (int) number[n - 2]);
                yield Long.toHexString(stack.head(0)) + " (hexadecimal), " + stack.words() + " words";
            }
            default -> "a quantity that this test does not know";
        };
        assertThat(actual).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("imageCheckValues")
    void checkValuesForImages(String quantity, String value) {
        final float[] number = numbers(quantity);
        final int i = (int) number[0];
        final String actual = switch (quantity.split("\\(")[0]) {
            case "LOG" -> hex(PlainDecoder.LOG[i]);
            case "STR" -> hex(PlainDecoder.STR[i]);
            case "TRUST" -> hex(PlainDecoder.TRUST[i]);
            case "RATE" -> hex(PlainDecoder.RATE[i]);
            case "REC" -> Integer.toString(PlainDecoder.REC[i]);
            case "S" -> hex(PlainDecoder.table(number[0]));
            case "hash" -> Integer.toHexString(PlainDecoder.hash(i, (int) number[1]));
            default -> "a quantity that this test does not know";
        };
        assertThat(actual).isEqualTo(value);
    }

    /** The numbers in a text, but for those that are part of a word or a power. */
    private static float[] numbers(String text) {
        final List<MatchResult> found = Pattern.compile("(?<![\\w.^-])-?\\d+(\\.\\d+)?(?![\\d^.])").matcher(text)
                .results().toList();
        final float[] numbers = new float[found.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.parseFloat(found.get(i).group());
        }
        return numbers;
    }

    private static String hex(float x) {
        return Integer.toHexString(Float.floatToRawIntBits(x));
    }

    private static String hex(double x) {
        return Long.toHexString(Double.doubleToRawLongBits(x));
    }

    /** F of the symbols in a text, separated by commas. */
    private static String cumulative(Distribution d, String symbols) {
        final StringJoiner joined = new StringJoiner(", ");
        for (float symbol : numbers(symbols)) {
            joined.add(Integer.toString(d.cumulative((int) symbol)));
        }
        return joined.toString();
    }

    /** A row of the table of model payloads, from the second column on; more than three equal groups are counted. */
    private static String row(Chain c) {
        final List<String> groups = new ArrayList<>();
        for (int i = 0; i < c.groups().size();) {
            final int size = c.groups().get(i);
            int end = i;
            while (end < c.groups().size() && c.groups().get(end) == size) {
                end++;
            }
            groups.add(end - i > 3 ? size + " (" + (end - i) + " times)" : (size + " ").repeat(end - i).trim());
            i = end;
        }
        return c.heads() + " | " + c.lanes() + " | " + c.growth() + " | " + c.plain() + " | " + yes(c.ramp()) + " | "
                + yes(c.fronts()) + " | " + String.join(" ", groups) + " |";
    }

    private static String yes(boolean flag) {
        return flag ? "yes" : "no";
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
