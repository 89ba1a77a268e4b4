package org.bbans.model.image;

/** The kernels as plain loops: the definition of the arithmetic. */
final class ScalarImageKernels extends ImageKernels {

    ScalarImageKernels() {}

    @Override
    void products(float[] g, int n, float[] to, int off) {
        int at = off;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                to[at++] = g[i] * g[j];
            }
        }
    }

    @Override
    void slide(LeastSquares.Decay decay, int n, float[] products, int up, int left, float[] columns, int column,
            float[] rows, int row, float[] sums, int to) {
        final float down = decay.down();
        final float across = decay.across();
        final float along = decay.along();
        final float above = decay.above();
        for (int j = 0; j < n; j++) {
            final float below = Math.fma(down, columns[column + j], products[up + j]);
            final float first = Math.fma(across, rows[row + j], below);
            final float second = Math.fma(across, rows[row + n + j], first);
            final float own = Math.fma(along, rows[row + 2 * n + j], products[left + j]);
            columns[column + j] = below;
            rows[row + j] = first;
            rows[row + n + j] = second;
            rows[row + 2 * n + j] = own;
            sums[to + j] = Math.fma(above, second, own);
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
