package org.bbans.model.image;

import java.lang.invoke.MethodHandles;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.TwinLoader;
import org.bbans.model.net.MatrixProduct;

/**
 * The inner loops that both engines have, beside products of matrices ({@link MatrixProduct}). A row of a matrix that
 * is computed with has a multiple of {@value #UNIT} columns.
 */
abstract sealed class ImageKernels permits ScalarImageKernels, VectorImageKernels {

    /** Lanes that are computed together, and what the number of columns is a multiple of. */
    static final int UNIT = MatrixProduct.UNIT;

    private static final TwinLoader<ImageKernels> VECTOR =
            new TwinLoader<>(MethodHandles.lookup(), ImageKernels.class, "VectorImageKernels");

    /**
     * The kernels of an engine.
     *
     * @throws IllegalStateException if the engine cannot be had
     */
    static ImageKernels of(Engine engine) {
        return engine == Engine.VECTOR ? VECTOR.create() : new ScalarImageKernels();
    }

    /**
     * The products {@code g[i] * g[j]}, j up to i, of {@code n} numbers, row after row: n (n + 1) / 2 numbers from
     * {@code off} on. Anything may be written to the {@value #UNIT} numbers after them.
     *
     * @param g the numbers, and others up to a multiple of {@value #UNIT}
     */
    abstract void products(float[] g, int n, float[] to, int off);

    /** Moves the {@code n} sums of one row's least squares to the next pixel, see {@link LeastSquares}. */
    abstract void slide(LeastSquares.Decay decay, int n, float[] products, int up, int left, float[] columns,
            int column, float[] rows, int row, float[] sums, int to);

    /**
     * Solves {@value #UNIT} systems at once. {@code a} holds the lower triangles row after row, each element as
     * {@value #UNIT} lanes: {@code n} rows of the symmetric matrix, then the {@code n} elements of the right side, then
     * those of the features. In each lane, with L the Cholesky factor of the matrix: {@code out[j]}, for j below n, is
     * the sum over i up to j, in ascending order, of (L^-1 features)[i] * (L^-1 right side)[i].
     */
    abstract void solve(float[] a, int n, float[] out);

    /** Offset of the row {@code i} of the triangle that {@link #solve} takes, in elements. */
    static int triangle(int i, int n) {
        return i <= n ? i * (i + 1) / 2 : n * (n + 1) / 2 + n * (i - n);
    }
}
