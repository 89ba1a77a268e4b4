package org.bbans.model.train;

/** The kernels as plain loops: the reference, and what runs without the Vector API. */
final class ScalarHeadKernels implements HeadKernels {

    @Override
    public void multiplyAdd(int m, int n, int depth, float[] a, int aOff, int aRow, int aColumn, float[] b, int bOff,
                            int bRow, float[] c, int cOff, int cRow) {
        for (int i = 0; i < m; i++) {
            final int ci = cOff + i * cRow;
            for (int k = 0; k < depth; k++) {
                final float x = a[aOff + i * aRow + k * aColumn];
                final int bk = bOff + k * bRow;
                for (int j = 0; j < n; j++) {
                    c[ci + j] += x * b[bk + j];
                }
            }
        }
    }

    @Override
    public void elu(float[] x, int off, int n) {
        for (int i = off; i < off + n; i++) {
            if (x[i] <= 0) {
                x[i] = (float) Math.expm1(x[i]);
            }
        }
    }

    @Override
    public void eluGradient(float[] y, float[] gradient, int off, int n) {
        for (int i = off; i < off + n; i++) {
            gradient[i] *= y[i] > 0 ? 1 : y[i] + 1;
        }
    }

    @Override
    public float softmaxCrossEntropy(float[] logits, int off, int n, int target, float scale) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = off; i < off + n; i++) {
            max = Math.max(max, logits[i]);
        }
        final float chosen = logits[off + target] - max;
        float sum = 0;
        for (int i = off; i < off + n; i++) {
            logits[i] = (float) Math.exp(logits[i] - max);
            sum += logits[i];
        }
        final float factor = scale / sum;
        for (int i = off; i < off + n; i++) {
            logits[i] *= factor;
        }
        logits[off + target] -= scale;
        return (float) Math.log(sum) - chosen;
    }
}
