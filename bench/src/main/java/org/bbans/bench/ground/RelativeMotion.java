package org.bbans.bench.ground;

import java.util.Arrays;

/**
 * Two bosons in a two-dimensional trap, exactly: their centre of mass has the energy 1, and their distance q the ground
 * state of {@code -u'' - u'/q + (q^2 / 4 + g / (pi s^2) exp(-q^2 / s^2)) u}, found on a grid by inverse iteration.
 */
final class RelativeMotion {

    private static final int POINTS = 20_000;
    private static final double END = 10;
    private static final int ITERATIONS = 60;

    private final double energy;
    /** By point of the grid: the density of q. */
    private final double[] density;

    private RelativeMotion(double energy, double[] density) {
        this.energy = energy;
        this.density = density;
    }

    /** The ground state for a repulsion g of width s. */
    static RelativeMotion of(double g, double s) {
        // Cells of width e around (k + 1/2) e; with w = u sqrt(q), the finite volumes give a symmetric matrix.
        final double e = END / POINTS;
        final double[] diagonal = new double[POINTS];
        final double[] beside = new double[POINTS];
        for (int k = 0; k < POINTS; k++) {
            final double q = (k + 0.5) * e;
            diagonal[k] = (k + (k + 1.0)) * e / (q * e * e) + q * q / 4
                    + g / (Math.PI * s * s) * Math.exp(-q * q / (s * s));
            beside[k] = -(k + 1) * e / (e * e * Math.sqrt(q * (q + e)));
        }
        double[] w = new double[POINTS];
        Arrays.fill(w, 1);
        double value = 0;
        for (int i = 0; i < ITERATIONS; i++) {
            final double[] next = solve(diagonal, beside, w);
            double norm = 0;
            double along = 0;
            for (int k = 0; k < POINTS; k++) {
                norm += next[k] * next[k];
                along += next[k] * w[k];
            }
            double old = 0;
            for (double x : w) {
                old += x * x;
            }
            value = old / along;
            for (int k = 0; k < POINTS; k++) {
                next[k] /= Math.sqrt(norm);
            }
            w = next;
        }
        final double[] density = new double[POINTS];
        for (int k = 0; k < POINTS; k++) {
            density[k] = w[k] * w[k] / e;
        }
        return new RelativeMotion(1 + value, density);
    }

    /** Solves a symmetric tridiagonal system that is positive definite. */
    private static double[] solve(double[] diagonal, double[] beside, double[] right) {
        final int n = right.length;
        final double[] d = new double[n];
        final double[] x = new double[n];
        d[0] = diagonal[0];
        x[0] = right[0];
        for (int k = 1; k < n; k++) {
            final double f = beside[k - 1] / d[k - 1];
            d[k] = diagonal[k] - f * beside[k - 1];
            x[k] = right[k] - f * x[k - 1];
        }
        x[n - 1] /= d[n - 1];
        for (int k = n - 2; k >= 0; k--) {
            x[k] = (x[k] - beside[k] * x[k + 1]) / d[k];
        }
        return x;
    }

    /** The energy of both. */
    double energy() {
        return energy;
    }

    /** The density of their distance. */
    double density(double q) {
        return density[Math.min(POINTS - 1, (int) (q / END * POINTS))];
    }
}
