package org.bbans.model.net;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product with the Vector API, operation by operation as in {@link ScalarMatrixProduct}. A block keeps its
 * accumulators in registers; they are arguments of operations, never their receivers.
 */
final class VectorMatrixProduct extends MatrixProduct {

    private static final VectorSpecies<Float> S =
            FloatVector.SPECIES_PREFERRED.length() > UNIT ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /** Whether there are registers for 16 accumulators and what goes with them: those of 256 bits are 16 in all. */
    private static final boolean MANY = L != UNIT / 2;
    /** Adding -0 changes nothing. */
    private static final FloatVector KEEP = FloatVector.broadcast(S, -0f);

    VectorMatrixProduct() {}

    @Override
    public void multiplyAdd(int m, int n, int depth, float[] a, int aOff, int aRow, int aColumn, float[] b, int bOff,
            int bRow,
            float[] c, int cOff, int cRow) {
        int i = 0;
        for (; !MANY && i + 6 <= m; i += 6) {
            for (int j = 0; j < n; j += 2 * L) {
                block6x2(depth, a, aOff + i * aRow, aRow, aColumn, b, bOff + j, bRow, c, cOff + i * cRow + j, cRow);
            }
        }
        for (; i + 4 <= m; i += 4) {
            final int p = aOff + i * aRow;
            final int q = cOff + i * cRow;
            int j = 0;
            for (; MANY && j + 4 * L <= n; j += 4 * L) {
                block4x4(depth, a, p, aRow, aColumn, b, bOff + j, bRow, c, q + j, cRow);
            }
            for (; j + 2 * L <= n; j += 2 * L) {
                block4x2(depth, a, p, aRow, aColumn, b, bOff + j, bRow, c, q + j, cRow);
            }
            for (; j < n; j += L) {
                block4x1(depth, a, p, aRow, aColumn, b, bOff + j, bRow, c, q + j, cRow);
            }
        }
        for (; i < m; i++) {
            final int p = aOff + i * aRow;
            final int q = cOff + i * cRow;
            int j = 0;
            for (; j + 4 * L <= n; j += 4 * L) {
                block1x4(depth, a, p, aColumn, b, bOff + j, bRow, c, q + j);
            }
            for (; j < n; j += L) {
                block1x1(depth, a, p, aColumn, b, bOff + j, bRow, c, q + j);
            }
        }
    }

