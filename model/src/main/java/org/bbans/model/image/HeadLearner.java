package org.bbans.model.image;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.bbans.codec.math.ExactArrays;
import org.bbans.model.net.MatrixProduct;

/**
 * A network with two hidden layers that gives each sample a mixture of logistics, and learns from
 * the samples that it has seen. Encoder and decoder run it alike, so it has no arithmetic but that of {@link Exact}.
 *
 * <p>Row i of a batch is a sample: its inputs, what the layers make of them, and what was coded.
 */
final class HeadLearner {

    /** What a scale's exponent begins with. */
    static final float SCALE_OFFSET = 0.6f;
    /** Bounds of a scale's exponent. */
    static final float SCALE_BOUND = 5f;

    private static final float BETA1 = 0.6f;
    private static final float BETA2 = 0.99f;
    private static final float EPSILON = 1e-8f;
    /** Rows that a gradient adds up at once: they stay in the first-level cache. */
    private static final int PIECE = 128;
    private static final float[] ONES = new float[PIECE];
    private static final float LEAST = 0x1p-22f;
    private static final float LEAST_STEP = 0x1p-24f;

    static {
        Arrays.fill(ONES, 1f);
    }

    final float[] x;
    final float[] out;
    /** Mixture weights, means and inverse scales, in levels. */
    final float[] weight;
    final float[] mean;
    final float[] inverse;
    /** Per level and at the prediction: how far a component is from its mean, in 32nds of its scale, plus 512. */
    final float[] slope;
    final float[] offset;
    /** Prediction, scale and value of each row. */
    final float[] prediction;
    final float[] scale;
    final float[] value;
    /** Greatest value of each row. */
    final float[] top;
    /** Probability that each row's mixture gave its value, as {@link #gradient} found it. */
    final float[] likelihood;

    private final MatrixProduct product;
    private final ExactArrays exact;
    private final int inputs;
    private final int hidden;
    /** Number of logistics. */
    private final int components;
    /** Width of the last layer: logits, means, scales, and zeros up to whole vectors. */
    private final int outputs;
    private final int at1;
    private final int at2;
    private final int at3;
    private final float[] parameters;
    private final float[] gradient;
    private final float[] moment1;
    private final float[] moment2;
    private final float[] transposed2;
    private final float[] transposed3;
    private final float[] y1;
    private final float[] y2;
    private final float[] d1;
    private final float[] d2;
    private final float[] dOut;
    private final float[] a;
    private final float[] b;
    private final float[] c;
    private final float[] share;
    /** Adam's rates of forgetting, each to the power of the number of steps. */
    private final float[] powers = {1f, 1f};

    /**
     * A network.
     *
     * @param parameters first layer's weights [input][unit], biases, the second's, the third's [unit][output]; they are
     *     changed
     * @param inputs number of inputs, a multiple of 16
     * @param shape the other sizes
     * @param capacity rows of a batch
     */
    HeadLearner(float[] parameters, int inputs, ImageShape shape, int levels, int capacity, Engine engine) {
        product = MatrixProduct.of(engine);
        exact = ExactArrays.of(engine);
        this.inputs = inputs;
        hidden = shape.hidden();
        components = shape.logistics();
        outputs = shape.paddedOutputs();
        this.parameters = parameters;
        at1 = inputs * hidden;
        at2 = at1 + hidden + hidden * hidden;
        at3 = at2 + hidden + hidden * outputs;
        if (parameters.length != size(inputs, shape)) {
            throw new IllegalArgumentException("parameters");
        }
        gradient = new float[parameters.length];
        moment1 = new float[parameters.length];
        moment2 = new float[parameters.length];
        transposed2 = new float[hidden * hidden];
        transposed3 = new float[outputs * hidden];
        x = new float[Math.multiplyExact(capacity, inputs)];
        y1 = new float[capacity * hidden];
        y2 = new float[capacity * hidden];
        d1 = new float[capacity * hidden];
        d2 = new float[capacity * hidden];
        out = new float[capacity * outputs];
        dOut = new float[capacity * outputs];
        weight = new float[capacity * components];
        mean = new float[capacity * components];
        inverse = new float[capacity * components];
        slope = new float[capacity * components];
        offset = new float[capacity * components];
        a = new float[capacity * components * 2];
        b = new float[capacity * components];
        c = new float[capacity * components];
        share = new float[capacity * components];
        prediction = new float[capacity];
        scale = new float[capacity];
        value = new float[capacity];
        top = new float[capacity];
        likelihood = new float[capacity];
        Arrays.fill(top, levels - 1f);
    }

