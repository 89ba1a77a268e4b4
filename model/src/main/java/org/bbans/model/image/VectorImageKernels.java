package org.bbans.model.image;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels with the Vector API, operation by operation as in {@link ScalarImageKernels}. What a loop adds up is an
 * argument of operations, never their receiver.
 */
final class VectorImageKernels extends ImageKernels {

    private static final VectorSpecies<Float> S =
            FloatVector.SPECIES_PREFERRED.length() > UNIT ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /** Adding -0 changes nothing. */
    private static final FloatVector KEEP = FloatVector.broadcast(S, -0f);

    VectorImageKernels() {}

    /** A row's vectors may reach into the next row, which is written after it. */
    @Override
    void products(float[] g, int n, float[] to, int off) {
        final FloatVector first = FloatVector.fromArray(S, g, 0);
        int at = off;
        int i = 0;
        for (; i < Math.min(n, L); i++) {
            FloatVector.broadcast(S, g[i]).mul(first).intoArray(to, at);
            at += i + 1;
        }
        for (; i < n; i++) {
            final FloatVector x = FloatVector.broadcast(S, g[i]);
            x.mul(first).intoArray(to, at);
            x.mul(FloatVector.fromArray(S, g, L)).intoArray(to, at + L);
            for (int j = 2 * L; j <= i; j += L) {
                x.mul(FloatVector.fromArray(S, g, j)).intoArray(to, at + j);
            }
            at += i + 1;
        }
    }

    @Override
    void slide(LeastSquares.Decay decay, int n, float[] products, int up, int left, float[] columns, int column,
            float[] rows, int row, float[] sums, int to) {
        final FloatVector down = FloatVector.broadcast(S, decay.down());
        final FloatVector across = FloatVector.broadcast(S, decay.across());
        final FloatVector along = FloatVector.broadcast(S, decay.along());
        final FloatVector above = FloatVector.broadcast(S, decay.above());
        for (int j = 0; j < n; j += L) {
            final FloatVector below =
                    down.fma(FloatVector.fromArray(S, columns, column + j), FloatVector.fromArray(S, products, up + j));
            below.intoArray(columns, column + j);
            final FloatVector first = across.fma(FloatVector.fromArray(S, rows, row + j), below);
            first.intoArray(rows, row + j);
            final FloatVector second = across.fma(FloatVector.fromArray(S, rows, row + n + j), first);
            second.intoArray(rows, row + n + j);
            final FloatVector own = along.fma(FloatVector.fromArray(S, rows, row + 2 * n + j),
                    FloatVector.fromArray(S, products, left + j));
            own.intoArray(rows, row + 2 * n + j);
            above.fma(second, own).intoArray(sums, to + j);
        }
    }

    @Override
    void solve(float[] a, int n, float[] out) {
        for (int lane = 0; lane < UNIT; lane += L) {
            for (int j = 0; j < n; j++) {
                final int rowJ = triangle(j, n) * UNIT + lane;
                pivot(a, rowJ, j);
                int i = j + 1;
                for (; i + 4 <= n + 2; i += 4) {
                    reduce4(a, rowJ, triangle(i, n) * UNIT + lane, triangle(i + 1, n) * UNIT + lane,
                            triangle(i + 2, n) * UNIT + lane, triangle(i + 3, n) * UNIT + lane, j);
                }
                for (; i < n + 2; i++) {
                    reduce(a, rowJ, triangle(i, n) * UNIT + lane, j);
                }
            }
            sums(a, triangle(n + 1, n) * UNIT + lane, triangle(n, n) * UNIT + lane, n, out, lane);
        }
    }

    /** Replaces element j of the row by the inverse of the factor's diagonal element. */
    private static void pivot(float[] a, int row, int j) {
        FloatVector d = FloatVector.fromArray(S, a, row + j * UNIT);
        for (int k = 0; k < j; k++) {
            final FloatVector x = FloatVector.fromArray(S, a, row + k * UNIT);
            d = x.neg().fma(x, d);
        }
        final FloatVector least = FloatVector.broadcast(S, LeastSquares.LEAST_PIVOT);
        final FloatVector e = KEEP.add(d);
        final VectorMask<Float> good = e.compare(VectorOperators.GT, LeastSquares.LEAST_PIVOT);
        FloatVector.broadcast(S, 1f).div(least.blend(e, good).lanewise(VectorOperators.SQRT))
                .intoArray(a, row + j * UNIT);
    }

    private static void reduce4(float[] a, int row, int i0, int i1, int i2, int i3, int j) {
        final int at = j * UNIT;
        FloatVector s0 = FloatVector.fromArray(S, a, i0 + at);
        FloatVector s1 = FloatVector.fromArray(S, a, i1 + at);
        FloatVector s2 = FloatVector.fromArray(S, a, i2 + at);
        FloatVector s3 = FloatVector.fromArray(S, a, i3 + at);
        for (int k = 0; k < at; k += UNIT) {
            final FloatVector x = FloatVector.fromArray(S, a, row + k).neg();
            s0 = x.fma(FloatVector.fromArray(S, a, i0 + k), s0);
            s1 = x.fma(FloatVector.fromArray(S, a, i1 + k), s1);
            s2 = x.fma(FloatVector.fromArray(S, a, i2 + k), s2);
            s3 = x.fma(FloatVector.fromArray(S, a, i3 + k), s3);
        }
        final FloatVector inverse = FloatVector.fromArray(S, a, row + at);
        inverse.mul(s0).intoArray(a, i0 + at);
        inverse.mul(s1).intoArray(a, i1 + at);
        inverse.mul(s2).intoArray(a, i2 + at);
        inverse.mul(s3).intoArray(a, i3 + at);
    }

    private static void reduce(float[] a, int row, int i, int j) {
        final int at = j * UNIT;
        FloatVector s = FloatVector.fromArray(S, a, i + at);
        for (int k = 0; k < at; k += UNIT) {
            s = FloatVector.fromArray(S, a, row + k).neg().fma(FloatVector.fromArray(S, a, i + k), s);
        }
        FloatVector.fromArray(S, a, row + at).mul(s).intoArray(a, i + at);
    }

    private static void sums(float[] a, int features, int right, int n, float[] out, int lane) {
        FloatVector sum = FloatVector.zero(S);
        for (int j = 0; j < n; j++) {
            sum = FloatVector.fromArray(S, a, features + j * UNIT)
                    .fma(FloatVector.fromArray(S, a, right + j * UNIT), sum);
            sum.intoArray(out, j * UNIT + lane);
        }
    }
}
