package org.bbans.model.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.math.Exact;
import org.bbans.model.spec.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelsTest {

    private static final int TRIALS = 150;

    /** The definition, one chain for each element. */
    private static float[][] reference(float[] weights, float[][] start, int inputs, int outputs, int unit, int units,
            float[][] input, int[] index, int lanes) {
        final float[][] out = new float[units][lanes];
        for (int i = 0; i < units; i++) {
            for (int j = 0; j < lanes; j++) {
                float acc = start[unit + i][j];
                for (int s = 0; s < index.length; s++) {
                    acc = Math.fma(weights[index[s] * outputs + unit + i], input[s][j], acc);
                }
                out[i][j] = acc;
            }
        }
        return out;
    }

    @Test
    void denseLayersFollowTheDefinition() {
        for (Engine engine : engines()) {
            final Kernels kernels = Kernels.of(engine);
            for (int seed = 0; seed < TRIALS; seed++) {
                final Random random = new Random(seed);
                final int inputs = 1 + random.nextInt(90);
                final int outputs = 1 + random.nextInt(70);
                final int lanes = 16 * (1 + random.nextInt(5));
                final float[] weights = floats(random, inputs * outputs);
                final float[] bias = floats(random, outputs);
                final int[] index = IntStream.range(0, inputs).filter(i -> random.nextInt(5) > 0).toArray();
                final float[][] input = rows(random, index.length, lanes);
                final int unit = random.nextInt(outputs) & -Dense.BLOCK;
                final int units = 1 + random.nextInt(outputs - unit);
                final float[][] out = new float[units + 2][lanes];
                final Dense layer = new Dense(weights, new float[0], inputs, outputs);
                // A bias for each lane, or one for all.
                final float[][] start = rows(random, outputs, lanes);
                if (seed % 2 == 0) {
                    IntStream.range(0, outputs).forEach(o -> Arrays.fill(start[o], bias[o]));
                }
                kernels.dense(layer, seed % 2 == 0 ? bias : null, unit, seed % 2 == 0 ? null : start, unit, units,
                        input, index, index.length, lanes, out, 1);
                final float[][] expected = reference(weights, start, inputs, outputs, unit, units, input, index, lanes);
                assertSameBits(Arrays.copyOfRange(out, 1, units + 1), expected, engine + ", seed " + seed);
                assertThat(out[0]).containsOnly(0f);
                assertThat(out[units + 1]).containsOnly(0f);
            }
        }
    }

    @Test
    void logitsFollowTheDefinition() {
        for (Engine engine : engines()) {
            final Kernels kernels = Kernels.of(engine);
            for (int seed = 0; seed < 40; seed++) {
                final Random random = new Random(seed);
                final int rank = 1 + random.nextInt(20);
                final int levels = 16 * (1 + random.nextInt(16));
                final int records = 1 + random.nextInt(64);
                final float[] weights = floats(random, rank * levels);
                final float[] bias = floats(random, levels);
                final float[][] input = rows(random, rank + 3, 64);
                final float[] logits = new float[(records + 1) * levels];
                kernels.logits(new Table(weights, bias, rank, levels), input, 3, records, logits);
                for (int i = 0; i < records * levels; i++) {
                    float acc = bias[i % levels];
                    for (int r = 0; r < rank; r++) {
                        acc = Math.fma(input[3 + r][i / levels], weights[r * levels + i % levels], acc);
                    }
                    assertThat(Float.floatToRawIntBits(logits[i])).as("%s, seed %d", engine, seed)
                            .isEqualTo(Float.floatToRawIntBits(acc));
                }
                assertThat(Arrays.copyOfRange(logits, records * levels, logits.length)).containsOnly(0f);
            }
        }
    }

    @Test
    void eluFollowsTheDefinition() {
        followsTheDefinition(Activation.ELU, x -> x > 0 ? x : Exact.exp(x) - 1f, 0f, -0f, Float.MIN_VALUE,
                -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, -86.9f, -87f, -87.1f, 88f, 89f, 1e-20f, -1e-20f,
                Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN);
    }

    @Test
    void sqluFollowsTheDefinition() {
        followsTheDefinition(Activation.SQLU, x -> x > 0 ? x : x < -2 ? -1 : quarterOfSquareMore(x), 0f, -0f,
                Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, -2f, -1.9999999f, -2.0000002f,
                1e-20f,
                -1e-20f, -1f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    /** Bit for bit, and lanes that the call does not name stay as they are. */
    private static void followsTheDefinition(Activation activation, UnaryOperator<Float> definition, float... special) {
        for (Engine engine : engines()) {
            final float[][] rows = rows(new Random(1), 300, 64);
            System.arraycopy(special, 0, rows[0], 0, special.length);
            final float[][] expected = new float[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                expected[i] = rows[i].clone();
                for (int j = 0; j < 48; j++) {
                    expected[i][j] = definition.apply(rows[i][j]);
                }
            }
            Kernels.of(engine).activate(activation, rows, rows.length, 48);
            assertSameBits(rows, expected, engine.toString());
        }
    }

    /** x + x^2 / 4 with one rounding. */
    private static float quarterOfSquareMore(float x) {
        final BigDecimal exact = new BigDecimal(x);
        return exact.add(exact.pow(2).multiply(BigDecimal.valueOf(0.25))).floatValue();
    }

    /** What allows rows of zeros to be left out in front of an activation. */
    @ParameterizedTest
    @EnumSource
    void activationsForgetTheSignOfZero(Activation activation) {
        for (Engine engine : engines()) {
            final float[][] rows = {new float[16]};
            rows[0][1] = -0f;
            Kernels.of(engine).activate(activation, rows, 1, 16);
            assertThat(Float.floatToRawIntBits(rows[0][0])).isZero();
            assertThat(Float.floatToRawIntBits(rows[0][1])).isZero();
        }
    }

    private static Engine[] engines() {
        return Engines.vectorAvailable() ? Engine.values() : new Engine[] {Engine.SCALAR};
    }

    private static float[][] rows(Random random, int rows, int lanes) {
        return IntStream.range(0, rows).mapToObj(i -> floats(random, lanes)).toArray(float[][]::new);
    }

    /** Mostly ordinary numbers, some of extreme exponents, some denormal, some zero. */
    private static float[] floats(Random random, int n) {
        final float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = switch (random.nextInt(12)) {
                case 0 -> 0f;
                case 1 -> -0f;
                case 2 -> Float.intBitsToFloat(random.nextInt(1 << 23) | random.nextInt() & 0x8000_0000);
                case 3 -> (float) Math.scalb(random.nextGaussian(), random.nextInt(100) - 70);
                default -> (float) random.nextGaussian();
            };
        }
        return values;
    }

    private static void assertSameBits(float[][] actual, float[][] expected, String what) {
        assertThat(actual.length).isEqualTo(expected.length);
        for (int i = 0; i < actual.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                if (Float.floatToRawIntBits(actual[i][j]) != Float.floatToRawIntBits(expected[i][j])) {
                    throw new AssertionError(what + ": [" + i + "][" + j + "] is " + actual[i][j] + ", not "
                            + expected[i][j]);
                }
            }
        }
    }
}
