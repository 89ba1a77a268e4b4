package org.bbans.model.net;

import org.bbans.codec.math.Exact;

/**
 * Plain loops, the reference. C2 vectorises the inner ones by itself because they run over separate arrays that are all
 * indexed from 0; eight inputs in one pass save seven loads and stores of the accumulators.
 */
final class ScalarKernels extends Kernels {

    @Override
    void dense(Dense layer, float[] bias, int biasOff, float[][] start, int unit, int units, float[][] input,
            int[] inputIndex, int k, int lanes, float[][] out, int outOff) {
        final float[] w = layer.weights;
        for (int i = 0; i < units; i++) {
            final int o = unit + i;
            final int base = o / Dense.BLOCK * layer.inputs * Dense.BLOCK + o % Dense.BLOCK;
            final float[] acc = out[outOff + i];
            if (bias != null) {
                fill(acc, lanes, bias[biasOff + i]);
            } else {
                System.arraycopy(start[biasOff + i], 0, acc, 0, lanes);
            }
            int s = 0;
            for (; s + 8 <= k; s += 8) {
                eightInputs(acc, lanes,
                        w[base + Dense.BLOCK * inputIndex[s]], input[s],
                        w[base + Dense.BLOCK * inputIndex[s + 1]], input[s + 1],
                        w[base + Dense.BLOCK * inputIndex[s + 2]], input[s + 2],
                        w[base + Dense.BLOCK * inputIndex[s + 3]], input[s + 3],
                        w[base + Dense.BLOCK * inputIndex[s + 4]], input[s + 4],
                        w[base + Dense.BLOCK * inputIndex[s + 5]], input[s + 5],
                        w[base + Dense.BLOCK * inputIndex[s + 6]], input[s + 6],
                        w[base + Dense.BLOCK * inputIndex[s + 7]], input[s + 7]);
            }
            for (; s < k; s++) {
                oneInput(acc, lanes, w[base + Dense.BLOCK * inputIndex[s]], input[s]);
            }
        }
    }

    @Override
    public void addFrom(float[] table, int[] index, int from, int n, float[] to, int off) {
        addEach(table, index, from, n, to, off);
    }

    /** The plain loop of {@link #addFrom}. */
    static void addEach(float[] table, int[] index, int from, int n, float[] to, int off) {
        for (int i = 0; i < n; i++) {
            to[off + i] += table[index[from + i]];
        }
    }

    @Override
    void elu(float[][] rows, int units, int lanes) {
        for (int i = 0; i < units; i++) {
            final float[] row = rows[i];
            for (int j = 0; j < lanes; j++) {
                final float x = row[j];
                row[j] = x > 0 ? x : Exact.exp(x) - 1f;
            }
        }
    }

    @Override
    void sqlu(float[][] rows, int units, int lanes) {
        for (int i = 0; i < units; i++) {
            final float[] row = rows[i];
            for (int j = 0; j < lanes; j++) {
                final float v = row[j] > -2 ? row[j] : -2;
                final float m = v < 0 ? v : 0;
                row[j] = Math.fma(m * 0.25f, m, v);
            }
        }
    }

    @Override
    public void logits(Table table, float[][] input, int inputOff, int records, float[] logits) {
        final float[][] t = table.rows;
        final int levels = table.levels;
        final float[] acc = new float[levels];
        for (int i = 0; i < records; i++) {
            System.arraycopy(table.bias, 0, acc, 0, levels);
            int r = 0;
            for (; r + 8 <= table.rank; r += 8) {
                final int s = inputOff + r;
                eightInputs(acc, levels, input[s][i], t[r], input[s + 1][i], t[r + 1], input[s + 2][i], t[r + 2],
                        input[s + 3][i], t[r + 3], input[s + 4][i], t[r + 4], input[s + 5][i], t[r + 5],
                        input[s + 6][i], t[r + 6], input[s + 7][i], t[r + 7]);
            }
            for (; r < table.rank; r++) {
                oneInput(acc, levels, input[inputOff + r][i], t[r]);
            }
            System.arraycopy(acc, 0, logits, i * levels, levels);
        }
    }

    private static void fill(float[] acc, int n, float value) {
        for (int j = 0; j < n; j++) {
            acc[j] = value;
        }
    }

    private static void eightInputs(float[] acc, int n, float a0, float[] b0, float a1, float[] b1, float a2,
            float[] b2, float a3, float[] b3, float a4, float[] b4, float a5, float[] b5,
            float a6, float[] b6, float a7, float[] b7) {
        for (int j = 0; j < n; j++) {
            float x = acc[j];
            x = Math.fma(a0, b0[j], x);
            x = Math.fma(a1, b1[j], x);
            x = Math.fma(a2, b2[j], x);
            x = Math.fma(a3, b3[j], x);
            x = Math.fma(a4, b4[j], x);
            x = Math.fma(a5, b5[j], x);
            x = Math.fma(a6, b6[j], x);
            acc[j] = Math.fma(a7, b7[j], x);
        }
    }

    private static void oneInput(float[] acc, int n, float a, float[] b) {
        for (int j = 0; j < n; j++) {
            acc[j] = Math.fma(a, b[j], acc[j]);
        }
    }
}
