package org.bbans.model.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.math.Exact;

/**
 * Register blocks of four outputs by up to four vectors of lanes, or of eight by up to two. A block is one loop over
 * the inputs with at most 16 accumulators: with nested loops or more of them C2 of Java 17 keeps vectors as objects.
 * Instructions follow {@link ScalarKernels}, whose bits they give.
 */
final class VectorKernels extends Kernels {

    private static final VectorSpecies<Float> S =
        FloatVector.SPECIES_PREFERRED.length() > LANE_UNIT ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /** Vectors in a block's row: 16 accumulators and 5 operands need the 32 registers that come with 512 bits. */
    private static final int WIDE = L >= 16 ? 4 : 2;

    VectorKernels() {
    }

    @Override
    public void dense(Dense layer, float[] bias, int biasOff, int unit, int units, float[][] input, int[] inputIndex,
                      int k, int lanes, float[][] out, int outOff) {
        final float[] w = layer.weights;
        final int[] x = inputIndex;
        int i = 0;
        if (WIDE == 4 && lanes <= 3 * L) {
            // Few lanes: with four outputs the accumulators would wait for each other.
            for (; i + 8 <= units; i += 8) {
                final int base = (unit + i) * layer.inputs;
                int j = 0;
                for (; j + 2 * L <= lanes; j += 2 * L) {
                    block8x2(w, base, 4 * layer.inputs, bias, biasOff + i, input, x, k, j, out, outOff + i);
                }
                for (; j < lanes; j += L) {
                    block8x1(w, base, 4 * layer.inputs, bias, biasOff + i, input, x, k, j, out, outOff + i);
                }
            }
        }
        for (; i + 4 <= units; i += 4) {
            final int base = (unit + i) * layer.inputs;
            final int b = biasOff + i;
            final float[] o0 = out[outOff + i];
            final float[] o1 = out[outOff + i + 1];
            final float[] o2 = out[outOff + i + 2];
            final float[] o3 = out[outOff + i + 3];
            int j = 0;
            if (WIDE == 4) {
                for (; j + 4 * L <= lanes; j += 4 * L) {
                    block4x4(w, base, bias, b, input, x, k, j, o0, o1, o2, o3);
                }
            }
            for (; j + 2 * L <= lanes; j += 2 * L) {
                block4x2(w, base, bias, b, input, x, k, j, o0, o1, o2, o3);
            }
            for (; j < lanes; j += L) {
                block4x1(w, base, bias, b, input, x, k, j, o0, o1, o2, o3);
            }
        }
        for (; i < units; i++) {
            final int o = unit + i;
            final int base = o / Dense.BLOCK * layer.inputs * Dense.BLOCK + o % Dense.BLOCK;
            int j = 0;
            for (; j + 4 * L <= lanes; j += 4 * L) {
                block1x4(w, base, bias[biasOff + i], input, x, k, j, out[outOff + i]);
            }
            for (; j < lanes; j += L) {
                block1x1(w, base, bias[biasOff + i], input, x, k, j, out[outOff + i]);
            }
        }
    }

    @Override
    public void elu(float[][] rows, int units, int lanes) {
        for (int i = 0; i < units; i++) {
            final float[] row = rows[i];
            for (int j = 0; j < lanes; j += L) {
                elu(row, j);
            }
        }
    }

    @Override
    public void logits(Table table, float[][] input, int inputOff, int records, float[] logits) {
        final int levels = table.levels;
        int i = 0;
        for (; i + 4 <= records; i += 4) {
            int j = 0;
            if (WIDE == 4) {
                for (; j + 4 * L <= levels; j += 4 * L) {
                    logits4x4(table.rows, table.bias, input, inputOff, table.rank, i, j, logits, i * levels + j,
                        levels);
                }
            }
            for (; j + 2 * L <= levels; j += 2 * L) {
                logits4x2(table.rows, table.bias, input, inputOff, table.rank, i, j, logits, i * levels + j, levels);
            }
            for (; j < levels; j += L) {
                for (int m = i; m < i + 4; m++) {
                    logits1x1(table.rows, table.bias, input, inputOff, table.rank, m, j, logits, m * levels + j);
                }
            }
        }
        for (; i < records; i++) {
            for (int j = 0; j < levels; j += L) {
                logits1x1(table.rows, table.bias, input, inputOff, table.rank, i, j, logits, i * levels + j);
            }
        }
    }

