package org.bbans.model.train.path;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * A term of the negative evidence bound of a diffusion model, for one record and one step, and its gradient: with x_t
 * drawn given x_0, the Kullback-Leibler divergence of q(x_(t-1) | x_t, x_0) from p(x_(t-1) | x_t), or for the first
 * step -log p(x_0 | x_1). Not thread-safe: it owns its buffers.
 */
final class DiffusionLoss {

    /** Greatest magnitude of a state's value: what buckets stand for. */
    private static final float STATE_MAX = 3.7f;
    /** Least and greatest logarithm of a standard deviation, in units of the schedule's. */
    private static final float LOG_SIGMA_LOW = -2;
    private static final float LOG_SIGMA_HIGH = 8;
    private static final int PIXELS = DiffusionSpec.PIXELS;

    private final DiffusionSpec spec;
    private final Parameters layout;
    private final HeadKernels kernels;
    private final CellRows cells;
    private final int channels;
    private final int row;
    private final Convolution input;
    private final Convolution[] first;
    private final Convolution[] second;
    private final Convolution step;
    private final Convolution last;
    /** Row of {@link CellRows} of each cell. */
    private final int[] rows;
    private final float[] x;
    private final float[] hidden;
    /** What goes into the first and the second convolution of each block, and after all blocks into the outputs. */
    private final float[][] before;
    private final float[][] between;
    private final float[] outputs;
    private final float[] features;
    private final float[] outputGradient;
    private final float[] featureGradient;
    private final float[] hiddenGradient;
    private final float[] other;
    private final float[] factors;
    private final float[] logits;
    private final float[] factorGradient;
    private final float[] table;
    private final float[] tableTransposed;
    private final float[] tableGradient;
    private final int factorRow;
    private final int depth;
    private float[] parameters;
    private NoiseSchedule schedule;

    DiffusionLoss(DiffusionSpec spec, Parameters layout, HeadKernels kernels) {
        this.spec = spec;
        this.layout = layout;
        this.kernels = kernels;
        cells = new CellRows(spec.cellRows(), spec.cellColumns());
        channels = spec.channels();
        row = CellRows.pad(channels);
        input = new Convolution(kernels, cells, 1, PIXELS, channels, layout.offset("input.weight"));
        first = new Convolution[spec.blocks()];
        second = new Convolution[spec.blocks()];
        before = new float[spec.blocks() + 1][];
        between = new float[spec.blocks()][];
        for (int b = 0; b < spec.blocks(); b++) {
            first[b] = new Convolution(kernels, cells, 1, channels, channels,
                    layout.offset("block." + b + ".0.weight"));
            second[b] = new Convolution(kernels, cells, 1, channels, channels,
                    layout.offset("block." + b + ".1.weight"));
            between[b] = cells.values(channels);
        }
        Arrays.setAll(before, b -> cells.values(channels));
        step = new Convolution(kernels, cells, 0, channels, 2 * PIXELS, layout.offset("step.weight"));
        last = new Convolution(kernels, cells, 0, channels, PIXELS * spec.rank(), layout.offset("last.weight"));
        rows = new int[cells.cells()];
        Arrays.setAll(rows, cells::row);
        x = cells.values(PIXELS);
        hidden = cells.values(channels);
        outputs = cells.values(2 * PIXELS);
        features = cells.values(PIXELS * spec.rank());
        outputGradient = cells.values(2 * PIXELS);
        featureGradient = cells.values(PIXELS * spec.rank());
        hiddenGradient = cells.values(channels);
        other = cells.values(channels);
        depth = spec.rank() + 1;
        factorRow = CellRows.pad(depth);
        final int samples = (spec.dims() + HeadKernels.ROWS - 1) / HeadKernels.ROWS * HeadKernels.ROWS;
        factors = new float[samples * factorRow];
        factorGradient = new float[samples * factorRow];
        logits = new float[samples * DiffusionSpec.LEVELS];
        table = new float[factorRow * DiffusionSpec.LEVELS];
        tableTransposed = new float[DiffusionSpec.LEVELS * factorRow];
        tableGradient = new float[factorRow * DiffusionSpec.LEVELS];
    }

