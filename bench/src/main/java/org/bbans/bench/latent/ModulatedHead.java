package org.bbans.bench.latent;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.bench.ground.Layer;
import org.bbans.model.image.HeadInputs;

/**
 * The network of an image model with latents z of whole images: with act the coder's activation,
 * <pre>
 * y1 = act(W1 x + b1 + S1 z) (1 + C1 z)
 * y2 = act(W2 y1 + b2 + S2 z) (1 + C2 z)
 * out = W3 y2 + b3 + S3 z
 * </pre>
 * and out the logits, means and scales of a mixture of logistics, as in the coder. S z and C z are computed once for
 * an image, so a sample takes one multiplication a hidden unit more than without latents. The parameters are W1, b1,
 * W2, b2, W3, b3, and the rows of S1, C1, S2, C2, S3. Arrays of a batch are by unit and sample.
 */
final class ModulatedHead {

    /** Logistics of a mixture, those of {@code image-fast}. */
    static final int LOGISTICS = 4;

    private static final int OUTPUTS = 3 * LOGISTICS;
    private static final double SCALE_OFFSET = 0.6;
    private static final double SCALE_BOUND = 5;
    private static final double LEAST = 0x1p-22;
    private static final double LEAST_STEP = 0x1p-24;
    private static final double TOP = 255;

    private final Layer layer1;
    private final Layer layer2;
    private final Layer layer3;
    private final int latents;
    private final int rows;

    /**
     * A network's sizes.
     *
     * @param hidden1 units of the first hidden layer
     * @param hidden2 units of the second
     * @param latents numbers that an image has, 0 for a plain network
     */
    ModulatedHead(int inputs, int hidden1, int hidden2, int latents) {
        layer1 = new Layer(0, inputs, hidden1);
        layer2 = new Layer(layer1.end(), hidden1, hidden2);
        layer3 = new Layer(layer2.end(), hidden2, OUTPUTS);
        this.latents = latents;
        rows = 2 * hidden1 + 2 * hidden2 + OUTPUTS;
    }

    int latents() {
        return latents;
    }

    /** Number of parameters. */
    int size() {
        return layer3.end() + rows * latents;
    }

    /** Multiplications and additions that a sample takes, what is computed once an image left out. */
    int multiplyAdds() {
        return layer1.inputs() * layer1.outputs() + layer2.inputs() * layer2.outputs()
                + layer3.inputs() * layer3.outputs() + (latents > 0 ? layer1.outputs() + layer2.outputs() : 0);
    }

    /** Random parameters, as the product's trainer begins, to the beginning of {@code p}. */
    void initialize(double[] p, SplittableRandom random) {
        fill(p, layer1, 1.4, random);
        fill(p, layer2, 1.4, random);
        fill(p, layer3, 0.1, random);
        final double[] spread = {-1.25, -0.65, -0.65, 0.25};
        for (int k = 0; k < LOGISTICS; k++) {
            p[layer3.bias() + LOGISTICS + k] = -0.7 + 0.2 * (2 * k + 1);
            p[layer3.bias() + 2 * LOGISTICS + k] = spread[k];
        }
        for (int i = layer3.end(); i < size(); i++) {
            p[i] = 0.1 * random.nextGaussian();
        }
    }

    private static void fill(double[] p, Layer layer, double deviation, SplittableRandom random) {
        for (int i = layer.from(); i < layer.bias(); i++) {
            p[i] = deviation / Math.sqrt(layer.inputs()) * random.nextGaussian();
        }
    }

    /** A batch with room for as many samples in as many segments, each of one image. */
    Batch batch(int samples, int segments) {
        return new Batch(samples, segments);
    }

    /** Samples and all that is computed of them. */
    final class Batch {

        /** Latents of the segments, {@link #latents} each, and the derivatives by them. */
        final double[] z;
        final double[] dz;
        private final int n;
        private final int[] end;
        private int segments;
        private final double[] x;
        private final double[] prediction;
        private final double[] scale;
        private final double[] value;
        /** Of each segment: shift and scale of the first layer, those of the second, shift of the outputs. */
        private final double[][] m;
        private final double[][] dm;
        private final double[] a1;
        private final double[] y1;
        private final double[] g1;
        private final double[] a2;
        private final double[] y2;
        private final double[] g2;
        private final double[] out;
        private final double[] gOut;
        private int loaded;

