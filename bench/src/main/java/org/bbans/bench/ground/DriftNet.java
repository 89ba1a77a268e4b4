package org.bbans.bench.ground;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The drift v of the process, a network that does not care which particle is which, nor how space is turned about the
 * centres. With c the vector from centre a to particle i, and p that from particle j to particle i,
 *
 * <pre>{@code
 * v_i = -sqrt(k) r_i - sum_a Z_a c / (|c| + |c|^3) + sum_j C/2 p / (|p| + |p|^3)
 *     + sum_j (sum_a w_a c / (1 + |c|) + w p / (1 + |p|))
 * }</pre>
 *
 * <p>The first line is known: the trap without interaction, and Kato's cusps where particles meet. The weights w are
 * outputs of a network with two hidden layers, whose inputs are the distances |c| of i and j from all centres, and |p|,
 * each as {@code d / (1 + d)}. Without other particles there is no j, and a single term without p.
 */
final class DriftNet {

    private final Hamiltonian h;
    private final int hidden;
    private final int centres;
    private final int pairs;
    private final Layer first;
    private final Layer second;
    private final Layer last;
    /** The values of the backward pass. */
    private final Scratch scratch = new Scratch();

    /** What a forward pass leaves for the backward one: by pair, unit and walker. */
    static final class Trace {

        private final double[][] inputs;
        private final double[][] low;
        private final double[][] high;
        private final double[][] weights;

        private Trace(DriftNet net, int n) {
            inputs = new double[net.pairs][net.first.inputs() * n];
            low = new double[net.pairs][net.hidden * n];
            high = new double[net.pairs][net.hidden * n];
            weights = new double[net.pairs][net.last.outputs() * n];
        }
    }

    private static final class Scratch {

        private double[] weights = {};
        private double[] high = {};
        private double[] low = {};
        private double[] inputs = {};

        void fit(DriftNet net, int n) {
            if (high.length != net.hidden * n) {
                weights = new double[net.last.outputs() * n];
                high = new double[net.hidden * n];
                low = new double[net.hidden * n];
                inputs = new double[net.first.inputs() * n];
            }
        }
    }

    DriftNet(Hamiltonian h, int hidden) {
        this.h = h;
        this.hidden = hidden;
        centres = h.centres().length;
        final boolean alone = h.particles() == 1;
        pairs = alone ? 1 : h.particles() * (h.particles() - 1);
        first = new Layer(0, alone ? centres : 2 * centres + 1, hidden);
        second = new Layer(first.end(), hidden, hidden);
        last = new Layer(second.end(), hidden, alone ? centres : centres + 1);
    }

    /** Number of parameters. */
    int size() {
        return last.end();
    }

    /** Parameters to begin with: at random, but for what keeps electrons from running away. */
    double[] initial(SplittableRandom random) {
        final double[] p = new double[size()];
        for (Layer layer : new Layer[] {first, second}) {
            for (int i = layer.from(); i < layer.end(); i++) {
                p[i] = random.nextGaussian() / Math.sqrt(layer.inputs());
            }
        }
        for (int i = last.from(); i < last.bias(); i++) {
            p[i] = 0.5 * random.nextGaussian() / Math.sqrt(hidden);
        }
        for (int a = 0; a < centres; a++) {
            p[last.bias() + a] = h.stiffness() > 0 ? 0 : -1.0 / centres / Math.max(1, h.particles() - 1);
        }
        return p;
    }

    Trace trace(int n) {
        return new Trace(this, n);
    }

    /** The drift at the coordinates r of n walkers; the trace receives what {@link #backward} needs. */
    void forward(double[] p, double[] r, int n, double[] v, Trace t) {
        known(r, n, v);
        for (int i = 0, pair = 0; i < h.particles(); i++) {
            for (int j = h.particles() == 1 ? -1 : 0; j < h.particles(); j++) {
                if (j != i) {
                    inputs(r, i, j, n, t.inputs[pair]);
                    first.forward(p, t.inputs[pair], t.low[pair], n);
                    activate(t.low[pair]);
                    second.forward(p, t.low[pair], t.high[pair], n);
                    activate(t.high[pair]);
                    last.forward(p, t.high[pair], t.weights[pair], n);
                    combine(r, i, j, n, t.weights[pair], v);
                    pair++;
                }
                if (j < 0) {
                    break;
                }
            }
        }
    }

