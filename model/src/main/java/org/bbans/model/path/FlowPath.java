package org.bbans.model.path;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bbans.codec.Codec;
import org.bbans.codec.Path;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.Rescaling;
import org.bbans.codec.distribution.SampleCodec;
import org.bbans.codec.distribution.TruncatedGaussian;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.bbans.model.spec.FlowSpec;

/**
 * The states of a flow: z_0 the levels of a record, z_1 their dequantised values, z_(k + 2) the values after coupling
 * k, all in bins. z_1 is a sample of a normal distribution within the level's bins, and says the level. A coupling
 * takes x to s x + t, with s a multiple of 1 / {@value #UNIT_WIDTH}: a value that is uniform in its bin becomes one
 * that is uniform in s bins; backward and forward kernel are the parts of these bins. The ratio q(z | x) / p(x | z) is
 * 1 / s, the Jacobian: local bits back (Ho, Lohn and Abbeel, arXiv:1905.08500) with uniform noise of a bin in place of
 * the normal one. For one thread.
 */
final class FlowPath implements Path {

    /** The width of a bin where the grid is scaled. */
    private static final int UNIT_WIDTH = 1 << 12;
    private static final float OFFSET_MAX = 0.75f;
    private static final float LOG_SIGMA_LOW = -2.5f;
    private static final float LOG_SIGMA_HIGH = 1f;
    private static final float LOG_FACTOR_MAX = 2f;
    private static final float SHIFT_MAX = 32f;
    private static final float BIN = 1f / (1 << FlowSpec.BIN_BITS);
    /** No value may be beyond, so that no sum overflows. */
    private static final int VALUE_MAX = 1 << 30;

    private final FlowWeights weights;
    private final FlowNetwork network;
    /** By step from 1 on, the pixels that are not the same before and after; {@code steps[0]} is empty. */
    private final int[][] changed;
    /** The state that is the condition. */
    private final int[] given;
    /** By symbol, the number that symbol 0 stands for. */
    private final int[] base;
    /** The state as the coupling's network sees it, and the coupling that this is of; -1 for none. */
    private final int[] seen;
    private final int[] kept;
    private int coupled = -1;
    /** By symbol, width of the coupling's bins for a bin's {@link #UNIT_WIDTH}, and shift. */
    private final int[] width;
    private final int[] shift;
    private final int[] index;
    private final int[] unit;
    private final float[] mean;
    private final float[] sigma;
    private final int[] count;
    private final float[] logits;
    private final TruncatedGaussian gaussian = new TruncatedGaussian();
    private final Rescaling rescaling = new Rescaling();
    final Categorical samples;
    final FlowPrior prior;
    private final SampleCodec noiseCodec;
    private final SampleCodec rescalingSamples;
    private final DistributionCodec rescalingCodec;
    private final DistributionCodec levelCodec;
    private final Codec record;
    private final Codec kernel;
    private int step;
    private boolean sampling;

    FlowPath(FlowWeights weights, Engine engine) {
        this.weights = weights;
        final FlowSpec spec = weights.spec;
        network = new FlowNetwork(spec, engine);
        final int dims = spec.dims();
        changed = new int[2 + spec.couplings()][];
        changed[0] = new int[0];
        changed[1] = IntStream.range(0, dims).toArray();
        for (int k = 0; k < spec.couplings(); k++) {
            final int coupling = k;
            changed[2 + k] = IntStream.range(0, dims).filter(i -> spec.changes(coupling, i)).toArray();
        }
        given = new int[dims];
        base = new int[dims];
        seen = new int[dims];
        kept = new int[dims];
        width = new int[dims];
        shift = new int[dims];
        index = new int[dims];
        unit = new int[dims];
        Arrays.fill(unit, UNIT_WIDTH);
        mean = new float[dims];
        sigma = new float[dims];
        count = new int[dims];
        gaussian.set(mean, sigma, count);
        logits = new float[dims * FlowSpec.LEVELS];
        samples = Categorical.of(FlowSpec.LEVELS, engine);
        samples.set(logits, 0);
        prior = new FlowPrior(dims);
        noiseCodec = new SampleCodec(gaussian, dims);
        rescalingSamples = new SampleCodec(rescaling, dims);
        rescalingCodec = new DistributionCodec(rescaling, dims);
        levelCodec = new DistributionCodec(samples, dims);
        record = new RecordOfValues();
        kernel = new Kernel();
    }

    @Override
    public int steps() {
        return changed.length - 1;
    }

    @Override
    public int size(int t) {
        return given.length;
    }

    @Override
    public Codec prior() {
        return prior;
    }

    @Override
    public Codec forward(int t, int[] z) {
        setForward(t, z);
        return t == 1 ? record : kernel;
    }

    @Override
    public Codec backward(int t, int[] z) {
        setBackward(t, z);
        (t == 1 ? noiseCodec : rescalingSamples).setKey(t);
        return kernel;
    }

    /** The codec of a record that does without states: independent samples of one distribution. */
    Codec plain() {
        setPlain();
        return levelCodec;
    }

    /** Gives {@link #samples} the parameters of records without states. */
    void setPlain() {
        for (int i = 0; i < given.length; i++) {
            System.arraycopy(weights.plain, 0, logits, i * FlowSpec.LEVELS, FlowSpec.LEVELS);
        }
    }

    /** The pixels whose values are not the same in z_t and z_(t-1), in raster order: those that have symbols. */
    int[] changed(int t) {
        return changed[t];
    }

    /** The number that symbol 0 of the n-th of these stands for, after one of the methods that set a kernel. */
    int base(int n) {
        return base[n];
    }

