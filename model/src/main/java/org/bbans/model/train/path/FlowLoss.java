package org.bbans.model.train.path;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bbans.codec.math.Exact;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * The negative evidence bound of a flow for one record, and its gradient: with y drawn from q(y | x), a normal
 * distribution cut off at the edges of the level's interval, log q(y | x) - log p(y), where p is the density that the
 * couplings make of N(0, 1). Not thread-safe: it owns its buffers.
 */
final class FlowLoss {

    /** Greatest distance of the mean of q from the middle of an interval, in widths of it. */
    private static final double OFFSET_MAX = 0.75;
    /** Least and greatest logarithm of a standard deviation of q, in widths of the interval. */
    private static final double LOG_SIGMA_LOW = -2.5;
    private static final double LOG_SIGMA_HIGH = 1;
    /** Greatest magnitude of the logarithm of a factor, and of a shift, of a coupling. */
    private static final double LOG_FACTOR_MAX = 2;
    private static final double SHIFT_MAX = 32;
    private static final double HALF_LOG_TAU = 0.5 * Math.log(2 * Math.PI);
    private static final int PIXELS = FlowSpec.PIXELS;
    private static final int IN = CellRows.pad(PIXELS);
    private static final int OUT = CellRows.pad(2 * PIXELS);
    private static final double UNIT = 1.0 / (1 << FlowSpec.BIN_BITS);

    private final FlowSpec spec;
    private final Parameters layout;
    private final ResidualNetwork noise;
    private final ResidualNetwork[] couplings;
    /** By pixel, where it lies among inputs, and where its first output lies. */
    private final int[] in;
    private final int[] out;
    /** By coupling, the pixels that it changes. */
    private final int[][] changed;
    private final float[] levels;
    /** What goes into the network of each coupling, and what comes out. */
    private final float[][] kept;
    private final float[][] outputs;
    private final float[] noiseOutputs;
    private final float[] outputGradient;
    private final float[] inputGradient;
    /** By coupling, the values before it; the last are those after all. */
    private final double[][] y;
    private final double[] gradientByY;
    private final double[] chance;
    private float[] parameters;

    FlowLoss(FlowSpec spec, Parameters layout, HeadKernels kernels) {
        this.spec = spec;
        this.layout = layout;
        final CellRows cells = new CellRows(spec.cellRows(), spec.cellColumns());
        noise = new ResidualNetwork(spec, layout, kernels, cells, FlowSpec.noise());
        final int n = spec.couplings();
        couplings = new ResidualNetwork[n];
        changed = new int[n][];
        kept = new float[n][];
        outputs = new float[n][];
        for (int k = 0; k < n; k++) {
            final int coupling = k;
            couplings[k] = new ResidualNetwork(spec, layout, kernels, cells, FlowSpec.network(k));
            changed[k] = IntStream.range(0, spec.dims()).filter(i -> spec.changes(coupling, i))
                    .toArray();
            kept[k] = cells.values(PIXELS);
            outputs[k] = cells.values(2 * PIXELS);
        }
        in = new int[spec.dims()];
        out = new int[spec.dims()];
        for (int i = 0; i < in.length; i++) {
            final int row = cells.row(spec.cell(i));
            in[i] = row * IN + spec.place(i);
            out[i] = row * OUT + spec.place(i);
        }
        levels = cells.values(PIXELS);
        noiseOutputs = cells.values(2 * PIXELS);
        outputGradient = cells.values(2 * PIXELS);
        inputGradient = cells.values(PIXELS);
        y = new double[n + 1][spec.dims()];
        gradientByY = new double[spec.dims()];
        chance = new double[spec.dims()];
    }

    /** Takes the weights from the flat parameters, which it goes on reading; call after every change. */
    void load(float[] flat) {
        parameters = flat;
        noise.load(flat);
        for (ResidualNetwork coupling : couplings) {
            coupling.load(flat);
        }
    }

    /**
     * The bound.
     *
     * @param record levels, from {@code off} on
     * @param scale factor of the gradient
     * @param gradient flat; the part that is not convolutions' is added to it at once, theirs by {@link #addTo}; null
     *     for none
     * @return nats, not scaled
     */
    double bound(byte[] record, int off, SplittableRandom random, float scale, float[] gradient) {
        double nats = dequantise(record, off, random);
        for (int k = 0; k < couplings.length; k++) {
            nats -= couple(k);
        }
        for (double z : y[couplings.length]) {
            nats += 0.5 * z * z + HALF_LOG_TAU;
        }
        if (gradient != null) {
            backward(record, off, scale, gradient);
        }
        return nats;
    }

    /** Adds the gradients of the convolutions to the flat gradient, and forgets them. */
    void addTo(float[] flat) {
        noise.addTo(flat);
        for (ResidualNetwork coupling : couplings) {
            coupling.addTo(flat);
        }
    }

    private double edge(int level) {
        return parameters[layout.offset("edges") + level] * UNIT;
    }

    /** Draws y; returns log q(y | x). */
    private double dequantise(byte[] record, int off, SplittableRandom random) {
        for (int i = 0; i < in.length; i++) {
            final int level = record[off + i] & 0xFF;
            levels[in[i]] = (float) (0.5 * (edge(level) + edge(level + 1)));
        }
        noise.forward(levels, noiseOutputs);
        double nats = 0;
        for (int i = 0; i < in.length; i++) {
            final int level = record[off + i] & 0xFF;
            final Piece piece = new Piece(edge(level), edge(level + 1), noiseOutputs[out[i]],
                    noiseOutputs[out[i] + PIXELS]);
            chance[i] = random.nextDouble();
            y[0][i] = piece.quantile(chance[i]);
            nats += piece.logDensity(y[0][i]);
        }
        return nats;
    }