    private void known(double[] r, int n, double[] v) {
        Arrays.fill(v, 0);
        final double[] c = new double[h.axes()];
        final double pull = Math.sqrt(h.stiffness());
        for (int k = 0; k < h.coordinates() * n; k++) {
            v[k] = -pull * r[k];
        }
        for (int i = 0; i < h.particles(); i++) {
            for (int b = 0; b < n; b++) {
                for (int a = 0; a < centres; a++) {
                    final double d = h.difference(r, i, h.centres()[a], n, b, c);
                    h.add(v, i, n, b, c, -h.charges()[a] * cusp(d));
                }
                for (int j = 0; j < h.particles() && h.coulomb() != 0; j++) {
                    if (j != i) {
                        final double q = h.difference(r, i, j, n, b, c);
                        h.add(v, i, n, b, c, h.coulomb() / 2 * cusp(q));
                    }
                }
            }
        }
    }

    private static double cusp(double d) {
        return 1 / (d + d * d * d);
    }

    private static double cuspSlope(double d) {
        final double s = cusp(d);
        return -(1 + 3 * d * d) * s * s;
    }

    private void inputs(double[] r, int i, int j, int n, double[] out) {
        final double[] c = new double[h.axes()];
        for (int b = 0; b < n; b++) {
            for (int a = 0; a < centres; a++) {
                out[a * n + b] = bounded(h.difference(r, i, h.centres()[a], n, b, c));
                if (j >= 0) {
                    out[(centres + a) * n + b] = bounded(h.difference(r, j, h.centres()[a], n, b, c));
                }
            }
            if (j >= 0) {
                out[2 * centres * n + b] = bounded(h.difference(r, i, j, n, b, c));
            }
        }
    }

    private static double bounded(double d) {
        return d / (1 + d);
    }

    private void combine(double[] r, int i, int j, int n, double[] w, double[] v) {
        final double[] c = new double[h.axes()];
        for (int b = 0; b < n; b++) {
            for (int a = 0; a < centres; a++) {
                final double d = h.difference(r, i, h.centres()[a], n, b, c);
                h.add(v, i, n, b, c, w[a * n + b] / (1 + d));
            }
            if (j >= 0) {
                final double q = h.difference(r, i, j, n, b, c);
                h.add(v, i, n, b, c, w[centres * n + b] / (1 + q));
            }
        }
    }

    /** {@code x / (1 + |x|)}. */
    private static void activate(double[] x) {
        for (int k = 0; k < x.length; k++) {
            x[k] = x[k] / (1 + Math.abs(x[k]));
        }
    }

    /** Multiplies with the derivative of the activation, {@code (1 - |y|)^2}. */
    private static void derive(double[] g, double[] y) {
        for (int k = 0; k < y.length; k++) {
            final double rest = 1 - Math.abs(y[k]);
            g[k] *= rest * rest;
        }
    }

    /**
     * The derivatives of {@code sum of g v}.
     *
     * @param r the coordinates of the forward pass
     * @param g by coordinate and walker
     * @param gr the derivatives by r are added to it; null if they are not wanted
     * @param gp the derivatives by the parameters, summed over walkers, are added to it; null if they are not wanted
     */
    void backward(double[] p, double[] r, int n, double[] g, Trace t, double[] gr, double[] gp) {
        scratch.fit(this, n);
        if (gr != null) {
            backKnown(r, n, g, gr);
        }
        for (int i = 0, pair = 0; i < h.particles(); i++) {
            for (int j = h.particles() == 1 ? -1 : 0; j < h.particles(); j++) {
                if (j != i) {
                    backCombine(r, i, j, n, g, t.weights[pair], gr);
                    if (gp != null) {
                        last.gradient(scratch.weights, t.high[pair], gp, n);
                    }
                    last.backward(p, scratch.weights, scratch.high, n);
                    derive(scratch.high, t.high[pair]);
                    if (gp != null) {
                        second.gradient(scratch.high, t.low[pair], gp, n);
                    }
                    second.backward(p, scratch.high, scratch.low, n);
                    derive(scratch.low, t.low[pair]);
                    if (gp != null) {
                        first.gradient(scratch.low, t.inputs[pair], gp, n);
                    }
                    if (gr != null) {
                        first.backward(p, scratch.low, scratch.inputs, n);
                        backInputs(r, i, j, n, gr);
                    }
                    pair++;
                }
                if (j < 0) {
                    break;
                }
            }
        }
    }

