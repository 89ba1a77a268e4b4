package org.bbans.model.train.path;

import java.util.Arrays;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/** One of the networks of a flow, for one picture at a time, and its gradient. It keeps what it has computed. */
final class ResidualNetwork {

    private static final int OUTPUTS = 2 * FlowSpec.PIXELS;

    private final FlowSpec spec;
    private final Parameters layout;
    private final HeadKernels kernels;
    private final CellRows cells;
    private final String name;
    private final int channels;
    private final int row;
    private final Convolution input;
    private final Convolution[] first;
    private final Convolution[] second;
    private final Convolution output;
    private final int[] rows;
    /** What goes into the first and the second convolution of each block, and after all blocks into the output. */
    private final float[][] before;
    private final float[][] between;
    private final float[] hidden;
    private final float[] other;
    private float[] parameters;

    /** A network that is still to be loaded; its tensors' names begin with {@code name}. */
    ResidualNetwork(FlowSpec spec, Parameters layout, HeadKernels kernels, CellRows cells, String name) {
        this.spec = spec;
        this.layout = layout;
        this.kernels = kernels;
        this.cells = cells;
        this.name = name;
        channels = spec.channels();
        row = CellRows.pad(channels);
        input = new Convolution(kernels, cells, 1, FlowSpec.PIXELS, channels, layout.offset(name + ".input.weight"));
        first = new Convolution[spec.blocks()];
        second = new Convolution[spec.blocks()];
        before = new float[spec.blocks() + 1][];
        between = new float[spec.blocks()][];
        for (int b = 0; b < spec.blocks(); b++) {
            final String block = name + ".block." + b;
            first[b] = new Convolution(kernels, cells, 1, channels, channels, layout.offset(block + ".0.weight"));
            second[b] = new Convolution(kernels, cells, 0, channels, channels, layout.offset(block + ".1.weight"));
            between[b] = cells.values(channels);
        }
        Arrays.setAll(before, b -> cells.values(channels));
        output = new Convolution(kernels, cells, 0, channels, OUTPUTS, layout.offset(name + ".output.weight"));
        rows = new int[cells.cells()];
        Arrays.setAll(rows, cells::row);
        hidden = cells.values(channels);
        other = cells.values(channels);
    }

    /** Takes the weights from the flat parameters, which it goes on reading; call after every change. */
    void load(float[] flat) {
        parameters = flat;
        input.load(flat);
        for (int b = 0; b < first.length; b++) {
            first[b].load(flat);
            second[b].load(flat);
        }
        output.load(flat);
    }

    /** Sets {@code outputs} to what it says of {@code x}, both with a row for each cell; x has margins of zeros. */
    void forward(float[] x, float[] outputs) {
        Arrays.fill(hidden, 0);
        fromPositions(".input.position", channels, hidden);
        input.forward(x, hidden);
        for (int b = 0; b < first.length; b++) {
            activated(hidden, before[b]);
            Arrays.fill(between[b], 0);
            addBias(".block." + b + ".0.bias", between[b]);
            first[b].forward(before[b], between[b]);
            activated(between[b], between[b]);
            addBias(".block." + b + ".1.bias", hidden);
            second[b].forward(between[b], hidden);
        }
        activated(hidden, before[first.length]);
        fromPositions(".output.position", OUTPUTS, outputs);
        output.forward(before[first.length], outputs);
    }

    /**
     * Goes back from the gradient by the outputs of the last {@link #forward}, whose x must still be the same.
     *
     * @param d gradient by the outputs; its margins are zeros
     * @param gradient flat; the part that is not convolutions' is added to it at once, theirs by {@link #addTo}
     * @param dx receives the gradient by x; null for none
     */
    void backward(float[] x, float[] d, float[] gradient, float[] dx) {
        toPositions(d, OUTPUTS, gradient, ".output.position");
        output.addGradient(before[first.length], d);
        Arrays.fill(hidden, 0);
        output.backward(d, hidden);
        throughActivation(before[first.length], hidden);
        for (int b = first.length - 1; b >= 0; b--) {
            addRows(hidden, gradient, ".block." + b + ".1.bias");
            second[b].addGradient(between[b], hidden);
            Arrays.fill(other, 0);
            second[b].backward(hidden, other);
            throughActivation(between[b], other);
            addRows(other, gradient, ".block." + b + ".0.bias");
            first[b].addGradient(before[b], other);
            // What the block adds to the gradient goes through the activation, what goes around it does not.
            final float[] through = between[b];
            Arrays.fill(through, 0);
            first[b].backward(other, through);
            throughActivation(before[b], through);
            for (int i = 0; i < through.length; i++) {
                hidden[i] += through[i];
            }
        }
        toPositions(hidden, channels, gradient, ".input.position");
        input.addGradient(x, hidden);
        if (dx != null) {
            Arrays.fill(dx, 0);
            input.backward(hidden, dx);
        }
    }

    /** Adds the gradients of the convolutions to the flat gradient, and forgets them. */
    void addTo(float[] flat) {
        input.addTo(flat);
        for (int b = 0; b < first.length; b++) {
            first[b].addTo(flat);
            second[b].addTo(flat);
        }
        output.addTo(flat);
    }

    private void activated(float[] from, float[] to) {
        if (from != to) {
            System.arraycopy(from, 0, to, 0, from.length);
        }
        kernels.activate(spec.activation(), to, 0, to.length);
        cells.clearMargins(to, channels);
    }

    private void throughActivation(float[] y, float[] d) {
        kernels.activationGradient(spec.activation(), y, 0, d, 0, d.length);
        cells.clearMargins(d, channels);
    }

    private void fromPositions(String tensor, int n, float[] to) {
        final int from = layout.offset(name + tensor);
        for (int c = 0; c < rows.length; c++) {
            System.arraycopy(parameters, from + c * n, to, rows[c] * CellRows.pad(n), n);
        }
    }

    private void toPositions(float[] d, int n, float[] gradient, String tensor) {
        final int to = layout.offset(name + tensor);
        for (int c = 0; c < rows.length; c++) {
            for (int k = 0; k < n; k++) {
                gradient[to + c * n + k] += d[rows[c] * CellRows.pad(n) + k];
            }
        }
    }

    private void addBias(String tensor, float[] to) {
        final int from = layout.offset(name + tensor);
        for (int r : rows) {
            for (int c = 0; c < channels; c++) {
                to[r * row + c] += parameters[from + c];
            }
        }
    }

    private void addRows(float[] d, float[] gradient, String tensor) {
        final int to = layout.offset(name + tensor);
        for (int r : rows) {
            for (int c = 0; c < channels; c++) {
                gradient[to + c] += d[r * row + c];
            }
        }
    }
}
