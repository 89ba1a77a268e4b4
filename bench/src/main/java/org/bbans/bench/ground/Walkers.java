package org.bbans.bench.ground;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Walkers of the process {@code dr = v dt + dB}, and the functional of their paths
 *
 * <pre>{@code l_T = sum of v . dB + (|v|^2 / 2 + V) dt}</pre>
 *
 * <p>whose mean, over T, is never below the ground state's energy, and equals it for {@code v = grad log psi}; l_T less
 * {@code log psi(r_T) / psi(r_0)} has no variance then, in the limit of small steps. An episode begins where the last
 * one has ended.
 */
final class Walkers {

    private static final int WARM_UP = 500;

    private final Hamiltonian h;
    private final DriftNet net;
    private final int n;
    private final SplittableRandom random;
    private final double[] r;
    private final double[] costs;
    private final double[] potential;
    private final double[] norm;
    private double adjointLimit = 10;

    /** What an episode keeps of a step for its gradient. */
    private final class Step {

        private final double[] r = new double[h.coordinates() * n];
        private final double[] v = new double[h.coordinates() * n];
        private final double[] noise = new double[h.coordinates() * n];
        private final double[] slope = new double[h.coordinates() * n];
        private final DriftNet.Trace trace = net.trace(n);
    }

    private Step[] steps = {};

    /** Walkers that have not walked yet, near the centres. */
    Walkers(Hamiltonian h, DriftNet net, int n, long seed) {
        this.h = h;
        this.net = net;
        this.n = n;
        random = new SplittableRandom(seed);
        r = new double[h.coordinates() * n];
        costs = new double[n];
        potential = new double[n];
        norm = new double[n];
        for (int i = 0; i < h.particles(); i++) {
            for (int b = 0; b < n; b++) {
                final double[] centre = h.centres()[(i + b) % h.centres().length];
                for (int x = 0; x < h.axes(); x++) {
                    r[(i * h.axes() + x) * n + b] = centre[x] + 0.7 * random.nextGaussian();
                }
            }
        }
    }

    /** Lets them forget where they began. */
    void warmUp(double[] p, double dt) {
        for (int i = 0; i < WARM_UP; i++) {
            walk(p, 1, dt);
        }
    }

    /** The coordinates. */
    double[] r() {
        return r;
    }

    /** The last episode's l_T of each walker. */
    double[] costs() {
        return costs;
    }

    /** The norm above which a walker's adjoint is cut, for singular potentials have derivatives without a variance. */
    void limitAdjoints(double norm) {
        adjointLimit = norm;
    }

    private void reserve(int count) {
        final int had = steps.length;
        if (had < count) {
            steps = Arrays.copyOf(steps, count);
            for (int k = had; k < count; k++) {
                steps[k] = new Step();
            }
        }
    }

    /** An episode by Euler's steps; returns the mean of {@code l_T / T}. */
    double walk(double[] p, int count, double dt) {
        reserve(1);
        Arrays.fill(costs, 0);
        for (int k = 0; k < count; k++) {
            step(p, steps[0], dt, null);
        }
        return mean(count * dt);
    }

    /** An episode by Heun's steps, whose places are more exact: the drift is the mean of those at both ends. */
    double walkByHeun(double[] p, int count, double dt) {
        reserve(2);
        Arrays.fill(costs, 0);
        for (int k = 0; k < count; k++) {
            final Step s = steps[0];
            step(p, s, dt, null);
            net.forward(p, r, n, steps[1].v, steps[1].trace);
            for (int i = 0; i < r.length; i++) {
                r[i] += 0.5 * dt * (steps[1].v[i] - s.v[i]);
            }
        }
        return mean(count * dt);
    }

    private double mean(double time) {
        return Arrays.stream(costs).sum() / n / time;
    }

    private void step(double[] p, Step s, double dt, double[] gradient) {
        System.arraycopy(r, 0, s.r, 0, r.length);
        net.forward(p, r, n, s.v, s.trace);
        h.potential(r, n, potential, gradient);
        final double root = Math.sqrt(dt);
        for (int b = 0; b < n; b++) {
            costs[b] += potential[b] * dt;
        }
        for (int c = 0; c < h.coordinates(); c++) {
            for (int b = 0, k = c * n; b < n; b++, k++) {
                s.noise[k] = root * random.nextGaussian();
                costs[b] += s.v[k] * s.noise[k] + 0.5 * s.v[k] * s.v[k] * dt;
                r[k] += s.v[k] * dt + s.noise[k];
            }
        }
    }

    /**
     * An episode by Euler's steps, and the gradient of {@code (l_T - v(r_T) . r_T) / T} by the parameters, v(r_T) held
     * fixed: it stands for the gradient of log psi, for what comes behind the episode's end.
     *
     * @param all whether the gradient by the parameters in {@code v . dB} is in it; its mean is 0, and without it the
     *     gradient has no variance either when the drift has been found
     * @param gradient receives it
     * @return the mean of {@code l_T / T}
     */
    double learn(double[] p, int count, double dt, boolean all, double[] gradient) {
        reserve(count + 1);
        Arrays.fill(costs, 0);
        Arrays.fill(gradient, 0);
        for (int k = 0; k < count; k++) {
            step(p, steps[k], dt, steps[k].slope);
        }
        final double[] adjoint = new double[r.length];
        net.forward(p, r, n, adjoint, steps[count].trace);
        for (int k = 0; k < r.length; k++) {
            adjoint[k] = -adjoint[k];
        }
        final double[] path = new double[r.length];
        final double[] parameters = new double[r.length];
        for (int step = count - 1; step >= 0; step--) {
            final Step s = steps[step];
            for (int k = 0; k < r.length; k++) {
                parameters[k] = dt * (adjoint[k] + s.v[k]) + (all ? s.noise[k] : 0);
                path[k] = dt * (adjoint[k] + s.v[k]) + s.noise[k];
                adjoint[k] += dt * s.slope[k];
            }
            net.backward(p, s.r, n, parameters, s.trace, null, gradient);
            net.backward(p, s.r, n, path, s.trace, adjoint, null);
            limit(adjoint);
        }
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= n * count * dt;
        }
        return mean(count * dt);
    }

    private void limit(double[] adjoint) {
        Arrays.fill(norm, 0, n, 0);
        for (int c = 0; c < h.coordinates(); c++) {
            for (int b = 0; b < n; b++) {
                norm[b] += adjoint[c * n + b] * adjoint[c * n + b];
            }
        }
        for (int b = 0; b < n; b++) {
            if (norm[b] > adjointLimit * adjointLimit) {
                final double factor = adjointLimit / Math.sqrt(norm[b]);
                for (int c = 0; c < h.coordinates(); c++) {
                    adjoint[c * n + b] *= factor;
                }
            }
        }
    }
}