    /** {@link Exact#exp(float)} operation by operation; positive lanes, which it may spoil, are not taken from it. */
    private static void elu(float[] row, int j) {
        final FloatVector x = FloatVector.fromArray(S, row, j);
        final VectorMask<Float> positive = x.compare(VectorOperators.GT, 0f);
        final FloatVector low = FloatVector.broadcast(S, Exact.EXP_MIN);
        final FloatVector v = low.blend(x, x.compare(VectorOperators.GT, Exact.EXP_MIN));
        final FloatVector round = FloatVector.broadcast(S, Exact.ROUND);
        final FloatVector t = v.fma(FloatVector.broadcast(S, Exact.LOG2_E), round);
        final FloatVector n = t.sub(round);
        FloatVector r = n.fma(FloatVector.broadcast(S, -Exact.LN2_HI), v);
        r = n.fma(FloatVector.broadcast(S, -Exact.LN2_LO), r);
        FloatVector p = FloatVector.broadcast(S, Exact.E7).fma(r, FloatVector.broadcast(S, Exact.E6));
        p = p.fma(r, FloatVector.broadcast(S, Exact.E5));
        p = p.fma(r, FloatVector.broadcast(S, Exact.E4));
        p = p.fma(r, FloatVector.broadcast(S, Exact.E3));
        p = p.fma(r, FloatVector.broadcast(S, Exact.E2));
        p = p.fma(r.mul(r), r).add(1f);
        final FloatVector power =
            t.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        p.mul(power).sub(1f).blend(x, positive).intoArray(row, j);
    }


