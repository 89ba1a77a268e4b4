package org.bbans.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
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
        final GaussianBuckets d = new GaussianBuckets(Engine.SCALAR);
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
}
