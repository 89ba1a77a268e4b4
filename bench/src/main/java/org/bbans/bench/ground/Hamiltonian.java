package org.bbans.bench.ground;

import java.util.Arrays;

/**
 * Identical particles of mass 1 with {@code H = -1/2 sum of Laplacians + V}, in units where Planck's constant is 2 pi.
 * V is, with c the vector from centre a to particle i, and q the distance of particles i and j,
 *
 * <pre>{@code sum_i k/2 |r_i|^2 - sum_(i,a) Z_a / |c| + sum_(i<j) (C / q + G exp(-q^2 / s^2)) + constant}</pre>
 *
 * <p>Coordinates are arrays for n walkers: axis x of particle i of walker b is at {@code (i * axes + x) * n + b}.
 *
 * @param particles their number
 * @param axes dimension of space
 * @param centres the nuclei, or the centre of the trap; by centre and axis
 * @param charges Z of each centre; 0 for a trap
 * @param stiffness k of the trap
 * @param coulomb C
 * @param bump G
 * @param width s, above 0
 * @param constant for example the repulsion of the nuclei
 */
record Hamiltonian(int particles, int axes, double[][] centres, double[] charges, double stiffness, double coulomb,
        double bump, double width, double constant) {

    /** Keeps distances from 0. */
    static final double TINY = 1e-12;

    /** Particles that do not see each other in a trap. */
    static Hamiltonian oscillator(int particles, int axes) {
        return bosons(particles, axes, 0, 1);
    }

    /** Particles in a two-dimensional trap, say, that repel each other with {@code g / (pi s^2) exp(-r^2 / s^2)}. */
    static Hamiltonian bosons(int particles, int axes, double g, double s) {
        return new Hamiltonian(particles, axes, new double[1][axes], new double[1], 1, 0, g / (Math.PI * s * s), s, 0);
    }

    /** An atom of one or two electrons; its ground state does not change when these are exchanged. */
    static Hamiltonian atom(double charge, int electrons) {
        return new Hamiltonian(electrons, 3, new double[1][3], new double[] {charge}, 0, 1, 0, 1, 0);
    }

    /** The hydrogen molecule, its nuclei at rest in this distance, along the last axis. */
    static Hamiltonian hydrogenMolecule(double distance) {
        return new Hamiltonian(2, 3, new double[][] {{0, 0, -distance / 2}, {0, 0, distance / 2}}, new double[] {1, 1},
                0, 1, 0, 1, 1 / distance);
    }

    /** Numbers of a walker. */
    int coordinates() {
        return particles * axes;
    }

    /**
     * The potential of n walkers.
     *
     * @param r their coordinates
     * @param v receives it
     * @param gradient receives the derivatives by r; may be null
     */
    void potential(double[] r, int n, double[] v, double[] gradient) {
        Arrays.fill(v, 0, n, constant);
        if (gradient != null) {
            Arrays.fill(gradient, 0);
        }
        final double[] difference = new double[axes];
        for (int i = 0; i < particles; i++) {
            for (int b = 0; b < n; b++) {
                for (int a = 0; a < centres.length; a++) {
                    final double d = difference(r, i, centres[a], n, b, difference);
                    v[b] -= charges[a] / d;
                    add(gradient, i, n, b, difference, charges[a] / (d * d * d));
                }
                if (stiffness != 0) {
                    final double d = difference(r, i, new double[axes], n, b, difference);
                    v[b] += stiffness / 2 * d * d;
                    add(gradient, i, n, b, difference, stiffness);
                }
                for (int j = i + 1; j < particles; j++) {
                    final double q = difference(r, i, j, n, b, difference);
                    final double e = bump == 0 ? 0 : bump * Math.exp(-q * q / (width * width));
                    v[b] += coulomb / q + e;
                    final double slope = -coulomb / (q * q * q) - 2 * e / (width * width);
                    add(gradient, i, n, b, difference, slope);
                    add(gradient, j, n, b, difference, -slope);
                }
            }
        }
    }

    /** The vector from a point to particle i of walker b, and its length. */
    double difference(double[] r, int i, double[] point, int n, int b, double[] out) {
        double sum = TINY;
        for (int x = 0; x < axes; x++) {
            out[x] = r[(i * axes + x) * n + b] - point[x];
            sum += out[x] * out[x];
        }
        return Math.sqrt(sum);
    }

    /** The vector from particle j to particle i of walker b, and its length. */
    double difference(double[] r, int i, int j, int n, int b, double[] out) {
        double sum = TINY;
        for (int x = 0; x < axes; x++) {
            out[x] = r[(i * axes + x) * n + b] - r[(j * axes + x) * n + b];
            sum += out[x] * out[x];
        }
        return Math.sqrt(sum);
    }

    /** Adds a multiple of a vector to what belongs to particle i of walker b; nothing to null. */
    void add(double[] to, int i, int n, int b, double[] vector, double factor) {
        if (to != null) {
            for (int x = 0; x < axes; x++) {
                to[(i * axes + x) * n + b] += factor * vector[x];
            }
        }
    }
}
