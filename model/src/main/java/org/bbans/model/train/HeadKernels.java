package org.bbans.model.train;

/**
 * The arithmetic of {@link HeadGradient}. Training need not be bit-exact, so sums may be split and reordered here.
 *
 * <p>Matrices are row-major in flat arrays.
 */
interface HeadKernels {

    /** Row counts are multiples of this. */
    int ROWS = 8;

    /** Column counts are multiples of this. */
    int COLUMNS = 16;

    /**
     * {@code c[i][j] += sum over k of a[i][k] * b[k][j]}.
     *
     * @param m rows of c, a multiple of {@link #ROWS}
     * @param n columns of c, a multiple of {@link #COLUMNS}
     * @param depth length of the sums
     * @param a left factor, with element (i, k) at {@code aOff + i * aRow + k * aColumn}, so also a transposed one
     * @param b right factor, with rows of {@code bRow} elements
     * @param c the sum, with rows of {@code cRow} elements
     */
    void multiplyAdd(int m, int n, int depth, float[] a, int aOff, int aRow, int aColumn, float[] b, int bOff, int bRow,
                     float[] c, int cOff, int cRow);

    /** ELU in place; n is a multiple of {@link #COLUMNS}. */
    void elu(float[] x, int off, int n);

    /** Multiplies a gradient by ELU's derivative, given ELU's value y; n is a multiple of {@link #COLUMNS}. */
    void eluGradient(float[] y, float[] gradient, int off, int n);

    /**
     * Replaces n logits by {@code scale * (softmax - onehot(target))}, the gradient of the scaled cross-entropy.
     *
     * @param n a multiple of {@link #COLUMNS}
     * @return the cross-entropy, in nats
     */
    float softmaxCrossEntropy(float[] logits, int off, int n, int target, float scale);

    /** The fastest kernels that this JVM can run. */
    static HeadKernels best() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return new ScalarHeadKernels();
        }
        try {
            // By name: the class must not be linked when the incubator module is missing.
            return (HeadKernels) Class.forName(HeadKernels.class.getPackageName() + ".VectorHeadKernels")
                .getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            return new ScalarHeadKernels();
        }
    }
}