    /** Number of parameters. */
    static int size(int inputs, ImageShape shape) {
        final int hidden = shape.hidden();
        final int outputs = shape.paddedOutputs();
        return inputs * hidden + hidden + hidden * hidden + hidden + hidden * outputs + outputs;
    }

    /** The parameters; not a copy. */
    float[] parameters() {
        return parameters;
    }

    /** All that further steps depend on; not copies. */
    List<float[]> state() {
        return List.of(parameters, moment1, moment2, powers);
    }

    /** Computes rows {@code from} to {@code from + n} up to their mixtures. */
    void forward(int from, int n) {
        layer(x, inputs, from, n, 0, at1, hidden, y1);
        activate(y1, from * hidden, n * hidden);
        layer(y1, hidden, from, n, at1 + hidden, at2, hidden, y2);
        activate(y2, from * hidden, n * hidden);
        layer(y2, hidden, from, n, at2 + hidden, at3, outputs, out);
        mixtures(from, n);
    }

    private void layer(float[] in, int width, int from, int n, int weights, int bias, int units, float[] to) {
        for (int i = from; i < from + n; i++) {
            System.arraycopy(parameters, bias, to, i * units, units);
        }
        product.multiplyAdd(n, units, width, in, from * width, width, 1, parameters, weights, units, to, from * units,
                units);
    }

    /** {@code x} if it is positive, else {@code x / (1 - x)}. */
    private static void activate(float[] y, int off, int n) {
        for (int i = off; i < off + n; i++) {
            final float v = y[i];
            final float m = Math.abs(v);
            final float low = (v - m) * 0.5f;
            y[i] = (v + m) * 0.5f + low / (1f - low);
        }
    }

    /** Multiplies by the slope of {@link #activate}, which is (1 + y)^2 where its value y is negative. */
    private static void multiplyBySlope(float[] y, float[] d, int n) {
        for (int i = 0; i < n; i++) {
            final float v = y[i];
            final float s = 1f + (v - Math.abs(v)) * 0.5f;
            d[i] = d[i] * (s * s);
        }
    }

    private void mixtures(int from, int n) {
        final int k = components;
        for (int i = 0; i < n; i++) {
            final int o = (from + i) * outputs;
            float top = out[o];
            for (int j = 1; j < k; j++) {
                top = out[o + j] > top ? out[o + j] : top;
            }
            for (int j = 0; j < k; j++) {
                a[2 * k * i + j] = out[o + j] - top;
                final float e = SCALE_OFFSET - out[o + 2 * k + j];
                final float low = e > -SCALE_BOUND ? e : -SCALE_BOUND;
                a[2 * k * i + k + j] = low < SCALE_BOUND ? low : SCALE_BOUND;
            }
        }
        exact.exp(a, 2 * k * n);
        for (int i = 0; i < n; i++) {
            float sum = 0f;
            for (int j = 0; j < k; j++) {
                sum += a[2 * k * i + j];
            }
            final float share = 1f / sum;
            final float s = scale[from + i];
            final float unit = 1f / s;
            final float p = prediction[from + i];
            final int o = (from + i) * outputs + k;
            final int to = (from + i) * k;
            for (int j = 0; j < k; j++) {
                weight[to + j] = a[2 * k * i + j] * share;
                mean[to + j] = Math.fma(s, out[o + j], p);
                final float e = a[2 * k * i + k + j];
                inverse[to + j] = e * unit;
                slope[to + j] = e * unit * 32f;
                offset[to + j] = Math.fma(-out[o + j], e * 32f, 512f);
            }
        }
    }

    /**
     * Takes one step of Adam on rows 0 to {@code n}, whose {@link #forward} has been computed and whose values are set.
     *
     * @param rate step size
     */
    void learn(int n, float rate) {
        gradient(n);
        powers[0] *= BETA1;
        powers[1] *= BETA2;
        step(parameters, gradient, moment1, moment2, 1f / n, rate / (1f - powers[0]), 1f / (1f - powers[1]));
    }