    /** The distribution of the symbols of z_t given z_(t-1). */
    Distribution setBackward(int t, int[] z) {
        begin(t, z, true);
        if (t == 1) {
            setNoise(z);
            return gaussian;
        }
        couple(t - 2, z);
        for (int n = 0; n < changed[t].length; n++) {
            index[n] = z[changed[t][n]];
            base[n] = Math.toIntExact(Rescaling.first(index[n], width[n], UNIT_WIDTH) + shift[n]);
        }
        rescaling.set(index, width, unit);
        return rescaling;
    }

    /** The distribution of the symbols of z_(t-1) given z_t, for t of 2 or more; z_0 given z_1 is certain. */
    Distribution setForward(int t, int[] z) {
        begin(t, z, false);
        if (t == 1) {
            return null;
        }
        couple(t - 2, z);
        for (int n = 0; n < changed[t].length; n++) {
            index[n] = z[changed[t][n]] - shift[n];
            final long first = Rescaling.first(index[n], UNIT_WIDTH, width[n]);
            check(Math.abs(first) < VALUE_MAX);
            base[n] = (int) first;
        }
        rescaling.set(index, unit, width);
        return rescaling;
    }

    private void begin(int t, int[] z, boolean backward) {
        step = t;
        sampling = backward;
        System.arraycopy(z, 0, given, 0, given.length);
    }

    /** The noise of a record's levels. */
    private void setNoise(int[] x) {
        final int[] edges = weights.edges;
        for (int i = 0; i < given.length; i++) {
            network.set(i, (edges[x[i]] + edges[x[i] + 1]) * (0.5f * BIN));
        }
        network.run(weights.noise);
        for (int i = 0; i < given.length; i++) {
            base[i] = edges[x[i]];
            count[i] = edges[x[i] + 1] - base[i];
            final float bins = count[i];
            mean[i] = Math.fma(bins, clamp(network.first(i), -OFFSET_MAX, OFFSET_MAX), 0.5f * bins);
            sigma[i] = bins * Exact.exp(clamp(network.second(i), LOG_SIGMA_LOW, LOG_SIGMA_HIGH));
        }
    }

    /** Factors and shifts of a coupling, which are the same given the state before it or that after it. */
    private void couple(int k, int[] z) {
        final int[] pixels = changed[k + 2];
        System.arraycopy(z, 0, kept, 0, kept.length);
        for (int i : pixels) {
            kept[i] = 0;
        }
        if (coupled == k && Arrays.equals(kept, seen)) {
            return;
        }
        coupled = k;
        System.arraycopy(kept, 0, seen, 0, seen.length);
        for (int i = 0; i < z.length; i++) {
            network.set(i, (z[i] + 0.5f) * BIN);
        }
        for (int i : pixels) {
            network.set(i, 0);
        }
        network.run(weights.couplings[k]);
        for (int n = 0; n < pixels.length; n++) {
            final float factor = Exact.exp(clamp(network.first(pixels[n]), -LOG_FACTOR_MAX, LOG_FACTOR_MAX));
            width[n] = (int) Math.fma(factor, UNIT_WIDTH, 0.5f);
            shift[n] = (int) (clamp(network.second(pixels[n]), -SHIFT_MAX, SHIFT_MAX) * (1 << FlowSpec.BIN_BITS));
        }
    }

    private static float clamp(float x, float low, float high) {
        final float v = x > low ? x : low;
        return v < high ? v : high;
    }

    /** Damaged archives have such values. */
    private static void check(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException("a value of the flow is out of range");
        }
    }

    /** Symbols of the pixels that a step changes; the others are copied. */
    private final class Kernel implements Codec {

        private final int[] symbols = new int[given.length];

        @Override
        public int size() {
            return given.length;
        }

        @Override
        public void push(AnsStack stack, int[] x, int off) {
            final int[] pixels = changed[step];
            for (int n = 0; n < pixels.length; n++) {
                symbols[n] = x[off + pixels[n]] - base[n];
            }
            if (step == 1) {
                noiseCodec.push(stack, symbols, 0, pixels.length);
            } else if (sampling) {
                rescalingSamples.push(stack, symbols, 0, pixels.length);
            } else {
                rescalingCodec.push(stack, symbols, 0, pixels.length);
            }
        }

        @Override
        public void pop(AnsStack stack, int[] x, int off) {
            final int[] pixels = changed[step];
            if (step == 1) {
                noiseCodec.pop(stack, symbols, 0, pixels.length);
            } else if (sampling) {
                rescalingSamples.pop(stack, symbols, 0, pixels.length);
            } else {
                rescalingCodec.pop(stack, symbols, 0, pixels.length);
            }
            System.arraycopy(given, 0, x, off, given.length);
            for (int n = 0; n < pixels.length; n++) {
                x[off + pixels[n]] = base[n] + symbols[n];
            }
        }
    }

    /** The levels that dequantised values are of: what is certain takes no bits. */
    private final class RecordOfValues implements Codec {

        @Override
        public int size() {
            return given.length;
        }

        @Override
        public void push(AnsStack stack, int[] x, int off) {
            // Nothing to say.
        }

        @Override
        public void pop(AnsStack stack, int[] x, int off) {
            final int[] edges = weights.edges;
            for (int i = 0; i < given.length; i++) {
                check(given[i] >= edges[0] && given[i] < edges[FlowSpec.LEVELS]);
                final int at = Arrays.binarySearch(edges, given[i]);
                x[off + i] = at >= 0 ? at : -at - 2;
            }
        }
    }
}
