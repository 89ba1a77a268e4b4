package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Intervals of fixed parameters: they belong to the format, and a change makes old archives unreadable. */
class FormatGoldenTest {

    @Test
    void intervalsNeverChange() {
        final Map<String, CRC32> families = new TreeMap<>();
        for (DistributionCases.Case c : DistributionCases.scalar()) {
            // Parameters come from java.util.Random, whose algorithm is fixed.
            update(families.computeIfAbsent(c.name().replaceAll(" .*", ""), k -> new CRC32()), c.make());
        }
        final Map<String, String> actual = new TreeMap<>();
        families.forEach((family, crc) -> actual.put(family, Long.toHexString(crc.getValue())));
        assertThat(actual).isEqualTo(Map.of(
                "uniform", "73e5fca", "bernoulli", "2b1c8034", "categorical", "6c623625",
                "gaussian", "ae7928f2", "mixture", "6b02368c"));
    }

    @Test
    void bucketsNeverChange() {
        final ByteBuffer b = ByteBuffer.allocate(4 * GaussianBuckets.BUCKETS);
        for (int i = 0; i < GaussianBuckets.BUCKETS; i++) {
            b.putFloat(GaussianBuckets.centre(i));
        }
        final CRC32 crc = new CRC32();
        crc.update(b.array());
        assertThat(Long.toHexString(crc.getValue())).isEqualTo("f8dc7e38");
    }

    /** Rows of the table of check values in the format document: a quantity and its value. */
    static List<Arguments> checkValues() throws IOException {
        final String document = Files.readString(Path.of(System.getProperty("bbans.testdata"), "..", "FORMAT.md"));
        final String section = document.split("(?m)^#+ [\\d.]* *Check values$")[1].split("(?m)^#")[0];
        return section.lines().filter(line -> line.startsWith("| ")).skip(1).map(line -> line.split(" *\\| *"))
                .map(cell -> Arguments.of(cell[1], cell[2])).toList();
    }

    @ParameterizedTest
    @MethodSource("checkValues")
    void checkValuesOfTheDocument(String quantity, String value) {
        final String[] part = quantity.split(": ");
        final float[] number = numbers(part[0]);
        final String actual = switch (quantity.split("[(,]")[0]) {
            case "exp" -> Integer.toHexString(Float.floatToRawIntBits(Exact.exp(number[0])));
            case "sigmoid" -> Integer.toHexString(Float.floatToRawIntBits(Exact.sigmoid(number[0])));
            case "exp2" -> Integer.toHexString(Float.floatToRawIntBits(Exact.exp2(number[0])));
            case "phi" -> Long.toHexString(Double.doubleToRawLongBits(Exact.phi(number[0])));
            case "edge" ->
                    Long.toHexString(Double.doubleToRawLongBits(GaussianBuckets.Buckets.EDGES[(int) number[0]]));
            case "centre" ->
                    Integer.toHexString(Float.floatToRawIntBits(GaussianBuckets.centre((int) number[0])));
            case "Bernoulli" -> {
                final Bernoulli bernoulli = Bernoulli.of(Engine.SCALAR);
                bernoulli.set(number, 0);
                yield starts(bernoulli, numbers(part[1]));
            }
            case "categorical" -> {
                final Categorical categorical = Categorical.of(number.length, Engine.SCALAR);
                categorical.set(number, 0);
                yield starts(categorical, numbers(part[1]));
            }
            case "Gaussian" -> {
                final GaussianBuckets gaussian = GaussianBuckets.of(Engine.SCALAR);
                gaussian.set(new float[] {number[0]}, new float[] {number[1]}, 0);
                yield starts(gaussian, numbers(part[1]));
            }
            case "mixture" -> {
                final float[][] parameters = new float[number.length - 1][];
                Arrays.setAll(parameters, i -> new float[] {number[i + 1]});
                final LogisticMixture mixture =
                        LogisticMixture.of(parameters.length / 3, (int) number[0], Engine.SCALAR);
                mixture.set(parameters);
                yield starts(mixture, numbers(part[1]));
            }
            case "one head" -> {
                final AnsStack stack = new AnsStack(1);
                final int n = number.length;
                stack.push(new int[] {(int) number[n - 3]}, new int[] {(int) number[n - 2]}, 0, 1, (int) number[n - 1]);
                final byte[] bytes = stack.toBytes();
                yield Long.toHexString(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong())
                        + " (hexadecimal), " + (bytes.length / Integer.BYTES - 2) + " words";
            }
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

    /** F of some symbols, separated by commas. */
    private static String starts(Distribution d, float[] symbols) {
        final int[] start = new int[1];
        final StringJoiner joined = new StringJoiner(", ");
        for (float symbol : symbols) {
            d.intervals(new int[] {(int) symbol}, 0, 1, start, new int[1]);
            joined.add(Integer.toString(start[0]));
        }
        return joined.toString();
    }

    private static void update(CRC32 crc, Distribution d) {
        final int n = DistributionCases.ROWS;
        final int[][] out = new int[3][n];
        final ByteBuffer b = ByteBuffer.allocate(4 * n);
        final Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            d.search(random.ints(n, 0, 1 << Distribution.PRECISION).toArray(), 0, n, out[0], out[1], out[2]);
            for (int[] o : out) {
                b.asIntBuffer().put(o);
                crc.update(b.array());
            }
        }
    }
}
