package org.bbans.model.train.path;

import java.util.Arrays;
import java.util.List;
import org.bbans.model.spec.Activation;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/**
 * A network of dense layers over rows, all but the last followed by an activation, and its gradient. Matrices have rows
 * of {@link CellRows#pad} columns, the added ones zero. Rows are written and read in runs, so that a step of a solver
 * may use the outputs of the step before. For one thread.
 */
final class MlpGradient {

    private final HeadKernels kernels;
    private final Activation activation;
    private final int layers;
    /** {@code [layer]}, what goes in; after the last layer, what comes out. */
    private final int[] width;
    private final int[] row;
    /** {@code [layer][row][unit]}: the inputs of each layer, then the outputs. */
    private final float[][] values;
    /** Gradients by these. */
    private final float[][] deltas;
    private final float[][] weight;
    private final float[][] transposed;
    private final float[][] bias;
    private final float[][] weightGradient;
    private final int[] weightOffset;
    private final int[] biasOffset;

    /**
     * A network that is still to be loaded.
     *
     * @param name prefix of its tensors
     * @param hidden widths of the hidden layers
     * @param rows greatest number of rows, a multiple of {@link HeadKernels#ROWS}
     */
    MlpGradient(HeadKernels kernels, Activation activation, Parameters layout, String name, int inputs,
            List<Integer> hidden, int outputs, int rows) {
        this.kernels = kernels;
        this.activation = activation;
        layers = hidden.size() + 1;
        width = new int[layers + 1];
        row = new int[layers + 1];
        values = new float[layers + 1][];
        deltas = new float[layers + 1][];
        for (int l = 0; l <= layers; l++) {
            width[l] = l == 0 ? inputs : l == layers ? outputs : hidden.get(l - 1);
            row[l] = CellRows.pad(width[l]);
            values[l] = new float[rows * row[l]];
            deltas[l] = new float[rows * row[l]];
        }
        weight = new float[layers][];
        transposed = new float[layers][];
        bias = new float[layers][];
        weightGradient = new float[layers][];
        weightOffset = new int[layers];
        biasOffset = new int[layers];
        for (int l = 0; l < layers; l++) {
            final String layer = name + "." + (l < layers - 1 ? Integer.toString(l) : "out");
            weightOffset[l] = layout.offset(layer + ".weight");
            biasOffset[l] = layout.offset(layer + ".bias");
            weight[l] = new float[row[l] * row[l + 1]];
            transposed[l] = new float[weight[l].length];
            weightGradient[l] = new float[weight[l].length];
            bias[l] = new float[row[l + 1]];
        }
    }

    /** Takes its weights from the flat parameters. */
    void load(float[] parameters) {
        for (int l = 0; l < layers; l++) {
            final int n = width[l + 1];
            System.arraycopy(parameters, biasOffset[l], bias[l], 0, n);
            for (int i = 0; i < width[l]; i++) {
                System.arraycopy(parameters, weightOffset[l] + i * n, weight[l], i * row[l + 1], n);
                for (int o = 0; o < n; o++) {
                    transposed[l][o * row[l] + i] = weight[l][i * row[l + 1] + o];
                }
            }
        }
    }

    /** Columns of {@link #inputs}. */
    int inputRow() {
        return row[0];
    }

    /** Columns of {@link #outputs}. */
    int outputRow() {
        return row[layers];
    }

    /** The inputs, to be written. */
    float[] inputs() {
        return values[0];
    }

    float[] outputs() {
        return values[layers];
    }

    /** The gradient by the outputs, to be written before {@link #backward}. */
    float[] outputGradient() {
        return deltas[layers];
    }

    float[] inputGradient() {
        return deltas[0];
    }

    /** Computes the outputs of some rows, multiples of {@link HeadKernels#ROWS}. */
    void forward(int from, int rows) {
        for (int l = 0; l < layers; l++) {
            final int at = from * row[l + 1];
            for (int r = 0; r < rows; r++) {
                System.arraycopy(bias[l], 0, values[l + 1], at + r * row[l + 1], row[l + 1]);
            }
            kernels.product().multiplyAdd(rows, row[l + 1], width[l], values[l], from * row[l], row[l], 1, weight[l], 0,
                    row[l + 1], values[l + 1], at, row[l + 1]);
            if (l < layers - 1) {
                kernels.activate(activation, values[l + 1], at, rows * row[l + 1]);
            }
        }
    }

    /**
     * Computes the gradients by all that came before the outputs of some rows.
     *
     * @param byInputs whether by the inputs too
     */
    void backward(int from, int rows, boolean byInputs) {
        for (int l = layers - 1; l >= (byInputs ? 0 : 1); l--) {
            final int at = from * row[l];
            Arrays.fill(deltas[l], at, at + rows * row[l], 0);
            kernels.product().multiplyAdd(rows, row[l], width[l + 1], deltas[l + 1], from * row[l + 1], row[l + 1], 1,
                    transposed[l], 0, row[l], deltas[l], at, row[l]);
            if (l > 0) {
                kernels.activationGradient(activation, values[l], at, deltas[l], at, rows * row[l]);
            }
        }
    }

    /** Adds the first rows' gradients by weights and biases: by biases to the flat gradient at once. */
    void addGradient(int rows, float[] flat) {
        for (int l = 0; l < layers; l++) {
            kernels.product().multiplyAdd(row[l], row[l + 1], rows, values[l], 0, 1, row[l], deltas[l + 1], 0,
                    row[l + 1],
                    weightGradient[l], 0, row[l + 1]);
            for (int r = 0; r < rows; r++) {
                for (int o = 0; o < width[l + 1]; o++) {
                    flat[biasOffset[l] + o] += deltas[l + 1][r * row[l + 1] + o];
                }
            }
        }
    }

    /** Adds what {@link #addGradient} has summed to the flat gradient, and forgets it. */
    void addTo(float[] flat) {
        for (int l = 0; l < layers; l++) {
            int to = weightOffset[l];
            for (int i = 0; i < width[l]; i++) {
                final int at = i * row[l + 1];
                for (int o = 0; o < width[l + 1]; o++) {
                    flat[to++] += weightGradient[l][at + o];
                }
            }
            Arrays.fill(weightGradient[l], 0);
        }
    }
}
