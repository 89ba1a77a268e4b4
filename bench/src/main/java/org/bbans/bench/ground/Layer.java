package org.bbans.bench.ground;

import java.util.Arrays;

/**
 * A dense layer of a parameter vector: {@code y = W x + c}, for n walkers at a time. Values are arrays by unit and
 * walker. W stands in the vector by output and input, c behind it.
 *
 * @param from where the parameters begin
 * @param inputs units below
 * @param outputs units
 */
public record Layer(int from, int inputs, int outputs) {

    /** Where the parameters of the next layer begin. */
    public int end() {
        return from + inputs * outputs + outputs;
    }

    public int bias() {
        return from + inputs * outputs;
    }

    public void forward(double[] p, double[] x, double[] y, int n) {
        for (int o = 0; o < outputs; o++) {
            Arrays.fill(y, o * n, o * n + n, p[bias() + o]);
            combine(p, from + o * inputs, 1, inputs, x, y, o * n, n);
        }
    }

    /** The derivatives by the inputs, {@code W^T g}. */
    public void backward(double[] p, double[] g, double[] gx, int n) {
        Arrays.fill(gx, 0, inputs * n, 0);
        for (int i = 0; i < inputs; i++) {
            combine(p, from + i, inputs, outputs, g, gx, i * n, n);
        }
    }

    /** {@code y += sum over i of p[at + i * step] x_i}. */
    private static void combine(double[] p, int at, int step, int count, double[] x, double[] y, int to, int n) {
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            add4(p[at + i * step], p[at + (i + 1) * step], p[at + (i + 2) * step], p[at + (i + 3) * step], x, i * n, y,
                    to, n);
        }
        for (; i < count; i++) {
            add(p[at + i * step], x, i * n, y, to, n);
        }
    }

    private static void add4(double a, double b, double c, double d, double[] x, int from, double[] y, int to, int n) {
        for (int k = 0; k < n; k++) {
            y[to + k] += a * x[from + k] + b * x[from + n + k] + (c * x[from + 2 * n + k] + d * x[from + 3 * n + k]);
        }
    }

    private static void add(double a, double[] x, int from, double[] y, int to, int n) {
        for (int k = 0; k < n; k++) {
            y[to + k] += a * x[from + k];
        }
    }

    /** Adds the derivatives by the parameters, summed over walkers. */
    public void gradient(double[] g, double[] x, double[] gp, int n) {
        for (int o = 0; o < outputs; o++) {
            int i = 0;
            for (; i + 4 <= inputs; i += 4) {
                dot4(g, o * n, x, i * n, n, gp, from + o * inputs + i);
            }
            for (; i < inputs; i++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += g[o * n + k] * x[i * n + k];
                }
                gp[from + o * inputs + i] += sum;
            }
            double sum = 0;
            for (int k = 0; k < n; k++) {
                sum += g[o * n + k];
            }
            gp[bias() + o] += sum;
        }
    }

    private static void dot4(double[] g, int at, double[] x, int from, int n, double[] gp, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        for (int k = 0; k < n; k++) {
            final double v = g[at + k];
            s0 += v * x[from + k];
            s1 += v * x[from + n + k];
            s2 += v * x[from + 2 * n + k];
            s3 += v * x[from + 3 * n + k];
        }
        gp[to] += s0;
        gp[to + 1] += s1;
        gp[to + 2] += s2;
        gp[to + 3] += s3;
    }
}
