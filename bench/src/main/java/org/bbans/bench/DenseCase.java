package org.bbans.bench;

import java.util.Arrays;
import java.util.Random;
import org.bbans.codec.engine.Engine;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;

/** A dense layer with random weights, and random input. */
final class DenseCase {

    final int lanes;
    final int inputs;
    final int outputs;
    /** Row-major {@code [inputs, outputs]}. */
    final float[] weights;
    final float[] bias;
    /** {@code [input][lane]}. */
    final float[][] input;
    private final Dense layer;

    /** @param shape {@code LANESxINPUTSxOUTPUTS} */
    DenseCase(String shape) {
        final int[] extents = Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
        lanes = extents[0];
        inputs = extents[1];
        outputs = extents[2];
        final Random random = new Random(inputs);
        weights = gaussian(random, inputs * outputs);
        bias = gaussian(random, outputs);
        input = new float[inputs][];
        for (int i = 0; i < inputs; i++) {
            input[i] = gaussian(random, lanes);
        }
        layer = new Dense(weights, bias, inputs, outputs);
    }

    /**
     * The layer on an engine; each run writes {@code out[output][lane]}.
     *
     * @throws IllegalStateException if the first run gives wrong numbers
     */
    Runnable on(Engine engine, float[][] out) {
        final Kernels kernels = Kernels.of(engine);
        final Runnable run = () -> kernels.dense(layer, input, lanes, out);
        run.run();
        for (int o = 0; o < outputs; o++) {
            for (int lane = 0; lane < lanes; lane++) {
                check(out[o][lane], o, lane);
            }
        }
        return run;
    }

    float[][] output() {
        return new float[outputs][lanes];
    }

    /** Compares an output with the sum in double precision. */
    void check(float actual, int output, int lane) {
        double expected = bias[output];
        double magnitude = Math.abs(expected);
        for (int i = 0; i < inputs; i++) {
            final double product = (double) weights[i * outputs + output] * input[i][lane];
            expected += product;
            magnitude += Math.abs(product);
        }
        if (!(Math.abs(actual - expected) <= 1e-6 * magnitude)) {
            throw new IllegalStateException(
                    "output " + output + " of lane " + lane + " is " + actual + ", not " + expected);
        }
    }

    static float[] gaussian(Random random, int n) {
        final float[] v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return v;
    }
}
