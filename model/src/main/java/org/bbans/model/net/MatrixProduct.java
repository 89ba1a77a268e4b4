package org.bbans.model.net;

import java.lang.invoke.MethodHandles;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.TwinLoader;

/**
 * Products of matrices whose sums run in a fixed order, so that coders may learn by them, and trainers train. Matrices
 * are row-major in flat arrays. Has no state.
 */
public abstract sealed class MatrixProduct permits ScalarMatrixProduct, VectorMatrixProduct {

    /** What the number of columns is a multiple of. */
    public static final int UNIT = 16;

    private static final TwinLoader<MatrixProduct> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), MatrixProduct.class, "VectorMatrixProduct");

    MatrixProduct() {}

    /**
     * The product of an engine.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    public static MatrixProduct of(Engine engine) {
        return engine == Engine.VECTOR ? VECTOR.create() : new ScalarMatrixProduct();
    }

    /**
     * {@code c[i][j] = fma(a[i][k], b[k][j], c[i][j])} for k = 0, 1, ... {@code depth - 1}, for every i below {@code m}
     * and j below {@code n}.
     *
     * @param m rows of c
     * @param n columns of c, a multiple of {@value #UNIT}
     * @param depth length of the sums
     * @param a left factor, with element (i, k) at {@code aOff + i * aRow + k * aColumn}, so also a transposed one
     * @param b right factor, with rows of {@code bRow} elements
     * @param c the sum, with rows of {@code cRow} elements
     */
    public abstract void multiplyAdd(int m, int n, int depth, float[] a, int aOff, int aRow, int aColumn, float[] b,
            int bOff, int bRow, float[] c, int cOff, int cRow);
}