    private static void block4x4(int depth, float[] a, int a0, int aRow, int aColumn, float[] b, int b0, int bRow,
            float[] c, int c0, int cRow) {
        FloatVector s00 = FloatVector.fromArray(S, c, c0);
        FloatVector s01 = FloatVector.fromArray(S, c, c0 + L);
        FloatVector s02 = FloatVector.fromArray(S, c, c0 + 2 * L);
        FloatVector s03 = FloatVector.fromArray(S, c, c0 + 3 * L);
        FloatVector s10 = FloatVector.fromArray(S, c, c0 + cRow);
        FloatVector s11 = FloatVector.fromArray(S, c, c0 + cRow + L);
        FloatVector s12 = FloatVector.fromArray(S, c, c0 + cRow + 2 * L);
        FloatVector s13 = FloatVector.fromArray(S, c, c0 + cRow + 3 * L);
        FloatVector s20 = FloatVector.fromArray(S, c, c0 + 2 * cRow);
        FloatVector s21 = FloatVector.fromArray(S, c, c0 + 2 * cRow + L);
        FloatVector s22 = FloatVector.fromArray(S, c, c0 + 2 * cRow + 2 * L);
        FloatVector s23 = FloatVector.fromArray(S, c, c0 + 2 * cRow + 3 * L);
        FloatVector s30 = FloatVector.fromArray(S, c, c0 + 3 * cRow);
        FloatVector s31 = FloatVector.fromArray(S, c, c0 + 3 * cRow + L);
        FloatVector s32 = FloatVector.fromArray(S, c, c0 + 3 * cRow + 2 * L);
        FloatVector s33 = FloatVector.fromArray(S, c, c0 + 3 * cRow + 3 * L);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector w0 = FloatVector.fromArray(S, b, q);
            final FloatVector w1 = FloatVector.fromArray(S, b, q + L);
            final FloatVector w2 = FloatVector.fromArray(S, b, q + 2 * L);
            final FloatVector w3 = FloatVector.fromArray(S, b, q + 3 * L);
            final FloatVector x0 = FloatVector.broadcast(S, a[p]);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            s02 = x0.fma(w2, s02);
            s03 = x0.fma(w3, s03);
            final FloatVector x1 = FloatVector.broadcast(S, a[p + aRow]);
            s10 = x1.fma(w0, s10);
            s11 = x1.fma(w1, s11);
            s12 = x1.fma(w2, s12);
            s13 = x1.fma(w3, s13);
            final FloatVector x2 = FloatVector.broadcast(S, a[p + 2 * aRow]);
            s20 = x2.fma(w0, s20);
            s21 = x2.fma(w1, s21);
            s22 = x2.fma(w2, s22);
            s23 = x2.fma(w3, s23);
            final FloatVector x3 = FloatVector.broadcast(S, a[p + 3 * aRow]);
            s30 = x3.fma(w0, s30);
            s31 = x3.fma(w1, s31);
            s32 = x3.fma(w2, s32);
            s33 = x3.fma(w3, s33);
            p += aColumn;
            q += bRow;
        }
        KEEP.add(s00).intoArray(c, c0);
        KEEP.add(s01).intoArray(c, c0 + L);
        KEEP.add(s02).intoArray(c, c0 + 2 * L);
        KEEP.add(s03).intoArray(c, c0 + 3 * L);
        KEEP.add(s10).intoArray(c, c0 + cRow);
        KEEP.add(s11).intoArray(c, c0 + cRow + L);
        KEEP.add(s12).intoArray(c, c0 + cRow + 2 * L);
        KEEP.add(s13).intoArray(c, c0 + cRow + 3 * L);
        KEEP.add(s20).intoArray(c, c0 + 2 * cRow);
        KEEP.add(s21).intoArray(c, c0 + 2 * cRow + L);
        KEEP.add(s22).intoArray(c, c0 + 2 * cRow + 2 * L);
        KEEP.add(s23).intoArray(c, c0 + 2 * cRow + 3 * L);
        KEEP.add(s30).intoArray(c, c0 + 3 * cRow);
        KEEP.add(s31).intoArray(c, c0 + 3 * cRow + L);
        KEEP.add(s32).intoArray(c, c0 + 3 * cRow + 2 * L);
        KEEP.add(s33).intoArray(c, c0 + 3 * cRow + 3 * L);
    }

    private static void block6x2(int depth, float[] a, int a0, int aRow, int aColumn, float[] b, int b0, int bRow,
            float[] c, int c0, int cRow) {
        FloatVector s00 = FloatVector.fromArray(S, c, c0);
        FloatVector s01 = FloatVector.fromArray(S, c, c0 + L);
        FloatVector s10 = FloatVector.fromArray(S, c, c0 + cRow);
        FloatVector s11 = FloatVector.fromArray(S, c, c0 + cRow + L);
        FloatVector s20 = FloatVector.fromArray(S, c, c0 + 2 * cRow);
        FloatVector s21 = FloatVector.fromArray(S, c, c0 + 2 * cRow + L);
        FloatVector s30 = FloatVector.fromArray(S, c, c0 + 3 * cRow);
        FloatVector s31 = FloatVector.fromArray(S, c, c0 + 3 * cRow + L);
        FloatVector s40 = FloatVector.fromArray(S, c, c0 + 4 * cRow);
        FloatVector s41 = FloatVector.fromArray(S, c, c0 + 4 * cRow + L);
        FloatVector s50 = FloatVector.fromArray(S, c, c0 + 5 * cRow);
        FloatVector s51 = FloatVector.fromArray(S, c, c0 + 5 * cRow + L);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector w0 = FloatVector.fromArray(S, b, q);
            final FloatVector w1 = FloatVector.fromArray(S, b, q + L);
            final FloatVector x0 = FloatVector.broadcast(S, a[p]);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            final FloatVector x1 = FloatVector.broadcast(S, a[p + aRow]);
            s10 = x1.fma(w0, s10);
            s11 = x1.fma(w1, s11);
            final FloatVector x2 = FloatVector.broadcast(S, a[p + 2 * aRow]);
            s20 = x2.fma(w0, s20);
            s21 = x2.fma(w1, s21);
            final FloatVector x3 = FloatVector.broadcast(S, a[p + 3 * aRow]);
            s30 = x3.fma(w0, s30);
            s31 = x3.fma(w1, s31);
            final FloatVector x4 = FloatVector.broadcast(S, a[p + 4 * aRow]);
            s40 = x4.fma(w0, s40);
            s41 = x4.fma(w1, s41);
            final FloatVector x5 = FloatVector.broadcast(S, a[p + 5 * aRow]);
            s50 = x5.fma(w0, s50);
            s51 = x5.fma(w1, s51);
            p += aColumn;
            q += bRow;
        }
        KEEP.add(s00).intoArray(c, c0);
        KEEP.add(s01).intoArray(c, c0 + L);
        KEEP.add(s10).intoArray(c, c0 + cRow);
        KEEP.add(s11).intoArray(c, c0 + cRow + L);
        KEEP.add(s20).intoArray(c, c0 + 2 * cRow);
        KEEP.add(s21).intoArray(c, c0 + 2 * cRow + L);
        KEEP.add(s30).intoArray(c, c0 + 3 * cRow);
        KEEP.add(s31).intoArray(c, c0 + 3 * cRow + L);
        KEEP.add(s40).intoArray(c, c0 + 4 * cRow);
        KEEP.add(s41).intoArray(c, c0 + 4 * cRow + L);
        KEEP.add(s50).intoArray(c, c0 + 5 * cRow);
        KEEP.add(s51).intoArray(c, c0 + 5 * cRow + L);
    }

    private static void block4x2(int depth, float[] a, int a0, int aRow, int aColumn, float[] b, int b0, int bRow,
            float[] c, int c0, int cRow) {
        FloatVector s00 = FloatVector.fromArray(S, c, c0);
        FloatVector s01 = FloatVector.fromArray(S, c, c0 + L);
        FloatVector s10 = FloatVector.fromArray(S, c, c0 + cRow);
        FloatVector s11 = FloatVector.fromArray(S, c, c0 + cRow + L);
        FloatVector s20 = FloatVector.fromArray(S, c, c0 + 2 * cRow);
        FloatVector s21 = FloatVector.fromArray(S, c, c0 + 2 * cRow + L);
        FloatVector s30 = FloatVector.fromArray(S, c, c0 + 3 * cRow);
        FloatVector s31 = FloatVector.fromArray(S, c, c0 + 3 * cRow + L);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector w0 = FloatVector.fromArray(S, b, q);
            final FloatVector w1 = FloatVector.fromArray(S, b, q + L);
            final FloatVector x0 = FloatVector.broadcast(S, a[p]);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            final FloatVector x1 = FloatVector.broadcast(S, a[p + aRow]);
            s10 = x1.fma(w0, s10);
            s11 = x1.fma(w1, s11);
            final FloatVector x2 = FloatVector.broadcast(S, a[p + 2 * aRow]);
            s20 = x2.fma(w0, s20);
            s21 = x2.fma(w1, s21);
            final FloatVector x3 = FloatVector.broadcast(S, a[p + 3 * aRow]);
            s30 = x3.fma(w0, s30);
            s31 = x3.fma(w1, s31);
            p += aColumn;
            q += bRow;
        }
        KEEP.add(s00).intoArray(c, c0);
        KEEP.add(s01).intoArray(c, c0 + L);
        KEEP.add(s10).intoArray(c, c0 + cRow);
        KEEP.add(s11).intoArray(c, c0 + cRow + L);
        KEEP.add(s20).intoArray(c, c0 + 2 * cRow);
        KEEP.add(s21).intoArray(c, c0 + 2 * cRow + L);
        KEEP.add(s30).intoArray(c, c0 + 3 * cRow);
        KEEP.add(s31).intoArray(c, c0 + 3 * cRow + L);
    }

    private static void block4x1(int depth, float[] a, int a0, int aRow, int aColumn, float[] b, int b0, int bRow,
            float[] c, int c0, int cRow) {
        FloatVector s0 = FloatVector.fromArray(S, c, c0);
        FloatVector s1 = FloatVector.fromArray(S, c, c0 + cRow);
        FloatVector s2 = FloatVector.fromArray(S, c, c0 + 2 * cRow);
        FloatVector s3 = FloatVector.fromArray(S, c, c0 + 3 * cRow);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector w = FloatVector.fromArray(S, b, q);
            s0 = w.fma(FloatVector.broadcast(S, a[p]), s0);
            s1 = w.fma(FloatVector.broadcast(S, a[p + aRow]), s1);
            s2 = w.fma(FloatVector.broadcast(S, a[p + 2 * aRow]), s2);
            s3 = w.fma(FloatVector.broadcast(S, a[p + 3 * aRow]), s3);
            p += aColumn;
            q += bRow;
        }
        KEEP.add(s0).intoArray(c, c0);
        KEEP.add(s1).intoArray(c, c0 + cRow);
        KEEP.add(s2).intoArray(c, c0 + 2 * cRow);
        KEEP.add(s3).intoArray(c, c0 + 3 * cRow);
    }

    private static void block1x4(int depth, float[] a, int a0, int aColumn, float[] b, int b0, int bRow, float[] c,
            int c0) {
        FloatVector s0 = FloatVector.fromArray(S, c, c0);
        FloatVector s1 = FloatVector.fromArray(S, c, c0 + L);
        FloatVector s2 = FloatVector.fromArray(S, c, c0 + 2 * L);
        FloatVector s3 = FloatVector.fromArray(S, c, c0 + 3 * L);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            final FloatVector x = FloatVector.broadcast(S, a[p]);
            s0 = x.fma(FloatVector.fromArray(S, b, q), s0);
            s1 = x.fma(FloatVector.fromArray(S, b, q + L), s1);
            s2 = x.fma(FloatVector.fromArray(S, b, q + 2 * L), s2);
            s3 = x.fma(FloatVector.fromArray(S, b, q + 3 * L), s3);
            p += aColumn;
            q += bRow;
        }
        KEEP.add(s0).intoArray(c, c0);
        KEEP.add(s1).intoArray(c, c0 + L);
        KEEP.add(s2).intoArray(c, c0 + 2 * L);
        KEEP.add(s3).intoArray(c, c0 + 3 * L);
    }

    private static void block1x1(int depth, float[] a, int a0, int aColumn, float[] b, int b0, int bRow, float[] c,
            int c0) {
        FloatVector s = FloatVector.fromArray(S, c, c0);
        int p = a0;
        int q = b0;
        for (int k = 0; k < depth; k++) {
            s = FloatVector.broadcast(S, a[p]).fma(FloatVector.fromArray(S, b, q), s);
            p += aColumn;
            q += bRow;
        }
        KEEP.add(s).intoArray(c, c0);
    }
}