    private static void block4x4(float[] w, int base, float[] bias, int b, float[][] input, int[] x, int k, int j,
                                 float[] o0, float[] o1, float[] o2, float[] o3) {
        FloatVector c00 = FloatVector.broadcast(S, bias[b]);
        FloatVector c01 = c00;
        FloatVector c02 = c00;
        FloatVector c03 = c00;
        FloatVector c10 = FloatVector.broadcast(S, bias[b + 1]);
        FloatVector c11 = c10;
        FloatVector c12 = c10;
        FloatVector c13 = c10;
        FloatVector c20 = FloatVector.broadcast(S, bias[b + 2]);
        FloatVector c21 = c20;
        FloatVector c22 = c20;
        FloatVector c23 = c20;
        FloatVector c30 = FloatVector.broadcast(S, bias[b + 3]);
        FloatVector c31 = c30;
        FloatVector c32 = c30;
        FloatVector c33 = c30;
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + 4 * x[s];
            final FloatVector x0 = FloatVector.fromArray(S, row, j);
            final FloatVector x1 = FloatVector.fromArray(S, row, j + L);
            final FloatVector x2 = FloatVector.fromArray(S, row, j + 2 * L);
            final FloatVector x3 = FloatVector.fromArray(S, row, j + 3 * L);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(x0, c00);
            c01 = a.fma(x1, c01);
            c02 = a.fma(x2, c02);
            c03 = a.fma(x3, c03);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(x0, c10);
            c11 = a.fma(x1, c11);
            c12 = a.fma(x2, c12);
            c13 = a.fma(x3, c13);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(x0, c20);
            c21 = a.fma(x1, c21);
            c22 = a.fma(x2, c22);
            c23 = a.fma(x3, c23);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(x0, c30);
            c31 = a.fma(x1, c31);
            c32 = a.fma(x2, c32);
            c33 = a.fma(x3, c33);
        }
        c00.intoArray(o0, j);
        c01.intoArray(o0, j + L);
        c02.intoArray(o0, j + 2 * L);
        c03.intoArray(o0, j + 3 * L);
        c10.intoArray(o1, j);
        c11.intoArray(o1, j + L);
        c12.intoArray(o1, j + 2 * L);
        c13.intoArray(o1, j + 3 * L);
        c20.intoArray(o2, j);
        c21.intoArray(o2, j + L);
        c22.intoArray(o2, j + 2 * L);
        c23.intoArray(o2, j + 3 * L);
        c30.intoArray(o3, j);
        c31.intoArray(o3, j + L);
        c32.intoArray(o3, j + 2 * L);
        c33.intoArray(o3, j + 3 * L);
    }

    private static void block4x2(float[] w, int base, float[] bias, int b, float[][] input, int[] x, int k, int j,
                                 float[] o0, float[] o1, float[] o2, float[] o3) {
        FloatVector c00 = FloatVector.broadcast(S, bias[b]);
        FloatVector c01 = c00;
        FloatVector c10 = FloatVector.broadcast(S, bias[b + 1]);
        FloatVector c11 = c10;
        FloatVector c20 = FloatVector.broadcast(S, bias[b + 2]);
        FloatVector c21 = c20;
        FloatVector c30 = FloatVector.broadcast(S, bias[b + 3]);
        FloatVector c31 = c30;
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + 4 * x[s];
            final FloatVector x0 = FloatVector.fromArray(S, row, j);
            final FloatVector x1 = FloatVector.fromArray(S, row, j + L);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(x0, c00);
            c01 = a.fma(x1, c01);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(x0, c10);
            c11 = a.fma(x1, c11);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(x0, c20);
            c21 = a.fma(x1, c21);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(x0, c30);
            c31 = a.fma(x1, c31);
        }
        c00.intoArray(o0, j);
        c01.intoArray(o0, j + L);
        c10.intoArray(o1, j);
        c11.intoArray(o1, j + L);
        c20.intoArray(o2, j);
        c21.intoArray(o2, j + L);
        c30.intoArray(o3, j);
        c31.intoArray(o3, j + L);
    }

    private static void block4x1(float[] w, int base, float[] bias, int b, float[][] input, int[] x, int k, int j,
                                 float[] o0, float[] o1, float[] o2, float[] o3) {
        FloatVector c00 = FloatVector.broadcast(S, bias[b]);
        FloatVector c10 = FloatVector.broadcast(S, bias[b + 1]);
        FloatVector c20 = FloatVector.broadcast(S, bias[b + 2]);
        FloatVector c30 = FloatVector.broadcast(S, bias[b + 3]);
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + 4 * x[s];
            final FloatVector x0 = FloatVector.fromArray(S, row, j);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(x0, c00);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(x0, c10);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(x0, c20);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(x0, c30);
        }
        c00.intoArray(o0, j);
        c10.intoArray(o1, j);
        c20.intoArray(o2, j);
        c30.intoArray(o3, j);
    }

    private static void block8x2(float[] w, int base, int next, float[] bias, int b, float[][] input,
                                 int[] x, int k, int j, float[][] out, int o) {
        FloatVector c00 = FloatVector.broadcast(S, bias[b]);
        FloatVector c01 = c00;
        FloatVector c10 = FloatVector.broadcast(S, bias[b + 1]);
        FloatVector c11 = c10;
        FloatVector c20 = FloatVector.broadcast(S, bias[b + 2]);
        FloatVector c21 = c20;
        FloatVector c30 = FloatVector.broadcast(S, bias[b + 3]);
        FloatVector c31 = c30;
        FloatVector c40 = FloatVector.broadcast(S, bias[b + 4]);
        FloatVector c41 = c40;
        FloatVector c50 = FloatVector.broadcast(S, bias[b + 5]);
        FloatVector c51 = c50;
        FloatVector c60 = FloatVector.broadcast(S, bias[b + 6]);
        FloatVector c61 = c60;
        FloatVector c70 = FloatVector.broadcast(S, bias[b + 7]);
        FloatVector c71 = c70;
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + 4 * x[s];
            final int q = p + next;
            final FloatVector x0 = FloatVector.fromArray(S, row, j);
            final FloatVector x1 = FloatVector.fromArray(S, row, j + L);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(x0, c00);
            c01 = a.fma(x1, c01);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(x0, c10);
            c11 = a.fma(x1, c11);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(x0, c20);
            c21 = a.fma(x1, c21);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(x0, c30);
            c31 = a.fma(x1, c31);
            a = FloatVector.broadcast(S, w[q]);
            c40 = a.fma(x0, c40);
            c41 = a.fma(x1, c41);
            a = FloatVector.broadcast(S, w[q + 1]);
            c50 = a.fma(x0, c50);
            c51 = a.fma(x1, c51);
            a = FloatVector.broadcast(S, w[q + 2]);
            c60 = a.fma(x0, c60);
            c61 = a.fma(x1, c61);
            a = FloatVector.broadcast(S, w[q + 3]);
            c70 = a.fma(x0, c70);
            c71 = a.fma(x1, c71);
        }
        c00.intoArray(out[o], j);
        c01.intoArray(out[o], j + L);
        c10.intoArray(out[o + 1], j);
        c11.intoArray(out[o + 1], j + L);
        c20.intoArray(out[o + 2], j);
        c21.intoArray(out[o + 2], j + L);
        c30.intoArray(out[o + 3], j);
        c31.intoArray(out[o + 3], j + L);
        c40.intoArray(out[o + 4], j);
        c41.intoArray(out[o + 4], j + L);
        c50.intoArray(out[o + 5], j);
        c51.intoArray(out[o + 5], j + L);
        c60.intoArray(out[o + 6], j);
        c61.intoArray(out[o + 6], j + L);
        c70.intoArray(out[o + 7], j);
        c71.intoArray(out[o + 7], j + L);
    }

    private static void block8x1(float[] w, int base, int next, float[] bias, int b, float[][] input,
                                 int[] x, int k, int j, float[][] out, int o) {
        FloatVector c00 = FloatVector.broadcast(S, bias[b]);
        FloatVector c10 = FloatVector.broadcast(S, bias[b + 1]);
        FloatVector c20 = FloatVector.broadcast(S, bias[b + 2]);
        FloatVector c30 = FloatVector.broadcast(S, bias[b + 3]);
        FloatVector c40 = FloatVector.broadcast(S, bias[b + 4]);
        FloatVector c50 = FloatVector.broadcast(S, bias[b + 5]);
        FloatVector c60 = FloatVector.broadcast(S, bias[b + 6]);
        FloatVector c70 = FloatVector.broadcast(S, bias[b + 7]);
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + 4 * x[s];
            final int q = p + next;
            final FloatVector x0 = FloatVector.fromArray(S, row, j);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(x0, c00);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(x0, c10);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(x0, c20);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(x0, c30);
            a = FloatVector.broadcast(S, w[q]);
            c40 = a.fma(x0, c40);
            a = FloatVector.broadcast(S, w[q + 1]);
            c50 = a.fma(x0, c50);
            a = FloatVector.broadcast(S, w[q + 2]);
            c60 = a.fma(x0, c60);
            a = FloatVector.broadcast(S, w[q + 3]);
            c70 = a.fma(x0, c70);
        }
        c00.intoArray(out[o], j);
        c10.intoArray(out[o + 1], j);
        c20.intoArray(out[o + 2], j);
        c30.intoArray(out[o + 3], j);
        c40.intoArray(out[o + 4], j);
        c50.intoArray(out[o + 5], j);
        c60.intoArray(out[o + 6], j);
        c70.intoArray(out[o + 7], j);
    }

    private static void block1x4(float[] w, int base, float bias, float[][] input, int[] x, int k, int j, float[] o) {
        FloatVector c0 = FloatVector.broadcast(S, bias);
        FloatVector c1 = c0;
        FloatVector c2 = c0;
        FloatVector c3 = c0;
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final FloatVector a = FloatVector.broadcast(S, w[base + 4 * x[s]]);
            c0 = a.fma(FloatVector.fromArray(S, row, j), c0);
            c1 = a.fma(FloatVector.fromArray(S, row, j + L), c1);
            c2 = a.fma(FloatVector.fromArray(S, row, j + 2 * L), c2);
            c3 = a.fma(FloatVector.fromArray(S, row, j + 3 * L), c3);
        }
        c0.intoArray(o, j);
        c1.intoArray(o, j + L);
        c2.intoArray(o, j + 2 * L);
        c3.intoArray(o, j + 3 * L);
    }

    private static void block1x1(float[] w, int base, float bias, float[][] input, int[] x, int k, int j, float[] o) {
        FloatVector c0 = FloatVector.broadcast(S, bias);
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final FloatVector a = FloatVector.broadcast(S, w[base + 4 * x[s]]);
            c0 = a.fma(FloatVector.fromArray(S, row, j), c0);
        }
        c0.intoArray(o, j);
    }

    private static void logits4x4(float[][] table, float[] bias, float[][] input, int inputOff, int rank, int i, int j,
                                  float[] out, int at, int stride) {
        FloatVector c00 = FloatVector.fromArray(S, bias, j);
        FloatVector c01 = FloatVector.fromArray(S, bias, j + L);
        FloatVector c02 = FloatVector.fromArray(S, bias, j + 2 * L);
        FloatVector c03 = FloatVector.fromArray(S, bias, j + 3 * L);
        FloatVector c10 = c00;
        FloatVector c11 = c01;
        FloatVector c12 = c02;
        FloatVector c13 = c03;
        FloatVector c20 = c00;
        FloatVector c21 = c01;
        FloatVector c22 = c02;
        FloatVector c23 = c03;
        FloatVector c30 = c00;
        FloatVector c31 = c01;
        FloatVector c32 = c02;
        FloatVector c33 = c03;
        for (int r = 0; r < rank; r++) {
            final float[] row = table[r];
            final float[] in = input[inputOff + r];
            final FloatVector t0 = FloatVector.fromArray(S, row, j);
            final FloatVector t1 = FloatVector.fromArray(S, row, j + L);
            final FloatVector t2 = FloatVector.fromArray(S, row, j + 2 * L);
            final FloatVector t3 = FloatVector.fromArray(S, row, j + 3 * L);
            FloatVector a = FloatVector.broadcast(S, in[i]);
            c00 = a.fma(t0, c00);
            c01 = a.fma(t1, c01);
            c02 = a.fma(t2, c02);
            c03 = a.fma(t3, c03);
            a = FloatVector.broadcast(S, in[i + 1]);
            c10 = a.fma(t0, c10);
            c11 = a.fma(t1, c11);
            c12 = a.fma(t2, c12);
            c13 = a.fma(t3, c13);
            a = FloatVector.broadcast(S, in[i + 2]);
            c20 = a.fma(t0, c20);
            c21 = a.fma(t1, c21);
            c22 = a.fma(t2, c22);
            c23 = a.fma(t3, c23);
            a = FloatVector.broadcast(S, in[i + 3]);
            c30 = a.fma(t0, c30);
            c31 = a.fma(t1, c31);
            c32 = a.fma(t2, c32);
            c33 = a.fma(t3, c33);
        }
        c00.intoArray(out, at);
        c01.intoArray(out, at + L);
        c02.intoArray(out, at + 2 * L);
        c03.intoArray(out, at + 3 * L);
        c10.intoArray(out, at + stride);
        c11.intoArray(out, at + stride + L);
        c12.intoArray(out, at + stride + 2 * L);
        c13.intoArray(out, at + stride + 3 * L);
        c20.intoArray(out, at + 2 * stride);
        c21.intoArray(out, at + 2 * stride + L);
        c22.intoArray(out, at + 2 * stride + 2 * L);
        c23.intoArray(out, at + 2 * stride + 3 * L);
        c30.intoArray(out, at + 3 * stride);
        c31.intoArray(out, at + 3 * stride + L);
        c32.intoArray(out, at + 3 * stride + 2 * L);
        c33.intoArray(out, at + 3 * stride + 3 * L);
    }

    private static void logits4x2(float[][] table, float[] bias, float[][] input, int inputOff, int rank, int i, int j,
                                  float[] out, int at, int stride) {
        FloatVector c00 = FloatVector.fromArray(S, bias, j);
        FloatVector c01 = FloatVector.fromArray(S, bias, j + L);
        FloatVector c10 = c00;
        FloatVector c11 = c01;
        FloatVector c20 = c00;
        FloatVector c21 = c01;
        FloatVector c30 = c00;
        FloatVector c31 = c01;
        for (int r = 0; r < rank; r++) {
            final float[] row = table[r];
            final float[] in = input[inputOff + r];
            final FloatVector t0 = FloatVector.fromArray(S, row, j);
            final FloatVector t1 = FloatVector.fromArray(S, row, j + L);
            FloatVector a = FloatVector.broadcast(S, in[i]);
            c00 = a.fma(t0, c00);
            c01 = a.fma(t1, c01);
            a = FloatVector.broadcast(S, in[i + 1]);
            c10 = a.fma(t0, c10);
            c11 = a.fma(t1, c11);
            a = FloatVector.broadcast(S, in[i + 2]);
            c20 = a.fma(t0, c20);
            c21 = a.fma(t1, c21);
            a = FloatVector.broadcast(S, in[i + 3]);
            c30 = a.fma(t0, c30);
            c31 = a.fma(t1, c31);
        }
        c00.intoArray(out, at);
        c01.intoArray(out, at + L);
        c10.intoArray(out, at + stride);
        c11.intoArray(out, at + stride + L);
        c20.intoArray(out, at + 2 * stride);
        c21.intoArray(out, at + 2 * stride + L);
        c30.intoArray(out, at + 3 * stride);
        c31.intoArray(out, at + 3 * stride + L);
    }

    private static void logits1x1(float[][] table, float[] bias, float[][] input, int inputOff, int rank, int i, int j,
                                  float[] out, int at) {
        FloatVector c = FloatVector.fromArray(S, bias, j);
        for (int r = 0; r < rank; r++) {
            c = FloatVector.broadcast(S, input[inputOff + r][i]).fma(FloatVector.fromArray(S, table[r], j), c);
        }
        c.intoArray(out, at);
    }
}
