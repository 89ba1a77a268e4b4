package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.bbans.codec.engine.Engine;
import org.junit.jupiter.api.Test;

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

    /** The check values of the format document. */
    @Test
    void checkValuesOfTheDocument() {
        final Bernoulli bernoulli = new Bernoulli(Engine.SCALAR);
        bernoulli.set(new float[] {1.5f}, 0);
        assertThat(first(bernoulli, 1)).isEqualTo(3060818);
        final Categorical categorical = new Categorical(4, Engine.SCALAR);
        categorical.set(new float[] {0, 1, -2, 0.5f}, 0);
        assertThat(first(categorical, 3)).isEqualTo(11749969);
        final GaussianBuckets gaussian = new GaussianBuckets(Engine.SCALAR);
        gaussian.set(new float[] {0.3f}, new float[] {0.2f}, 0);
        assertThat(first(gaussian, 2000)).isEqualTo(838928);
        final LogisticMixture mixture = new LogisticMixture(2, 256, Engine.SCALAR);
        mixture.set(new float[][] {{0}, {1}, {100}, {140.5f}, {4}, {9}});
        assertThat(first(mixture, 130)).isEqualTo(7300154);
    }

    private static int first(Distribution d, int symbol) {
        final int[] start = new int[1];
        d.intervals(new int[] {symbol}, 0, 1, start, new int[1]);
        return start[0];
    }

    private static void update(CRC32 crc, Distribution d) {
        final int n = DistributionCases.ROWS;
        final int[][] out = new int[3][n];
        final ByteBuffer b = ByteBuffer.allocate(4 * n);
        final Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            d.search(random.ints(n, 0, 1 << d.precision()).toArray(), 0, n, out[0], out[1], out[2]);
            for (int[] o : out) {
                b.asIntBuffer().put(o);
                crc.update(b.array());
            }
        }
    }
}