        private Batch(int n, int most) {
            this.n = n;
            z = new double[most * latents];
            dz = new double[most * latents];
            end = new int[most];
            m = new double[most][rows];
            dm = new double[most][rows];
            x = new double[layer1.inputs() * n];
            prediction = new double[n];
            scale = new double[n];
            value = new double[n];
            a1 = new double[layer1.outputs() * n];
            y1 = new double[layer1.outputs() * n];
            g1 = new double[layer1.outputs() * n];
            a2 = new double[layer2.outputs() * n];
            y2 = new double[layer2.outputs() * n];
            g2 = new double[layer2.outputs() * n];
            out = new double[OUTPUTS * n];
            gOut = new double[OUTPUTS * n];
        }

        int size() {
            return n;
        }

        /** The mixture of a sample after {@link #forward}: weights, means in levels, inverse scales. */
        void mixture(int i, float[] to) {
            double sum = 0;
            for (int k = 0; k < LOGISTICS; k++) {
                sum += Math.exp(out[k * n + i] - out[i]);
            }
            for (int k = 0; k < LOGISTICS; k++) {
                to[k] = (float) (Math.exp(out[k * n + i] - out[i]) / sum);
                to[LOGISTICS + k] = (float) (prediction[i] + scale[i] * out[(LOGISTICS + k) * n + i]);
                to[2 * LOGISTICS + k] = (float) inverseScale(i, k);
            }
        }

        private double inverseScale(int i, int k) {
            final double e = SCALE_OFFSET - out[(2 * LOGISTICS + k) * n + i];
            return Math.exp(Math.max(-SCALE_BOUND, Math.min(SCALE_BOUND, e))) / scale[i];
        }

        /** Begins anew, without samples. */
        void clear() {
            loaded = 0;
            segments = 0;
        }

        /** Appends a sample to the segment that is being filled. */
        void add(HeadInputs from, int row) {
            for (int i = 0; i < layer1.inputs(); i++) {
                x[i * n + loaded] = from.x()[row * from.width() + i];
            }
            prediction[loaded] = from.prediction()[row];
            scale[loaded] = from.scale()[row];
            value[loaded++] = from.value()[row];
        }

        /** Ends the segment. */
        void endSegment() {
            end[segments++] = loaded;
        }

        /**
         * Code length of all samples in nats, and the derivatives of the outputs.
         *
         * @throws IllegalStateException if the batch is not full
         */
        double forward(double[] p) {
            if (loaded != n || segments == 0 || end[segments - 1] != n) {
                throw new IllegalStateException("a batch of " + n + " has " + loaded);
            }
            modulations(p);
            layer1.forward(p, x, y1, n);
            final int at2 = 2 * layer1.outputs();
            modulate(y1, a1, layer1.outputs(), 0);
            layer2.forward(p, y1, y2, n);
            modulate(y2, a2, layer2.outputs(), at2);
            layer3.forward(p, y2, out, n);
            for (int u = 0; latents > 0 && u < OUTPUTS; u++) {
                for (int s = 0; s < segments; s++) {
                    final double shift = m[s][at2 + 2 * layer2.outputs() + u];
                    for (int i = u * n + begin(s); i < u * n + end[s]; i++) {
                        out[i] += shift;
                    }
                }
            }
            double nats = 0;
            final Mixture mixture = new Mixture();
            for (int i = 0; i < n; i++) {
                nats -= mixture.logLikelihood(i);
            }
            return nats;
        }

        private int begin(int segment) {
            return segment == 0 ? 0 : end[segment - 1];
        }

        private void modulations(double[] p) {
            for (int s = 0; s < segments; s++) {
                for (int r = 0; r < rows; r++) {
                    double sum = 0;
                    for (int k = 0; k < latents; k++) {
                        sum += p[layer3.end() + r * latents + k] * z[s * latents + k];
                    }
                    m[s][r] = sum;
                }
            }
        }

        /** y, linear so far, becomes the layer's value, and a what it is before it is scaled. */
        private void modulate(double[] y, double[] a, int units, int at) {
            for (int u = 0; u < units; u++) {
                for (int s = 0; s < segments; s++) {
                    final double shift = m[s][at + u];
                    final double gain = 1 + m[s][at + units + u];
                    for (int i = u * n + begin(s); i < u * n + end[s]; i++) {
                        final double v = y[i] + shift;
                        final double low = Math.min(v, 0);
                        a[i] = Math.max(v, 0) + low / (1 - low);
                        y[i] = a[i] * gain;
                    }
                }
            }
        }

