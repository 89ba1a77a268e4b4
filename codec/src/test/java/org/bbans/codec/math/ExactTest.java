package org.bbans.codec.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.junit.jupiter.api.Test;

class ExactTest {

    @Test
    void floatExponentialsAreAccurate() {
        double worst = 0;
        for (float x = Exact.EXP_MIN; x < Exact.EXP_MAX; x += 0.00137f) {
            worst = Math.max(worst, Math.abs(Exact.exp(x) / StrictMath.exp(x) - 1));
        }
        assertThat(worst).isLessThan(2e-7);
        worst = 0;
        for (float x = -Exact.EXP2_MAX; x < Exact.EXP2_MAX; x += 0.00137f) {
            worst = Math.max(worst, Math.abs(Exact.exp2(x) / StrictMath.pow(2, x) - 1));
        }
        assertThat(worst).isLessThan(3e-7);
        assertThat(Exact.exp(0f)).isEqualTo(1f);
        assertThat(Exact.exp2(5f)).isEqualTo(32f);
        assertThat(Exact.sigmoid(0f)).isEqualTo(0.5f);
        assertThat((double) Exact.sigmoid(2f)).isCloseTo(1 / (1 + Math.exp(-2)), within(2e-7));
    }

    @Test
    void enginesAgreeOnArrays() {
        assumeTrue(Engines.vectorAvailable(), Engines::describe);
        final long seed = 5;
        final Random random = new Random(seed);
        for (int n = 0; n < 2_000; n += 1 + n / 7) {
            final float[] x = new float[n + 1];
            for (int i = 0; i <= n; i++) {
                x[i] = i % 3 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) (40 * random.nextGaussian());
            }
            final float[] y = x.clone();
            ExactArrays.of(Engine.SCALAR).exp(x, n);
            ExactArrays.of(Engine.VECTOR).exp(y, n);
            // Of all bits; what follows is left alone.
            assertThat(bits(y)).as("%d elements, seed %d", n, seed).isEqualTo(bits(x));
        }
    }

    @Test
    void doubleExponentialIsAccurate() {
        double worst = 0;
        for (double x = -700; x < 700; x += 0.00737) {
            worst = Math.max(worst, Math.abs(Exact.exp(x) / StrictMath.exp(x) - 1));
        }
        assertThat(worst).isLessThan(4e-16);
    }

    /** Values of the normal distribution function to 20 digits (mpmath 1.3, {@code ncdf}). */
    @Test
    void phiIsAccurate() {
        final double[][] known = {
            {-8, 6.220960574271784e-16}, {-6, 9.86587645037698e-10}, {-3, 0.0013498980316300946},
            {-1, 0.15865525393145705}, {-0.1, 0.460172162722971}, {0, 0.5}, {1, 0.8413447460685429},
            {2.5, 0.9937903346742238},
        };
        for (double[] k : known) {
            assertThat(Exact.phi(k[0])).as("phi(%s)", k[0]).isCloseTo(k[1], within(3e-13 * k[1]));
        }
        for (double x = -9; x < 9; x += 0.0137) {
            assertThat(Exact.phi(x) + Exact.phi(-x)).isCloseTo(1, within(1e-15));
        }
    }

    /** The buckets of the Gaussian tolerate a fall of 2^-24 from a bucket to the next. */
    @Test
    void phiHardlyEverFalls() {
        double before = 0;
        for (double x = -8.5; x < 8.5; x += 1e-4) {
            double v = x;
            for (int i = 0; i < 20; i++) {
                final double p = Exact.phi(v);
                assertThat(p - before).isGreaterThan(-1e-15);
                before = p;
                v = Math.nextUp(v);
            }
        }
    }

    /** Exact monotonicity carries the logistic mixture: random places and the neighbourhood of every integer. */
    @Test
    void exp2NeverFalls() {
        final Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            float t = i < 300 ? i - 150 : (random.nextFloat() - 0.5f) * 2 * Exact.EXP2_MAX / (1 << random.nextInt(24));
            for (int k = 0; k < 64; k++) {
                t = Math.nextDown(t);
            }
            float before = Exact.exp2(t);
            for (int k = 0; k < 128; k++) {
                t = Math.nextUp(t);
                final float p = Exact.exp2(t);
                if (p < before) {
                    assertThat(p).as("exp2(%s)", t).isGreaterThanOrEqualTo(before);
                }
                before = p;
            }
        }
    }

    @Test
    void everyArgumentHasAFiniteResult() {
        assertThat(Exact.exp(Float.NaN)).isEqualTo(Exact.exp(Exact.EXP_MIN)).isEqualTo(Exact.exp(-1e30f))
                .isEqualTo(Exact.exp(Float.NEGATIVE_INFINITY)).isPositive();
        assertThat(Exact.exp(Float.POSITIVE_INFINITY)).isEqualTo(Exact.exp(Exact.EXP_MAX)).isEqualTo(Exact.exp(1e30f));
        assertThat(Exact.exp(Exact.EXP_MAX)).isFinite();
        assertThat(Exact.exp2(Float.NaN)).isEqualTo(0x1p-120f);
        assertThat(Exact.exp2(Float.POSITIVE_INFINITY)).isEqualTo(0x1p120f);
        assertThat(Exact.exp(Double.NaN)).isEqualTo(Exact.exp(Exact.EXP_DOUBLE_MIN)).isPositive();
        assertThat(Exact.exp(Double.POSITIVE_INFINITY)).isEqualTo(Exact.exp(Exact.EXP_DOUBLE_MAX)).isFinite();
        assertThat(Exact.phi(Double.NEGATIVE_INFINITY)).isEqualTo(Exact.phi(-8)).isEqualTo(Exact.phi(Double.NaN));
        assertThat(Exact.phi(Double.POSITIVE_INFINITY)).isEqualTo(Exact.phi(8)).isLessThanOrEqualTo(1);
        assertThat(Exact.sigmoid(Float.NaN)).isBetween(0f, 1f);
        assertThat(Exact.sigmoid(Float.NEGATIVE_INFINITY)).isBetween(0f, 1e-30f);
        assertThat(Exact.sigmoid(Float.POSITIVE_INFINITY)).isEqualTo(1f);
    }

    /** The bits belong to the format: a change here makes old archives unreadable. */
    @Test
    void bitsNeverChange() {
        assertThat(List.of(
                checksum(x -> Exact.exp((float) x)), checksum(x -> Exact.exp2((float) x)),
                checksum(x -> Exact.sigmoid((float) x)), checksum(Exact::exp), checksum(Exact::phi)))
                .containsExactly("5fc03f8c", "61727acb", "17ee4252", "f20edb13", "2fd9e6db");
    }

    private static String checksum(DoubleUnaryOperator f) {
        final CRC32 crc = new CRC32();
        for (int i = -50_000; i <= 50_000; i++) {
            // A float, so that both widths see the same arguments.
            final long bits = Double.doubleToRawLongBits(f.applyAsDouble(i * 0x1.3p-9f));
            for (int k = 0; k < 64; k += 8) {
                crc.update((int) (bits >>> k));
            }
        }
        return Long.toHexString(crc.getValue());
    }

    private static int[] bits(float[] x) {
        return IntStream.range(0, x.length).map(i -> Float.floatToRawIntBits(x[i])).toArray();
    }
}
