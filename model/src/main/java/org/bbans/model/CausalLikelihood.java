package org.bbans.model;

import java.util.Optional;
import org.bbans.codec.Codec;
import org.bbans.codec.Distribution;
import org.bbans.codec.DistributionCodec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.model.kernel.Dense;
import org.bbans.model.kernel.Kernels;

/**
 * The likelihood p(x | z) of a group of records in lockstep: for one sample after the other, all records' distributions
 * of that sample from their features and their already coded neighbours.
 *
 * <p>Symbols are sample-major: all records' sample 0, then all records' sample 1. Both directions take the same
 * steps in the same order; pushing, which the stack needs in reverse, waits until all intervals are known.
 *
 * <p>A workspace: one for each thread.
 */
final class CausalLikelihood implements Codec {

    /** Units of the decoder's output that are computed together. */
    private static final int FEATURE_UNITS = 64;

    private final Network network;
    private final Kernels kernels;
    private final SampleRows samples;
    private final int dims;
    private final int capacity;
    private final SampleDistribution output;
    private final Distribution distribution;

    private final int features;
    private final int chunk;
    private final float[][] featureRows;
    private float[][] code;
    private int chunkStart;
    private int chunkEnd;

    private final Mlp head;
    private final float[][] input;
    private final int[] inputIndex;
    private final int[] neighbour;
    private final int width;
    private final int radius;
    private final int windowRows;
    private final int windowSize;
    private final boolean marks;

    private int records;
    private int lanes;
    private DistributionCodec step;
    private int[] symbol;
    private int[] stepStart;
    private int[] stepFreq;
    private int[] start = {};
    private int[] freq = {};

    CausalLikelihood(Network network, Engine engine, SampleRows samples, int capacity) {
        this.network = network;
        this.kernels = Kernels.of(engine);
        this.samples = samples;
        this.capacity = capacity;
        final ModelSpec spec = network.spec;
        dims = spec.dims();
        features = spec.features();
        // A multiple of four samples, so that chunks begin at a block of the packed weights.
        chunk = Math.max(4, FEATURE_UNITS / Math.max(1, features) & -4);
        featureRows = new float[features * Math.min(chunk, (dims + 3) & -4)][capacity];
        head = new Mlp(network.head, capacity);
        input = new float[spec.headInputs()][];
        inputIndex = new int[input.length];
        neighbour = new int[input.length];
        final Optional<ModelSpec.Window> window = spec.likelihood().window();
        radius = window.map(ModelSpec.Window::radius).orElse(0);
        windowRows = window.map(ModelSpec.Window::rows).orElse(0);
        windowSize = spec.windowSize();
        marks = window.map(ModelSpec.Window::marks).orElse(false);
        width = window.isPresent() ? spec.shape().get(1) : dims;
        output = SampleDistribution.of(network, engine, capacity);
        distribution = output.distribution();
    }

    /** Binary logarithm of the slots that the frequencies of {@link #intervals} add up to. */
    int precision() {
        return distribution.precision();
    }

    /** The number of records in lockstep from now on, at most the capacity. */
    void group(int count) {
        if (count != records) {
            records = count;
            lanes = Kernels.lanesFor(count);
            step = new DistributionCodec(distribution, count);
            symbol = new int[count];
            stepStart = new int[count];
            stepFreq = new int[count];
        }
    }

    /**
     * The condition: the decoder's last hidden layer (or the latents if it has none), unread if there are no latents.
     */
    void given(float[][] rows) {
        code = rows;
    }

    @Override
    public int size() {
        return dims * records;
    }

    @Override
    public void push(AnsStack stack, int[] x, int off) {
        if (start.length < size()) {
            start = new int[dims * capacity];
            freq = new int[dims * capacity];
        }
        intervals(x, off, start, freq);
        if (records % stack.heads() == 0) {
            stack.push(start, freq, 0, size(), distribution.precision());
        } else {
            for (int i = dims - 1; i >= 0; i--) {
                stack.push(start, freq, i * records, records, distribution.precision());
            }
        }
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        begin();
        for (int i = 0; i < dims; i++) {
            predict(i);
            step.pop(stack, x, off + i * records);
            samples.set(i, x, off + i * records, records);
        }
    }

    /** The intervals of all symbols, at the same places as the symbols but from 0. */
    void intervals(int[] x, int off, int[] starts, int[] freqs) {
        begin();
        for (int i = 0; i < dims; i++) {
            predict(i);
            System.arraycopy(x, off + i * records, symbol, 0, records);
            distribution.intervals(symbol, 0, records, stepStart, stepFreq);
            System.arraycopy(stepStart, 0, starts, i * records, records);
            System.arraycopy(stepFreq, 0, freqs, i * records, records);
            samples.set(i, symbol, 0, records);
        }
    }

    private void begin() {
        chunkStart = 0;
        chunkEnd = 0;
    }

    /** Gives the distribution its parameters for sample {@code i} of all records; samples below i have been set. */
    private void predict(int i) {
        if (features > 0 && i >= chunkEnd) {
            chunkStart = i;
            chunkEnd = Math.min(dims, i + chunk);
            final Dense last = network.decoder.get(network.decoder.size() - 1);
            kernels.dense(last, chunkStart * features, (chunkEnd - chunkStart) * features, code, lanes, featureRows);
        }
        float[][] out = featureRows;
        int outOff = (i - chunkStart) * features;
        if (!network.head.isEmpty()) {
            final int k = gather(i);
            final int positionOff = i * network.head.get(0).outputs();
            out = head.forward(kernels, network.position, positionOff, input, inputIndex, k, lanes);
            outOff = 0;
        }
        output.set(out, outOff, records);
    }

    /**
     * Collects the head's inputs: features, the values of the neighbours that lie inside and are not blank, and their
     * marks. Returns their number.
     */
    private int gather(int i) {
        int k = 0;
        for (int f = 0; f < features; f++) {
            input[k] = featureRows[(i - chunkStart) * features + f];
            inputIndex[k++] = f;
        }
        if (windowSize > 0) {
            final int first = k;
            k = gatherNeighbours(i, k);
            if (marks) {
                final int values = k;
                for (int v = first; v < values; v++) {
                    input[k] = samples.marks[neighbour[v]];
                    inputIndex[k++] = inputIndex[v] + windowSize;
                }
            }
        }
        return k;
    }

    private int gatherNeighbours(int i, int from) {
        int k = from;
        final int y = i / width;
        final int x = i - y * width;
        final int left = Math.max(0, x - radius);
        final int right = Math.min(width - 1, x + radius);
        for (int dy = Math.max(-windowRows, -y); dy <= 0; dy++) {
            final int end = dy < 0 ? right : x - 1;
            final int row = (y + dy) * width;
            final int index = features + (dy + windowRows) * (2 * radius + 1) + radius - x;
            for (int column = left; column <= end; column++) {
                if (!samples.blank[row + column]) {
                    input[k] = samples.rows[row + column];
                    neighbour[k] = row + column;
                    inputIndex[k++] = index + column;
                }
            }
        }
        return k;
    }
}
