package org.bbans.model.net;

/** The product as plain loops: the definition of its arithmetic. */
final class ScalarMatrixProduct extends MatrixProduct {

    @Override
    public void multiplyAdd(int m, int n, int depth, float[] a, int aOff, int aRow, int aColumn, float[] b, int bOff,
            int bRow,
            float[] c, int cOff, int cRow) {
        for (int i = 0; i < m; i++) {
            for (int k = 0; k < depth; k++) {
                axpy(a[aOff + i * aRow + k * aColumn], b, bOff + k * bRow, c, cOff + i * cRow, n);
            }
        }
    }

    private static void axpy(float a, float[] x, int xOff, float[] y, int yOff, int n) {
        for (int j = 0; j < n; j++) {
            y[yOff + j] = Math.fma(a, x[xOff + j], y[yOff + j]);
        }
    }
}
