package org.bbans.bench;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's matrix product, OpenBLAS on one thread, as a peer of the dense kernel. */
final class Nd4jGemm {

    private static final String BACKEND = "org.nd4j.linalg.cpu.nativecpu.CpuBackend";

    private Nd4jGemm() {
    }

    /**
     * The product of the case's input and weights, without the bias; empty if ND4J's native libraries are not on the
     * class path.
     *
     * @throws IllegalStateException if the first run gives wrong numbers
     */
    static Optional<Runnable> of(DenseCase c) {
        if (!available()) {
            return Optional.empty();
        }
        return Optional.of(create(c));
    }

    private static boolean available() {
        try {
            Class.forName(BACKEND, false, Nd4jGemm.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static Runnable create(DenseCase c) {
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