    /** Takes the weights from the flat parameters, which it goes on reading; call after every change. */
    void load(float[] flat) {
        parameters = flat;
        schedule = NoiseSchedule.of(flat, layout.offset("schedule"), spec.steps());
        input.load(flat);
        for (int b = 0; b < first.length; b++) {
            first[b].load(flat);
            second[b].load(flat);
        }
        step.load(flat);
        last.load(flat);
        System.arraycopy(flat, layout.offset("table.weight"), table, 0, depth * DiffusionSpec.LEVELS);
        for (int r = 0; r < depth; r++) {
            for (int v = 0; v < DiffusionSpec.LEVELS; v++) {
                tableTransposed[v * factorRow + r] = table[r * DiffusionSpec.LEVELS + v];
            }
        }
    }

    /** The Kullback-Leibler divergence of q(x_T | x_0) from N(0, 1), in nats. */
    double prior(byte[] record, int off) {
        final int steps = spec.steps();
        final double variance = schedule.noise[steps] * schedule.noise[steps];
        final int values = layout.offset("values");
        double sum = 0;
        for (int i = 0; i < spec.dims(); i++) {
            final double mean = schedule.scale[steps] * parameters[values + (record[off + i] & 0xFF)];
            sum += 0.5 * (mean * mean + variance - 1 - Math.log(variance));
        }
        return sum;
    }

    /**
     * One term.
     *
     * @param record levels, from {@code off} on
     * @param t step, 1 to T
     * @param scale factor of the gradient
     * @param gradient flat; the part that is not convolutions' is added to it at once, theirs by {@link #addTo}; null
     *     for none
     * @return the term in nats, not scaled
     */
    double term(byte[] record, int off, int t, SplittableRandom random, float scale, float[] gradient) {
        draw(record, off, t, random);
        forward(t);
        Arrays.fill(t == 1 ? featureGradient : outputGradient, 0);
        final double nats = t == 1 ? recordLoss(record, off, scale, gradient)
                : stateLoss(record, off, t, scale, gradient);
        if (gradient != null) {
            backward(t, gradient);
        }
        return nats;
    }

    private int at(int pixel) {
        final int width = spec.shape().get(1);
        final int y = pixel / width;
        final int column = pixel % width;
        return rows[y / DiffusionSpec.PATCH * spec.cellColumns() + column / DiffusionSpec.PATCH];
    }

    /** Which pixel of its cell it is. */
    private int place(int pixel) {
        final int width = spec.shape().get(1);
        return pixel / width % DiffusionSpec.PATCH * DiffusionSpec.PATCH + pixel % width % DiffusionSpec.PATCH;
    }

    private void draw(byte[] record, int off, int t, SplittableRandom random) {
        final int values = layout.offset("values");
        final int inputRow = CellRows.pad(PIXELS);
        for (int i = 0; i < spec.dims(); i++) {
            final double value = schedule.scale[t] * parameters[values + (record[off + i] & 0xFF)]
                    + schedule.noise[t] * random.nextGaussian();
            x[at(i) * inputRow + place(i)] = (float) Math.max(-STATE_MAX, Math.min(STATE_MAX, value));
        }
    }