    /** From the values before a coupling to those after it; returns the logarithm of its Jacobian determinant. */
    private double couple(int k) {
        for (int i = 0; i < in.length; i++) {
            kept[k][in[i]] = (float) y[k][i];
        }
        for (int i : changed[k]) {
            kept[k][in[i]] = 0;
        }
        couplings[k].forward(kept[k], outputs[k]);
        System.arraycopy(y[k], 0, y[k + 1], 0, in.length);
        double log = 0;
        for (int i : changed[k]) {
            final double factor = clamp(outputs[k][out[i]], LOG_FACTOR_MAX);
            y[k + 1][i] = y[k][i] * Math.exp(factor) + clamp(outputs[k][out[i] + PIXELS], SHIFT_MAX);
            log += factor;
        }
        return log;
    }

    private void backward(byte[] record, int off, float scale, float[] gradient) {
        final double[] d = gradientByY;
        for (int i = 0; i < d.length; i++) {
            d[i] = scale * y[couplings.length][i];
        }
        for (int k = couplings.length - 1; k >= 0; k--) {
            Arrays.fill(outputGradient, 0);
            for (int i : changed[k]) {
                final double factor = clamp(outputs[k][out[i]], LOG_FACTOR_MAX);
                final double e = Math.exp(factor);
                outputGradient[out[i]] =
                        factor == outputs[k][out[i]] ? (float) (d[i] * y[k][i] * e - scale) : 0;
                outputGradient[out[i] + PIXELS] =
                        Math.abs(outputs[k][out[i] + PIXELS]) <= SHIFT_MAX ? (float) d[i] : 0;
                d[i] *= e;
            }
            couplings[k].backward(kept[k], outputGradient, gradient, inputGradient);
            for (int i : changed[k]) {
                inputGradient[in[i]] = 0;
            }
            for (int i = 0; i < d.length; i++) {
                d[i] += inputGradient[in[i]];
            }
        }
        Arrays.fill(outputGradient, 0);
        for (int i = 0; i < d.length; i++) {
            final int level = record[off + i] & 0xFF;
            final Piece piece = new Piece(edge(level), edge(level + 1), noiseOutputs[out[i]],
                    noiseOutputs[out[i] + PIXELS]);
            piece.gradient(y[0][i], chance[i], d[i], scale, outputGradient, out[i]);
        }
        noise.backward(levels, outputGradient, gradient, null);
    }

    private static double clamp(double x, double most) {
        return Math.max(-most, Math.min(most, x));
    }

    /** A normal distribution that is cut off at the edges of an interval, by what the network says of it. */
    private static final class Piece {

        private final double low;
        private final double high;
        private final double width;
        private final double mean;
        private final double sigma;
        private final boolean meanMoves;
        private final boolean sigmaMoves;
        /** Distribution function of the whole normal at the lower edge, and its mass between the edges. */
        private final double below;
        private final double mass;

        Piece(double low, double high, float offset, float logSigma) {
            this.low = low;
            this.high = high;
            width = high - low;
            final double o = clamp(offset, OFFSET_MAX);
            final double s = Math.max(LOG_SIGMA_LOW, Math.min(LOG_SIGMA_HIGH, logSigma));
            meanMoves = o == offset;
            sigmaMoves = s == logSigma;
            mean = low + width * (0.5 + o);
            sigma = width * Math.exp(s);
            below = Exact.phi((low - mean) / sigma);
            mass = Exact.phi((high - mean) / sigma) - below;
        }

        double quantile(double u) {
            return Math.max(low, Math.min(high, mean + sigma * Normal.quantile(below + u * mass)));
        }

        double logDensity(double y) {
            final double z = (y - mean) / sigma;
            return -0.5 * z * z - HALF_LOG_TAU - Math.log(sigma * mass);
        }

        /** The gradient by the network's outputs, at the u-quantile y, of a loss whose gradient by y is d. */
        void gradient(double y, double u, double d, double scale, float[] to, int at) {
            final double z = (y - mean) / sigma;
            final double zLow = (low - mean) / sigma;
            final double zHigh = (high - mean) / sigma;
            final double density = Math.exp(-0.5 * z * z - HALF_LOG_TAU);
            final double atLow = Math.exp(-0.5 * zLow * zLow - HALF_LOG_TAU);
            final double atHigh = Math.exp(-0.5 * zHigh * zHigh - HALF_LOG_TAU);
            // How the quantile moves: phi(z) = (1 - u) phi(zLow) + u phi(zHigh), all of them functions of both.
            final double byMean = 1 - ((1 - u) * atLow + u * atHigh) / density;
            final double bySigma = z - ((1 - u) * atLow * zLow + u * atHigh * zHigh) / density;
            // log q = -z^2 / 2 - log sigma - log mass.
            final double massByMean = (atLow - atHigh) / sigma;
            final double massBySigma = (atLow * zLow - atHigh * zHigh) / sigma;
            final double logByMean = -z * (byMean - 1) / sigma - massByMean / mass;
            final double logBySigma = -z * (bySigma - z) / sigma - 1 / sigma - massBySigma / mass;
            to[at] = meanMoves ? (float) ((d * byMean + scale * logByMean) * width) : 0;
            to[at + PIXELS] = sigmaMoves ? (float) ((d * bySigma + scale * logBySigma) * sigma) : 0;
        }
    }
}