    private void backKnown(double[] r, int n, double[] g, double[] gr) {
        final double[] c = new double[h.axes()];
        final double pull = Math.sqrt(h.stiffness());
        for (int k = 0; k < h.coordinates() * n; k++) {
            gr[k] -= pull * g[k];
        }
        for (int i = 0; i < h.particles(); i++) {
            for (int b = 0; b < n; b++) {
                for (int a = 0; a < centres; a++) {
                    final double d = h.difference(r, i, h.centres()[a], n, b, c);
                    backScaled(g, i, -1, n, b, c, -h.charges()[a] * cusp(d), -h.charges()[a] * cuspSlope(d) / d, gr);
                }
                for (int j = 0; j < h.particles() && h.coulomb() != 0; j++) {
                    if (j != i) {
                        final double q = h.difference(r, i, j, n, b, c);
                        final double half = h.coulomb() / 2;
                        backScaled(g, i, j, n, b, c, half * cusp(q), half * cuspSlope(q) / q, gr);
                    }
                }
            }
        }
    }

    /**
     * The derivatives of {@code g_i . c s(|c|)} by c are added to those of particle i, and taken from those of j.
     *
     * @param slope {@code s'(|c|) / |c|}
     */
    private void backScaled(double[] g, int i, int j, int n, int b, double[] c, double s, double slope, double[] gr) {
        final double along = slope * dot(g, i, n, b, c);
        for (int x = 0; x < h.axes(); x++) {
            final double by = s * g[(i * h.axes() + x) * n + b] + along * c[x];
            gr[(i * h.axes() + x) * n + b] += by;
            if (j >= 0) {
                gr[(j * h.axes() + x) * n + b] -= by;
            }
        }
    }

    private double dot(double[] g, int i, int n, int b, double[] c) {
        double sum = 0;
        for (int x = 0; x < h.axes(); x++) {
            sum += g[(i * h.axes() + x) * n + b] * c[x];
        }
        return sum;
    }

    private void backCombine(double[] r, int i, int j, int n, double[] g, double[] w, double[] gr) {
        final double[] c = new double[h.axes()];
        for (int b = 0; b < n; b++) {
            for (int a = 0; a <= centres; a++) {
                if (a == centres && j < 0) {
                    continue;
                }
                final boolean pair = a == centres;
                final double d = pair ? h.difference(r, i, j, n, b, c) : h.difference(r, i, h.centres()[a], n, b, c);
                final double s = 1 / (1 + d);
                scratch.weights[a * n + b] = s * dot(g, i, n, b, c);
                if (gr != null) {
                    final double weight = w[a * n + b];
                    backScaled(g, i, pair ? j : -1, n, b, c, weight * s, -weight * s * s / d, gr);
                }
            }
        }
    }

    private void backInputs(double[] r, int i, int j, int n, double[] gr) {
        final double[] c = new double[h.axes()];
        for (int b = 0; b < n; b++) {
            for (int a = 0; a < centres; a++) {
                final double d = h.difference(r, i, h.centres()[a], n, b, c);
                h.add(gr, i, n, b, c, scratch.inputs[a * n + b] / ((1 + d) * (1 + d) * d));
                if (j >= 0) {
                    final double e = h.difference(r, j, h.centres()[a], n, b, c);
                    h.add(gr, j, n, b, c, scratch.inputs[(centres + a) * n + b] / ((1 + e) * (1 + e) * e));
                }
            }
            if (j >= 0) {
                final double q = h.difference(r, i, j, n, b, c);
                final double by = scratch.inputs[2 * centres * n + b] / ((1 + q) * (1 + q) * q);
                h.add(gr, i, n, b, c, by);
                h.add(gr, j, n, b, c, -by);
            }
        }
    }
}
