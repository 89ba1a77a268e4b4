package org.bbans.bench;

import java.util.Random;
import org.bbans.codec.engine.Engine;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;

/** A convolution 3x3 over images with zeros around them, computed as the networks' cached convolutions are. */
final class ConvolutionCase {

    static final int RECORDS = 64;
    /** Of an image's side. */
    static final int SIZE = 28;
    /** Of inputs and of outputs. */
    static final int CHANNELS = 32;
    /** Of the filter. */
    static final int SIDE = 3;

    /** Row-major {@code [tap, input, output]}. */
    final float[] weights;
    final float[] bias;
    /** {@code [pixel][input][record]}. */
    final float[][][] input = new float[SIZE * SIZE][CHANNELS][RECORDS];
    private final Dense layer;

    /** An output of a pixel of a record. */
    interface Result {
        float at(int pixel, int output, int record);
    }

    ConvolutionCase() {
        final Random random = new Random(1);
        weights = DenseCase.gaussian(random, SIDE * SIDE * CHANNELS * CHANNELS);
        bias = DenseCase.gaussian(random, CHANNELS);
        for (float[][] pixel : input) {
            for (int i = 0; i < CHANNELS; i++) {
                pixel[i] = DenseCase.gaussian(random, RECORDS);
            }
        }
        layer = new Dense(weights, bias, SIDE * SIDE * CHANNELS, CHANNELS);
    }

    /**
     * The convolution on an engine.
     *
     * @throws IllegalStateException if the first run gives wrong numbers
     */
    Runnable on(Engine engine) {
        final Kernels kernels = Kernels.of(engine);
        final float[][][] out = new float[SIZE * SIZE][CHANNELS][RECORDS];
        final float[][] rows = new float[SIDE * SIDE * CHANNELS][];
        final int[] index = new int[rows.length];
        final Runnable run = () -> {
            for (int pixel = 0; pixel < out.length; pixel++) {
                kernels.dense(layer, rows, index, gather(pixel, rows, index), RECORDS, out[pixel]);
            }
        };
        run.run();
        check((pixel, o, r) -> out[pixel][o][r]);
        return run;
    }

    /** The inputs of a pixel inside the image, and which of the layer's each of them is; returns how many. */
    private int gather(int pixel, float[][] rows, int[] index) {
        int count = 0;
        for (int tap = 0; tap < SIDE * SIDE; tap++) {
            final int q = at(pixel, tap);
            if (q >= 0) {
                System.arraycopy(input[q], 0, rows, count, CHANNELS);
                for (int i = 0; i < CHANNELS; i++) {
                    index[count++] = tap * CHANNELS + i;
                }
            }
        }
        return count;
    }

    /** The pixel under a tap; -1 outside. */
    private static int at(int pixel, int tap) {
        final int y = pixel / SIZE + tap / SIDE - SIDE / 2;
        final int x = pixel % SIZE + tap % SIDE - SIDE / 2;
        return y < 0 || y >= SIZE || x < 0 || x >= SIZE ? -1 : y * SIZE + x;
    }

    /** Compares all outputs of one record with sums in double precision. */
    void check(Result actual) {
        final int record = RECORDS - 1;
        for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
            for (int o = 0; o < CHANNELS; o++) {
                double expected = bias[o];
                double magnitude = Math.abs(expected);
                for (int k = 0; k < SIDE * SIDE * CHANNELS; k++) {
                    final int q = at(pixel, k / CHANNELS);
                    final double product = q < 0 ? 0
                            : (double) weights[k * CHANNELS + o] * input[q][k % CHANNELS][record];
                    expected += product;
                    magnitude += Math.abs(product);
                }
                final float found = actual.at(pixel, o, record);
                if (!(Math.abs(found - expected) <= 1e-6 * magnitude)) {
                    throw new IllegalStateException(
                            "output " + o + " of pixel " + pixel + " is " + found + ", not " + expected);
                }
            }
        }
    }
}