    private void forward(int t) {
        Arrays.fill(hidden, 0);
        final int position = layout.offset("input.position");
        for (int c = 0; c < rows.length; c++) {
            System.arraycopy(parameters, position + c * channels, hidden, rows[c] * row, channels);
        }
        input.forward(x, hidden);
        for (int b = 0; b < first.length; b++) {
            activated(hidden, before[b]);
            bias("block." + b + ".0.bias", t - 1, between[b]);
            first[b].forward(before[b], between[b]);
            activated(between[b], between[b]);
            addBias("block." + b + ".1.bias", hidden);
            second[b].forward(between[b], hidden);
        }
        activated(hidden, before[first.length]);
        if (t == 1) {
            final int n = PIXELS * spec.rank();
            final int bias = layout.offset("last.bias");
            for (int r : rows) {
                System.arraycopy(parameters, bias, features, r * CellRows.pad(n), n);
            }
            last.forward(before[first.length], features);
        } else {
            final int n = 2 * PIXELS;
            final int bias = layout.offset("step.bias") + (t - 1) * n;
            for (int r : rows) {
                System.arraycopy(parameters, bias, outputs, r * CellRows.pad(n), n);
            }
            step.forward(before[first.length], outputs);
        }
    }

    private void activated(float[] from, float[] to) {
        if (from != to) {
            System.arraycopy(from, 0, to, 0, from.length);
        }
        kernels.activate(spec.activation(), to, 0, to.length);
        cells.clearMargins(to, channels);
    }

    private void bias(String name, int index, float[] to) {
        final int from = layout.offset(name) + index * channels;
        for (int r : rows) {
            System.arraycopy(parameters, from, to, r * row, channels);
        }
    }

    private void addBias(String name, float[] to) {
        final int from = layout.offset(name);
        for (int r : rows) {
            for (int c = 0; c < channels; c++) {
                to[r * row + c] += parameters[from + c];
            }
        }
    }

    private double stateLoss(byte[] record, int off, int t, float scale, float[] gradient) {
        final int at = layout.offset("schedule") + (t - 1) * DiffusionSpec.CONSTANTS;
        final double keep = parameters[at + 2];
        final double gain = parameters[at + 3];
        final double sigma = parameters[at + 4];
        final double ofState = schedule.ofState(t);
        final double ofRecord = schedule.ofRecord(t);
        final double ratio = Math.pow(schedule.deviation(t) / sigma, 2);
        final int values = layout.offset("values");
        final int inputRow = CellRows.pad(PIXELS);
        final int outputRow = CellRows.pad(2 * PIXELS);
        double nats = 0;
        for (int i = 0; i < spec.dims(); i++) {
            final double state = x[at(i) * inputRow + place(i)];
            final int mean = at(i) * outputRow + place(i);
            final int logSigma = mean + PIXELS;
            final double g = Math.max(LOG_SIGMA_LOW, Math.min(LOG_SIGMA_HIGH, outputs[logSigma]));
            final double difference = (ofState * state + ofRecord * parameters[values + (record[off + i] & 0xFF)]
                    - keep * state - gain * outputs[mean]) / sigma;
            final double shrink = Math.exp(-2 * g);
            final double square = (ratio + difference * difference) * shrink;
            nats += g + 0.5 * (square - 1) - 0.5 * Math.log(ratio);
            if (gradient != null) {
                outputGradient[mean] = (float) (-scale * difference * gain / sigma * shrink);
                outputGradient[logSigma] = g == outputs[logSigma] ? (float) (scale * (1 - square)) : 0;
            }
        }
        return nats;
    }