        /** Derivatives by a layer's values become those by its linear part; adds those by its modulations. */
        private void demodulate(double[] g, double[] a, int units, int at) {
            for (int u = 0; u < units; u++) {
                for (int s = 0; s < segments; s++) {
                    final double gain = 1 + m[s][at + units + u];
                    double shift = 0;
                    double scaled = 0;
                    for (int i = u * n + begin(s); i < u * n + end[s]; i++) {
                        final double slope = 1 + Math.min(a[i], 0);
                        scaled += g[i] * a[i];
                        g[i] *= gain * slope * slope;
                        shift += g[i];
                    }
                    dm[s][at + u] = shift;
                    dm[s][at + units + u] = scaled;
                }
            }
        }

        /**
         * Derivatives of {@link #forward}'s sum by the latents, to {@link #dz}, and by the parameters.
         *
         * @param gp to which those by the parameters are added; null to leave them out
         */
        void backward(double[] p, double[] gp) {
            final int at2 = 2 * layer1.outputs();
            final int at3 = at2 + 2 * layer2.outputs();
            for (int u = 0; latents > 0 && u < OUTPUTS; u++) {
                for (int s = 0; s < segments; s++) {
                    double sum = 0;
                    for (int i = u * n + begin(s); i < u * n + end[s]; i++) {
                        sum += gOut[i];
                    }
                    dm[s][at3 + u] = sum;
                }
            }
            layer3.backward(p, gOut, g2, n);
            demodulate(g2, a2, layer2.outputs(), at2);
            layer2.backward(p, g2, g1, n);
            demodulate(g1, a1, layer1.outputs(), 0);
            if (gp != null) {
                layer1.gradient(g1, x, gp, n);
                layer2.gradient(g2, y1, gp, n);
                layer3.gradient(gOut, y2, gp, n);
            }
            Arrays.fill(dz, 0);
            for (int s = 0; s < segments; s++) {
                for (int r = 0; r < rows; r++) {
                    for (int k = 0; k < latents; k++) {
                        final int at = layer3.end() + r * latents + k;
                        dz[s * latents + k] += p[at] * dm[s][r];
                        if (gp != null) {
                            gp[at] += z[s * latents + k] * dm[s][r];
                        }
                    }
                }
            }
        }

        /** The mixture of one sample, as the coder's network has it but for the arithmetic. */
        private final class Mixture {

            private final double[] weight = new double[LOGISTICS];
            private final double[] share = new double[LOGISTICS];
            private final double[] byMean = new double[LOGISTICS];
            private final double[] byScale = new double[LOGISTICS];

            double logLikelihood(int i) {
                double sum = 0;
                double top = out[i];
                for (int k = 1; k < LOGISTICS; k++) {
                    top = Math.max(top, out[k * n + i]);
                }
                for (int k = 0; k < LOGISTICS; k++) {
                    weight[k] = Math.exp(out[k * n + i] - top);
                    sum += weight[k];
                }
                double p = 0;
                for (int k = 0; k < LOGISTICS; k++) {
                    weight[k] /= sum;
                    component(i, k);
                    p += weight[k] * share[k];
                }
                final double q = 1 / (p + LEAST);
                for (int k = 0; k < LOGISTICS; k++) {
                    final double r = weight[k] * share[k] * q;
                    gOut[k * n + i] = weight[k] * p * q - r;
                    gOut[(LOGISTICS + k) * n + i] = r * byMean[k];
                    gOut[(2 * LOGISTICS + k) * n + i] = r * byScale[k];
                }
                return Math.log(p + LEAST);
            }

            /** A logistic's probability of the sample, and the derivatives of minus its logarithm. */
            private void component(int i, int k) {
                final double v = value[i];
                final double s = scale[i];
                final double e = SCALE_OFFSET - out[(2 * LOGISTICS + k) * n + i];
                final double t = inverseScale(i, k);
                final double d = v - prediction[i] - s * out[(LOGISTICS + k) * n + i];
                final double a = v == TOP ? 0 : Math.exp(-(d + 0.5) * t);
                final double b = v == 0 ? 0 : Math.exp((d - 0.5) * t);
                final double c = v == 0 || v == TOP ? 0 : Math.exp(-t);
                final double step = Math.max(1 - c, LEAST_STEP);
                share[k] = step / ((1 + a) * (1 + b));
                final double above = a == Double.POSITIVE_INFINITY ? 1 : a / (1 + a);
                final double below = b == Double.POSITIVE_INFINITY ? 1 : b / (1 + b);
                byMean[k] = s * t * (above - below);
                byScale[k] = Math.abs(e) < SCALE_BOUND
                        ? (d + 0.5) * t * above - (d - 0.5) * t * below + t * c / step : 0;
            }
        }
    }
}
