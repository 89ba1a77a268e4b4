package org.bbans.model.image;

/** The kernels as plain loops: the definition of the arithmetic. */
final class ScalarImageKernels extends ImageKernels {

    ScalarImageKernels() {
    }

    @Override
    void multiplyAdd(int m, int n, int depth, float[] a, int aOff, int aRow, int aColumn, float[] b, int bOff, int bRow,
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

    @Override
    void slide(LeastSquares.Decay decay, int blocks, int[] row, int[] part, float[] up, int upOff, float[] left, int leftOff, float[] column,
               int columnOff, float[] state, int stateOff, float[] sums, int sumsOff) {
        final int size = blocks * UNIT;
        for (int i = 0; i < blocks; i++) {
            slide(decay, up[upOff + row[i]], up, upOff + UNIT * part[i], left[leftOff + row[i]], left,
                leftOff + UNIT * part[i], column, columnOff + UNIT * i, state, stateOff + UNIT * i, size, sums,
                sumsOff + UNIT * i);
        }
    }

    private static void slide(LeastSquares.Decay decay, float u, float[] up, int upOff, float l, float[] left, int leftOff, float[] column,
                              int c, float[] state, int a, int size, float[] sums, int s) {
        for (int j = 0; j < UNIT; j++) {
            final float below = Math.fma(decay.down(), column[c + j], u * up[upOff + j]);
            final float first = Math.fma(decay.across(), state[a + j], below);
            final float second = Math.fma(decay.across(), state[a + size + j], first);
            final float own = Math.fma(decay.along(), state[a + 2 * size + j], l * left[leftOff + j]);
            column[c + j] = below;
            state[a + j] = first;
            state[a + size + j] = second;
            state[a + 2 * size + j] = own;
            sums[s + j] = Math.fma(decay.above(), second, own);
        }
    }

    @Override
    void solve(float[] a, int n, float[] out) {
        for (int lane = 0; lane < UNIT; lane++) {
            for (int j = 0; j < n; j++) {
                final int rowJ = triangle(j, n);
                float d = a[(rowJ + j) * UNIT + lane];
                for (int k = 0; k < j; k++) {
                    final float x = a[(rowJ + k) * UNIT + lane];
                    d = Math.fma(-x, x, d);
                }
                d = d > LeastSquares.LEAST_PIVOT ? d : LeastSquares.LEAST_PIVOT;
                final float inverse = 1f / (float) Math.sqrt(d);
                for (int i = j + 1; i < n + 2; i++) {
                    final int rowI = triangle(i, n);
                    float sum = a[(rowI + j) * UNIT + lane];
                    for (int k = 0; k < j; k++) {
                        sum = Math.fma(-a[(rowI + k) * UNIT + lane], a[(rowJ + k) * UNIT + lane], sum);
                    }
                    a[(rowI + j) * UNIT + lane] = sum * inverse;
                }
            }
            float sum = 0f;
            for (int j = 0; j < n; j++) {
                sum = Math.fma(a[(triangle(n + 1, n) + j) * UNIT + lane], a[(triangle(n, n) + j) * UNIT + lane], sum);
                out[j * UNIT + lane] = sum;
            }
        }
    }
}