    private double recordLoss(byte[] record, int off, float scale, float[] gradient) {
        final int rank = spec.rank();
        final int inputRow = CellRows.pad(PIXELS);
        final int featureRow = CellRows.pad(PIXELS * rank);
        final int bias = layout.offset("table.bias");
        final int levels = DiffusionSpec.LEVELS;
        final int samples = factors.length / factorRow;
        for (int i = 0; i < samples; i++) {
            System.arraycopy(parameters, bias, logits, i * levels, levels);
        }
        for (int i = 0; i < spec.dims(); i++) {
            System.arraycopy(features, at(i) * featureRow + place(i) * rank, factors, i * factorRow, rank);
            factors[i * factorRow + rank] = x[at(i) * inputRow + place(i)];
        }
        kernels.product().multiplyAdd(samples, levels, depth, factors, 0, factorRow, 1, table, 0, levels, logits, 0,
                levels);
        double nats = 0;
        for (int i = 0; i < spec.dims(); i++) {
            nats += kernels.softmaxCrossEntropy(logits, i * levels, levels, record[off + i] & 0xFF, scale);
        }
        if (gradient == null) {
            return nats;
        }
        Arrays.fill(logits, spec.dims() * levels, logits.length, 0);
        kernels.product().multiplyAdd(factorRow, levels, samples, factors, 0, 1, factorRow, logits, 0, levels,
                tableGradient, 0,
                levels);
        for (int i = 0; i < spec.dims(); i++) {
            for (int v = 0; v < levels; v++) {
                gradient[bias + v] += logits[i * levels + v];
            }
        }
        Arrays.fill(factorGradient, 0);
        kernels.product().multiplyAdd(samples, factorRow, levels, logits, 0, levels, 1, tableTransposed, 0, factorRow,
                factorGradient, 0, factorRow);
        for (int i = 0; i < spec.dims(); i++) {
            System.arraycopy(factorGradient, i * factorRow, featureGradient, at(i) * featureRow + place(i) * rank,
                    rank);
        }
        return nats;
    }

    private void backward(int t, float[] gradient) {
        final int blocks = first.length;
        Arrays.fill(hiddenGradient, 0);
        if (t == 1) {
            addRows(featureGradient, PIXELS * spec.rank(), gradient, layout.offset("last.bias"));
            last.addGradient(before[blocks], featureGradient);
            last.backward(featureGradient, hiddenGradient);
        } else {
            addRows(outputGradient, 2 * PIXELS, gradient, layout.offset("step.bias") + (t - 1) * 2 * PIXELS);
            step.addGradient(before[blocks], outputGradient);
            step.backward(outputGradient, hiddenGradient);
        }
        throughActivation(before[blocks], hiddenGradient);
        for (int b = blocks - 1; b >= 0; b--) {
            addRows(hiddenGradient, channels, gradient, layout.offset("block." + b + ".1.bias"));
            second[b].addGradient(between[b], hiddenGradient);
            Arrays.fill(other, 0);
            second[b].backward(hiddenGradient, other);
            throughActivation(between[b], other);
            addRows(other, channels, gradient, layout.offset("block." + b + ".0.bias") + (t - 1) * channels);
            first[b].addGradient(before[b], other);
            final float[] d = outputsOf(first[b], other);
            throughActivation(before[b], d);
            for (int i = 0; i < d.length; i++) {
                hiddenGradient[i] += d[i];
            }
        }
        input.addGradient(x, hiddenGradient);
        final int position = layout.offset("input.position");
        for (int c = 0; c < rows.length; c++) {
            for (int k = 0; k < channels; k++) {
                gradient[position + c * channels + k] += hiddenGradient[rows[c] * row + k];
            }
        }
    }

    /** The gradient by a convolution's inputs; {@link #hidden} is free by now. */
    private float[] outputsOf(Convolution convolution, float[] d) {
        Arrays.fill(hidden, 0);
        convolution.backward(d, hidden);
        return hidden;
    }

    private void throughActivation(float[] y, float[] d) {
        kernels.activationGradient(spec.activation(), y, 0, d, 0, d.length);
        cells.clearMargins(d, channels);
    }

    private void addRows(float[] d, int n, float[] gradient, int off) {
        for (int r : rows) {
            for (int k = 0; k < n; k++) {
                gradient[off + k] += d[r * CellRows.pad(n) + k];
            }
        }
    }

    /** Adds the gradients of the convolutions and the table to the flat gradient, and forgets them. */
    void addTo(float[] flat) {
        input.addTo(flat);
        for (int b = 0; b < first.length; b++) {
            first[b].addTo(flat);
            second[b].addTo(flat);
        }
        step.addTo(flat);
        last.addTo(flat);
        final int at = layout.offset("table.weight");
        for (int i = 0; i < depth * DiffusionSpec.LEVELS; i++) {
            flat[at + i] += tableGradient[i];
        }
        Arrays.fill(tableGradient, 0);
    }
}
