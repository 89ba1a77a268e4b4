package org.bbans.bench;

import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J on one thread as a peer of the dense kernel: matrix products by OpenBLAS, convolutions by oneDNN. */
final class Nd4jPeer {

    private static final String BACKEND = "org.nd4j.linalg.cpu.nativecpu.CpuBackend";

    private Nd4jPeer() {}

    /** Whether ND4J's native libraries are on the class path. */
    static boolean available() {
        try {
            Class.forName(BACKEND, false, Nd4jPeer.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /**
     * The product of the case's input and weights, without the bias.
     *
     * @throws IllegalStateException if the first run gives wrong numbers
     */
    static Runnable gemm(DenseCase c) {
        // Only this thread's time is counted, so this thread must do all the work.
        Nd4j.factory().blas().setMaxThreads(1);
        final INDArray x = Nd4j.create(transposed(c.input), new int[] {c.lanes, c.inputs}, 'c').dup('f');
        final INDArray w = Nd4j.create(c.weights, new int[] {c.inputs, c.outputs}, 'c').dup('f');
        final INDArray y = Nd4j.create(new int[] {c.lanes, c.outputs}, 'f');
        final Runnable run = () -> Nd4j.gemm(x, w, y, false, false, 1, 0);
        run.run();
        for (int o = 0; o < c.outputs; o++) {
            for (int lane = 0; lane < c.lanes; lane++) {
                c.check(y.getFloat(lane, o) + c.bias[o], o, lane);
            }
        }
        return run;
    }

    /**
     * The case's convolution, without the bias, in the layout that suits oneDNN best.
     *
     * @throws IllegalStateException if the first run gives wrong numbers
     */
    static Runnable convolution(ConvolutionCase c) {
        final int size = ConvolutionCase.SIZE;
        final int channels = ConvolutionCase.CHANNELS;
        final int side = ConvolutionCase.SIDE;
        final int records = ConvolutionCase.RECORDS;
        final float[] images = new float[records * channels * size * size];
        for (int p = 0; p < size * size; p++) {
            for (int i = 0; i < channels; i++) {
                for (int r = 0; r < records; r++) {
                    images[(r * channels + i) * size * size + p] = c.input[p][i][r];
                }
            }
        }
        final float[] filters = new float[channels * channels * side * side];
        for (int t = 0; t < side * side; t++) {
            for (int i = 0; i < channels; i++) {
                for (int o = 0; o < channels; o++) {
                    filters[(o * channels + i) * side * side + t] = c.weights[(t * channels + i) * channels + o];
                }
            }
        }
        final INDArray x = Nd4j.create(images, new int[] {records, channels, size, size}, 'c');
        final INDArray w = Nd4j.create(filters, new int[] {channels, channels, side, side}, 'c');
        final INDArray y = Nd4j.create(new int[] {records, channels, size, size}, 'c');
        final Conv2D op = new Conv2D(new INDArray[] {x, w}, new INDArray[] {y}, Conv2DConfig.builder().kH(side).kW(side)
                .paddingMode(PaddingMode.SAME).dataFormat("NCHW").weightsFormat(WeightsFormat.OIYX).build());
        final Runnable run = () -> Nd4j.exec(op);
        run.run();
        c.check((pixel, o, r) -> y.getFloat(r, o, pixel / size, pixel % size) + c.bias[o]);
        return run;
    }

    private static float[] transposed(float[][] input) {
        final int lanes = input[0].length;
        final float[] t = new float[lanes * input.length];
        for (int i = 0; i < input.length; i++) {
            for (int lane = 0; lane < lanes; lane++) {
                t[lane * input.length + i] = input[i][lane];
            }
        }
        return t;
    }
}