    /** The gradient of the rows' code length in nats; not a copy. */
    float[] gradient(int n) {
        outputGradient(n);
        transpose(parameters, at1 + hidden, hidden, hidden, transposed2);
        transpose(parameters, at2 + hidden, hidden, outputs, transposed3);
        Arrays.fill(d2, 0, n * hidden, 0f);
        product.multiplyAdd(n, hidden, 3 * components, dOut, 0, outputs, 1, transposed3, 0, hidden, d2, 0, hidden);
        multiplyBySlope(y2, d2, n * hidden);
        Arrays.fill(d1, 0, n * hidden, 0f);
        product.multiplyAdd(n, hidden, hidden, d2, 0, hidden, 1, transposed2, 0, hidden, d1, 0, hidden);
        multiplyBySlope(y1, d1, n * hidden);
        Arrays.fill(gradient, 0f);
        for (int i = 0; i < n; i += PIECE) {
            final int rows = Math.min(PIECE, n - i);
            weightGradient(x, inputs, d1, hidden, i, rows, 0);
            biasGradient(d1, hidden, i, rows, at1);
            weightGradient(y1, hidden, d2, hidden, i, rows, at1 + hidden);
            biasGradient(d2, hidden, i, rows, at2);
            weightGradient(y2, hidden, dOut, outputs, i, rows, at2 + hidden);
            biasGradient(dOut, outputs, i, rows, at3);
        }
        return gradient;
    }

    private void weightGradient(float[] in, int width, float[] delta, int units, int from, int rows, int at) {
        product.multiplyAdd(width, units, rows, in, from * width, 1, width, delta, from * units, units, gradient, at,
                units);
    }

    private void biasGradient(float[] delta, int units, int from, int rows, int at) {
        product.multiplyAdd(1, units, rows, ONES, 0, 0, 1, delta, from * units, units, gradient, at, units);
    }

    private static void transpose(float[] from, int off, int rows, int columns, float[] to) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[j * rows + i] = from[off + i * columns + j];
            }
        }
    }

    private static void step(float[] w, float[] g, float[] m1, float[] m2, float share, float rate, float second) {
        for (int i = 0; i < w.length; i++) {
            final float d = g[i] * share;
            final float m = BETA1 * m1[i] + (1f - BETA1) * d;
            final float v = BETA2 * m2[i] + (1f - BETA2) * (d * d);
            m1[i] = m;
            m2[i] = v;
            w[i] -= rate * m / ((float) Math.sqrt(v * second) + EPSILON);
        }
    }

    /**
     * The gradient of the code length, in nats, by the last layer's outputs. With u and l the ends of the sample's
     * interval in units of a component's scale, its probability is S(u) S(-l) (1 - e^(l - u)), S the logistic
     * function.
     */
    private void outputGradient(int n) {
        final int k = components;
        for (int i = 0; i < n; i++) {
            final float v = value[i];
            final boolean first = v == 0f;
            final boolean last = v == top[i];
            for (int j = i * k; j < i * k + k; j++) {
                final float d = v - mean[j];
                a[j] = last ? Exact.EXP_MIN : -(d + 0.5f) * inverse[j];
                b[j] = first ? Exact.EXP_MIN : (d - 0.5f) * inverse[j];
                c[j] = first || last ? Exact.EXP_MIN : -inverse[j];
            }
        }
        exact.exp(a, n * k);
        exact.exp(b, n * k);
        exact.exp(c, n * k);
        parts(n * k);
        for (int i = 0; i < n; i++) {
            rowGradient(i);
        }
    }

    /** Makes of a = e^-u, b = e^l, c = e^(l - u) the gradient's parts: 1 - S(u), 1 - S(-l), the slope by u - l. */
    private void parts(int n) {
        for (int j = 0; j < n; j++) {
            final float up = 1f / (1f + a[j]);
            final float down = 1f / (1f + b[j]);
            final float step = Math.max(1f - c[j], LEAST_STEP);
            share[j] = up * down * step;
            a[j] = a[j] * up;
            b[j] = b[j] * down;
            c[j] = inverse[j] * c[j] / step;
        }
    }

    private void rowGradient(int i) {
        final int k = components;
        float p = 0f;
        for (int j = i * k; j < i * k + k; j++) {
            p = Math.fma(weight[j], share[j], p);
        }
        final float q = 1f / (p + LEAST);
        final float all = p * q;
        final float v = value[i];
        final float s = scale[i];
        final int o = i * outputs;
        for (int j = 0; j < k; j++) {
            final int at = i * k + j;
            final float r = weight[at] * share[at] * q;
            final float d = v - mean[at];
            final float t = inverse[at];
            dOut[o + j] = weight[at] * all - r;
            dOut[o + k + j] = -r * (s * t * (b[at] - a[at]));
            final float e = SCALE_OFFSET - out[o + 2 * k + j];
            final float slope = (d + 0.5f) * t * a[at] - (d - 0.5f) * t * b[at] + c[at];
            dOut[o + 2 * k + j] = e > -SCALE_BOUND && e < SCALE_BOUND ? r * slope : 0f;
        }
        likelihood[i] = p + LEAST;
    }
}
