package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.junit.jupiter.api.Test;

class GaussianBucketsTest {

    @Test
    void bucketsHaveEqualMassAndAreSymmetric() {
        final double[] edges = GaussianBuckets.Buckets.EDGES;
        for (int i = 1; i < GaussianBuckets.BUCKETS; i++) {
            assertThat(Exact.phi(edges[i])).isCloseTo(i / 4096.0, within(1e-12));
            assertThat(edges[i]).isGreaterThan(edges[i - 1]).isEqualTo(-edges[GaussianBuckets.BUCKETS - i]);
            assertThat((double) GaussianBuckets.centre(i)).isBetween(edges[i], edges[i + 1]);
        }
        assertThat(GaussianBuckets.centre(0)).isEqualTo(-GaussianBuckets.centre(4095));
    }

    /** With the prior's own parameters every bucket costs 12 bits. */
    @Test
    void standardNormalIsUniform() {
        final GaussianBuckets d = GaussianBuckets.of(Engine.SCALAR);
        final int n = GaussianBuckets.BUCKETS;
        final float[] one = new float[n];
        Arrays.fill(one, 1f);
        d.set(new float[n], one, 0);
        final int[] x = new int[n];
        Arrays.setAll(x, i -> i);
        final int[] freq = new int[n];
        d.intervals(x, 0, n, new int[n], freq);
        for (int f : freq) {
            assertThat(f).isBetween(4095, 4097);
        }
    }

    /** Among so many edges some lie within the doubt of the estimate, and some guesses are wrong. */
    @Test
    void enginesAgreeInRareCases() {
        assumeTrue(GaussianBuckets.hasVectorLoops());
        final int n = 1 << 18;
        final Random random = new Random(3);
        final float[] mean = new float[n];
        final float[] sigma = new float[n];
        for (int i = 0; i < n; i++) {
            mean[i] = (float) random.nextGaussian();
            sigma[i] = (float) StrictMath.exp(-6 * random.nextDouble());
        }
        final GaussianBuckets scalar = GaussianBuckets.of(Engine.SCALAR);
        final GaussianBuckets vector = GaussianBuckets.of(Engine.VECTOR);
        scalar.set(mean, sigma, 0);
        vector.set(mean, sigma, 0);
        final int[] slot = random.ints(n, 0, 1 << Distribution.PRECISION).toArray();
        final int[][] expected = new int[3][n];
        final int[][] actual = new int[3][n];
        scalar.search(slot, 0, n, expected[0], expected[1], expected[2]);
        vector.search(slot, 0, n, actual[0], actual[1], actual[2]);
        assertThat(actual).isDeepEqualTo(expected);
        vector.intervals(expected[0], 0, n, actual[1], actual[2]);
        assertThat(actual).isDeepEqualTo(expected);
    }
}
