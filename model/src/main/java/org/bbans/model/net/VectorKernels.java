package org.bbans.model.net;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.bbans.codec.engine.Engines;
import org.bbans.codec.math.Exact;

/**
 * Register blocks of some outputs by some vectors. Instructions follow {@link ScalarKernels}, whose bits they give.
 *
 * <p>What C2 needs to keep the multipliers busy: a block is one loop with at most 16 accumulators (with nested loops or
 * more of them Java 17 keeps vectors as objects), and this loop reads its weights one after the other. Weights by index
 * take so many registers that C2 keeps some in vector registers, at a move through the multipliers' ports each time.
 * Accumulators are arguments of operations, never receivers (see CONTRIBUTING.md, vector code).
 */
final class VectorKernels extends Kernels {

    private static final VectorSpecies<Float> S =
            FloatVector.SPECIES_PREFERRED.length() > LANE_UNIT ? FloatVector.SPECIES_512
                    : FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int BLOCK = Dense.BLOCK;
    /** Whether there are the 32 registers that 16 accumulators and their operands need. */
    private static final boolean WIDE = L == LANE_UNIT;

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, S.vectorShape());
    /** Whether permuting a vector by variable places is one instruction. */
    private static final boolean PERMUTES = Engines.severalShapes();
    /** Adding -0 changes nothing. */
    private static final FloatVector KEEP = FloatVector.broadcast(S, -0f);

    /** Packed numbers. */
    private float[] scratch = {};
    /** {@code [unit][lane]}: biases as vectors. */
    private float[][] biases = {};

    VectorKernels() {}

    @Override
    void dense(Dense layer, float[] bias, int biasOff, float[][] start, int unit, int units, float[][] input,
            int[] inputIndex, int k, int lanes, float[][] out, int outOff) {
        final boolean run = k > 0 && inputIndex[k - 1] - inputIndex[0] == k - 1;
        final float[] w = run ? layer.weights : packed(layer, unit, units, inputIndex, k);
        final int block = BLOCK * (run ? layer.inputs : k);
        final int base = run ? unit * layer.inputs + BLOCK * inputIndex[0] : 0;
        if (bias == null || lanes < 2 * L) {
            final float[][] from = bias == null ? start : broadcast(bias, biasOff, units);
            final int b = bias == null ? biasOff : 0;
            for (int j = 0; j < lanes; j += L) {
                for (int i = 0; i < units; i += BLOCK) {
                    block8x1(w, base + i / BLOCK * block, from, b + i, bias == null ? j : 0, input, k, j, out,
                            outOff + i, Math.min(BLOCK, units - i) - 1);
                }
            }
            return;
        }
        // Lanes outside, as their part of the input fits the first-level cache. The last step may repeat some.
        for (int lane = 0; lane < lanes; lane += 2 * L) {
            final int j = Math.min(lane, lanes - 2 * L);
            for (int i = 0; i < units; i += BLOCK) {
                final int p = base + i / BLOCK * block;
                final int b = biasOff + i;
                final int o = outOff + i;
                final int last = Math.min(BLOCK, units - i) - 1;
                if (WIDE && last >= 4) {
                    block8x2(w, p, bias, b, input, k, j, out, o, last);
                } else {
                    block4x2(w, p, bias, b, input, k, j, out, o, Math.min(3, last));
                    if (last >= 4) {
                        block4x2(w, p + 4, bias, b + 4, input, k, j, out, o + 4, last - 4);
                    }
                }
            }
        }
    }

    /** A vector for each bias. */
    private float[][] broadcast(float[] bias, int off, int units) {
        if (biases.length < units) {
            biases = new float[units][L];
        }
        for (int i = 0; i < units; i++) {
            FloatVector.broadcast(S, bias[off + i]).intoArray(biases[i], 0);
        }
        return biases;
    }

    /** The weights of some inputs alone, in blocks as those of the layer; consecutive inputs in one piece. */
    private float[] packed(Dense layer, int unit, int units, int[] inputIndex, int k) {
        final int blocks = (units + BLOCK - 1) / BLOCK;
        final float[] to = scratch(blocks * k * BLOCK);
        int s = 0;
        while (s < k) {
            final int from = s++;
            while (s < k && inputIndex[s] == inputIndex[s - 1] + 1) {
                s++;
            }
            for (int i = 0; i < blocks; i++) {
                System.arraycopy(layer.weights, (unit + i * BLOCK) * layer.inputs + BLOCK * inputIndex[from], to,
                        (i * k + from) * BLOCK, (s - from) * BLOCK);
            }
        }
        return to;
    }

    private float[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new float[length];
        }
        return scratch;
    }

    @Override
    void elu(float[][] rows, int units, int lanes) {
        for (int i = 0; i < units; i++) {
            final float[] row = rows[i];
            for (int j = 0; j < lanes; j += L) {
                elu(row, j);
            }
        }
    }

    @Override
    void sqlu(float[][] rows, int units, int lanes) {
        for (int i = 0; i < units; i++) {
            final float[] row = rows[i];
            for (int j = 0; j < lanes; j += L) {
                sqlu(row, j);
            }
        }
    }

    @Override
    public void addFrom(float[] table, int[] index, int from, int n, float[] to, int off) {
        if (!PERMUTES || table.length > L) {
            ScalarKernels.addEach(table, index, from, n, to, off);
            return;
        }
        final IntVector bits = FloatVector.fromArray(S, table, 0).reinterpretAsInts();
        for (int i = 0; i < n; i += L) {
            IntVector.fromArray(INTS, index, from + i).selectFrom(bits).reinterpretAsFloats()
                    .add(FloatVector.fromArray(S, to, off + i)).intoArray(to, off + i);
        }
    }

    @Override
    public void logits(Table table, float[][] input, int inputOff, int records, float[] logits) {
        final int levels = table.levels;
        final int rank = table.rank;
        final int last = records - 1;
        final float[] w = packed(input, inputOff, rank, records);
        for (int i = 0; i < records; i += 4) {
            // Past the last record that one is computed again.
            final int at0 = i * levels;
            final int at1 = Math.min(i + 1, last) * levels;
            final int at2 = Math.min(i + 2, last) * levels;
            final int at3 = Math.min(i + 3, last) * levels;
            int j = 0;
            if (WIDE) {
                for (; j + 4 * L <= levels; j += 4 * L) {
                    logits4x4(table.rows, table.bias, w, i * rank, rank, j, logits, at0 + j, at1 + j, at2 + j, at3 + j);
                }
            }
            for (; j < levels; j += L) {
                logits4x1(table.rows, table.bias, w, i * rank, rank, j, logits, at0 + j, at1 + j, at2 + j, at3 + j);
            }
        }
    }

    /** Some rows in blocks of four records, the last record repeated: {@code [record / 4][row][record % 4]}. */
    private float[] packed(float[][] rows, int off, int count, int records) {
        final float[] to = scratch((records + 3) / 4 * 4 * count);
        for (int r = 0; r < count; r++) {
            final float[] row = rows[off + r];
            for (int i = 0; i < (records + 3) / 4 * 4; i++) {
                to[(i / 4 * count + r) * 4 + i % 4] = row[Math.min(i, records - 1)];
            }
        }
        return to;
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

    private static void sqlu(float[] row, int j) {
        final FloatVector x = FloatVector.fromArray(S, row, j);
        final FloatVector v =
                FloatVector.broadcast(S, -2f).blend(x, x.compare(VectorOperators.GT, -2f));
        final FloatVector m = FloatVector.zero(S).blend(v, v.compare(VectorOperators.LT, 0f));
        m.mul(0.25f).fma(m, v).intoArray(row, j);
    }

    /**
     * Eight outputs by two vectors of lanes: {@code out[o + r][j + lane] = bias[b + r] + sum over s < k, ascending, of
     * w[base + 8 * s + r] * input[s][j + lane]}. Rows after the last are padding: they are written to the place of the
     * last one and overwritten.
     */
    private static void block8x2(float[] w, int base, float[] bias, int b, float[][] input, int k, int j, float[][] out,
            int o, int last) {
        FloatVector c00 = FloatVector.broadcast(S, bias[b]);
        FloatVector c01 = c00;
        FloatVector c10 = FloatVector.broadcast(S, bias[b + Math.min(1, last)]);
        FloatVector c11 = c10;
        FloatVector c20 = FloatVector.broadcast(S, bias[b + Math.min(2, last)]);
        FloatVector c21 = c20;
        FloatVector c30 = FloatVector.broadcast(S, bias[b + Math.min(3, last)]);
        FloatVector c31 = c30;
        FloatVector c40 = FloatVector.broadcast(S, bias[b + Math.min(4, last)]);
        FloatVector c41 = c40;
        FloatVector c50 = FloatVector.broadcast(S, bias[b + Math.min(5, last)]);
        FloatVector c51 = c50;
        FloatVector c60 = FloatVector.broadcast(S, bias[b + Math.min(6, last)]);
        FloatVector c61 = c60;
        FloatVector c70 = FloatVector.broadcast(S, bias[b + Math.min(7, last)]);
        FloatVector c71 = c70;
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + BLOCK * s;
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
            a = FloatVector.broadcast(S, w[p + 4]);
            c40 = a.fma(x0, c40);
            c41 = a.fma(x1, c41);
            a = FloatVector.broadcast(S, w[p + 5]);
            c50 = a.fma(x0, c50);
            c51 = a.fma(x1, c51);
            a = FloatVector.broadcast(S, w[p + 6]);
            c60 = a.fma(x0, c60);
            c61 = a.fma(x1, c61);
            a = FloatVector.broadcast(S, w[p + 7]);
            c70 = a.fma(x0, c70);
            c71 = a.fma(x1, c71);
        }
        float[] row = out[o + Math.min(7, last)];
        KEEP.add(c70).intoArray(row, j);
        KEEP.add(c71).intoArray(row, j + L);
        row = out[o + Math.min(6, last)];
        KEEP.add(c60).intoArray(row, j);
        KEEP.add(c61).intoArray(row, j + L);
        row = out[o + Math.min(5, last)];
        KEEP.add(c50).intoArray(row, j);
        KEEP.add(c51).intoArray(row, j + L);
        row = out[o + Math.min(4, last)];
        KEEP.add(c40).intoArray(row, j);
        KEEP.add(c41).intoArray(row, j + L);
        row = out[o + Math.min(3, last)];
        KEEP.add(c30).intoArray(row, j);
        KEEP.add(c31).intoArray(row, j + L);
        row = out[o + Math.min(2, last)];
        KEEP.add(c20).intoArray(row, j);
        KEEP.add(c21).intoArray(row, j + L);
        row = out[o + Math.min(1, last)];
        KEEP.add(c10).intoArray(row, j);
        KEEP.add(c11).intoArray(row, j + L);
        row = out[o];
        KEEP.add(c00).intoArray(row, j);
        KEEP.add(c01).intoArray(row, j + L);
    }

    /**
     * {@link #block8x2} for one vector of lanes, starting from the vectors {@code start[b + r][at ..]}. A block that
     * chooses between these and a bias is compiled badly for both.
     */
    private static void block8x1(float[] w, int base, float[][] start, int b, int at, float[][] input, int k, int j,
            float[][] out, int o, int last) {
        FloatVector c00 = FloatVector.fromArray(S, start[b], at);
        FloatVector c10 = FloatVector.fromArray(S, start[b + Math.min(1, last)], at);
        FloatVector c20 = FloatVector.fromArray(S, start[b + Math.min(2, last)], at);
        FloatVector c30 = FloatVector.fromArray(S, start[b + Math.min(3, last)], at);
        FloatVector c40 = FloatVector.fromArray(S, start[b + Math.min(4, last)], at);
        FloatVector c50 = FloatVector.fromArray(S, start[b + Math.min(5, last)], at);
        FloatVector c60 = FloatVector.fromArray(S, start[b + Math.min(6, last)], at);
        FloatVector c70 = FloatVector.fromArray(S, start[b + Math.min(7, last)], at);
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + BLOCK * s;
            final FloatVector x0 = FloatVector.fromArray(S, row, j);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(x0, c00);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(x0, c10);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(x0, c20);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(x0, c30);
            a = FloatVector.broadcast(S, w[p + 4]);
            c40 = a.fma(x0, c40);
            a = FloatVector.broadcast(S, w[p + 5]);
            c50 = a.fma(x0, c50);
            a = FloatVector.broadcast(S, w[p + 6]);
            c60 = a.fma(x0, c60);
            a = FloatVector.broadcast(S, w[p + 7]);
            c70 = a.fma(x0, c70);
        }
        KEEP.add(c70).intoArray(out[o + Math.min(7, last)], j);
        KEEP.add(c60).intoArray(out[o + Math.min(6, last)], j);
        KEEP.add(c50).intoArray(out[o + Math.min(5, last)], j);
        KEEP.add(c40).intoArray(out[o + Math.min(4, last)], j);
        KEEP.add(c30).intoArray(out[o + Math.min(3, last)], j);
        KEEP.add(c20).intoArray(out[o + Math.min(2, last)], j);
        KEEP.add(c10).intoArray(out[o + Math.min(1, last)], j);
        KEEP.add(c00).intoArray(out[o], j);
    }

    /** {@link #block8x2} for four outputs. */
    private static void block4x2(float[] w, int base, float[] bias, int b, float[][] input, int k, int j, float[][] out,
            int o, int last) {
        FloatVector c00 = FloatVector.broadcast(S, bias[b]);
        FloatVector c01 = c00;
        FloatVector c10 = FloatVector.broadcast(S, bias[b + Math.min(1, last)]);
        FloatVector c11 = c10;
        FloatVector c20 = FloatVector.broadcast(S, bias[b + Math.min(2, last)]);
        FloatVector c21 = c20;
        FloatVector c30 = FloatVector.broadcast(S, bias[b + Math.min(3, last)]);
        FloatVector c31 = c30;
        for (int s = 0; s < k; s++) {
            final float[] row = input[s];
            final int p = base + BLOCK * s;
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
        float[] row = out[o + Math.min(3, last)];
        KEEP.add(c30).intoArray(row, j);
        KEEP.add(c31).intoArray(row, j + L);
        row = out[o + Math.min(2, last)];
        KEEP.add(c20).intoArray(row, j);
        KEEP.add(c21).intoArray(row, j + L);
        row = out[o + Math.min(1, last)];
        KEEP.add(c10).intoArray(row, j);
        KEEP.add(c11).intoArray(row, j + L);
        row = out[o];
        KEEP.add(c00).intoArray(row, j);
        KEEP.add(c01).intoArray(row, j + L);
    }

    /**
     * Four records by four vectors of levels: {@code out[at + level] = bias[j + level] + sum over s < rank,
     * ascending, of w[base + 4 * s + r] * table[s][j + level]} with {@code at} of record r.
     */
    private static void logits4x4(float[][] table, float[] bias, float[] w, int base, int rank, int j, float[] out,
            int at0, int at1, int at2, int at3) {
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
        for (int s = 0; s < rank; s++) {
            final float[] row = table[s];
            final int p = base + 4 * s;
            final FloatVector t0 = FloatVector.fromArray(S, row, j);
            final FloatVector t1 = FloatVector.fromArray(S, row, j + L);
            final FloatVector t2 = FloatVector.fromArray(S, row, j + 2 * L);
            final FloatVector t3 = FloatVector.fromArray(S, row, j + 3 * L);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(t0, c00);
            c01 = a.fma(t1, c01);
            c02 = a.fma(t2, c02);
            c03 = a.fma(t3, c03);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(t0, c10);
            c11 = a.fma(t1, c11);
            c12 = a.fma(t2, c12);
            c13 = a.fma(t3, c13);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(t0, c20);
            c21 = a.fma(t1, c21);
            c22 = a.fma(t2, c22);
            c23 = a.fma(t3, c23);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(t0, c30);
            c31 = a.fma(t1, c31);
            c32 = a.fma(t2, c32);
            c33 = a.fma(t3, c33);
        }
        KEEP.add(c00).intoArray(out, at0);
        KEEP.add(c01).intoArray(out, at0 + L);
        KEEP.add(c02).intoArray(out, at0 + 2 * L);
        KEEP.add(c03).intoArray(out, at0 + 3 * L);
        KEEP.add(c10).intoArray(out, at1);
        KEEP.add(c11).intoArray(out, at1 + L);
        KEEP.add(c12).intoArray(out, at1 + 2 * L);
        KEEP.add(c13).intoArray(out, at1 + 3 * L);
        KEEP.add(c20).intoArray(out, at2);
        KEEP.add(c21).intoArray(out, at2 + L);
        KEEP.add(c22).intoArray(out, at2 + 2 * L);
        KEEP.add(c23).intoArray(out, at2 + 3 * L);
        KEEP.add(c30).intoArray(out, at3);
        KEEP.add(c31).intoArray(out, at3 + L);
        KEEP.add(c32).intoArray(out, at3 + 2 * L);
        KEEP.add(c33).intoArray(out, at3 + 3 * L);
    }

    /** {@link #logits4x4} for one vector of levels. */
    private static void logits4x1(float[][] table, float[] bias, float[] w, int base, int rank, int j, float[] out,
            int at0, int at1, int at2, int at3) {
        FloatVector c00 = FloatVector.fromArray(S, bias, j);
        FloatVector c10 = c00;
        FloatVector c20 = c00;
        FloatVector c30 = c00;
        for (int s = 0; s < rank; s++) {
            final float[] row = table[s];
            final int p = base + 4 * s;
            final FloatVector t0 = FloatVector.fromArray(S, row, j);
            FloatVector a = FloatVector.broadcast(S, w[p]);
            c00 = a.fma(t0, c00);
            a = FloatVector.broadcast(S, w[p + 1]);
            c10 = a.fma(t0, c10);
            a = FloatVector.broadcast(S, w[p + 2]);
            c20 = a.fma(t0, c20);
            a = FloatVector.broadcast(S, w[p + 3]);
            c30 = a.fma(t0, c30);
        }
        KEEP.add(c00).intoArray(out, at0);
        KEEP.add(c10).intoArray(out, at1);
        KEEP.add(c20).intoArray(out, at2);
        KEEP.add(c30).intoArray(out, at3);
    }
}
