package org.bbans.model.train.head;

import java.util.Arrays;

/** A dense layer's weights as the kernels want them, padded with zeros. Shared by threads while no one loads. */
final class HeadLayer {

    final int inputs;
    final int outputs;
    /** Outputs, padded. */
    final int columns;
    /** How many of the inputs, the first ones, carry a gradient back; padded. */
    final int backColumns;
    private final int back;
    private final int weightOffset;
    private final int biasOffset;
    private final float[] weight;
    private final float[] transposed;
    private final float[] bias;

    /**
     * A layer that is still to be loaded.
     *
     * @param weightOffset where its weight, {@code [inputs, outputs]}, begins in the flat parameters
     * @param biasOffset where its bias begins; negative for none
     * @param back how many of the inputs, the first ones, carry a gradient back
     */
    HeadLayer(int inputs, int outputs, int weightOffset, int biasOffset, int back) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.weightOffset = weightOffset;
        this.biasOffset = biasOffset;
        this.back = back;
        columns = pad(outputs);
        backColumns = pad(back);
        weight = new float[inputs * columns];
        transposed = new float[outputs * backColumns];
        bias = new float[columns];
    }

    /** A column count that the kernels accept, at least {@code width}. */
    static int pad(int width) {
        return (width + HeadKernels.COLUMNS - 1) / HeadKernels.COLUMNS * HeadKernels.COLUMNS;
    }

    /** A row count that the kernels accept, at least {@code n}. */
    static int roundRows(int n) {
        return (n + HeadKernels.ROWS - 1) / HeadKernels.ROWS * HeadKernels.ROWS;
    }

    void load(float[] parameters) {
        for (int i = 0; i < inputs; i++) {
            System.arraycopy(parameters, weightOffset + i * outputs, weight, i * columns, outputs);
        }
        for (int i = 0; i < back; i++) {
            for (int o = 0; o < outputs; o++) {
                transposed[o * backColumns + i] = weight[i * columns + o];
            }
        }
        if (biasOffset >= 0) {
            System.arraycopy(parameters, biasOffset, bias, 0, outputs);
        }
    }

    /** Sets rows to the bias. */
    void bias(int rows, float[] y, int yOff, int yRow) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(bias, 0, y, yOff + r * yRow, columns);
        }
    }

    /** {@code y += x . weight}, for a rounded number of rows. */
    void multiply(HeadKernels kernels, int rows, float[] x, int xOff, int xRow, float[] y, int yOff, int yRow) {
        kernels.product().multiplyAdd(rows, columns, inputs, x, xOff, xRow, 1, weight, 0, columns, y, yOff, yRow);
    }

    /** {@code g += d . transposed weight}, for a rounded number of rows: the gradient by the inputs. */
    void back(HeadKernels kernels, int rows, float[] d, int dOff, int dRow, float[] g, int gOff, int gRow) {
        kernels.product().multiplyAdd(rows, backColumns, outputs, d, dOff, dRow, 1, transposed, 0, backColumns, g, gOff,
                gRow);
    }

    /** Sums the gradient of one layer. Not thread-safe. */
    static final class Gradient {

        private final HeadLayer layer;
        private final float[] weight;
        private final float[] bias;

        Gradient(HeadLayer layer) {
            this.layer = layer;
            weight = new float[roundRows(layer.inputs) * layer.columns];
            bias = new float[layer.columns];
        }

        void clear() {
            Arrays.fill(weight, 0);
            Arrays.fill(bias, 0);
        }

        /** {@code weight += transposed x . d}; rows of x must be as long as the rounded number of inputs. */
        void add(HeadKernels kernels, int rows, float[] x, int xOff, int xRow, float[] d, int dOff, int dRow) {
            kernels.product().multiplyAdd(roundRows(layer.inputs), layer.columns, rows, x, xOff, 1, xRow, d, dOff, dRow,
                    weight,
                    0, layer.columns);
        }

        /** {@code bias += sum of the rows of d}. */
        void addBias(int rows, float[] d, int dOff, int dRow) {
            for (int r = 0; r < rows; r++) {
                HeadLayer.add(d, dOff + r * dRow, bias, 0, layer.columns);
            }
        }

        /** Adds what was summed to the flat gradient. */
        void addTo(float[] gradient) {
            for (int i = 0; i < layer.inputs; i++) {
                HeadLayer.add(weight, i * layer.columns, gradient, layer.weightOffset + i * layer.outputs,
                        layer.outputs);
            }
            if (layer.biasOffset >= 0) {
                HeadLayer.add(bias, 0, gradient, layer.biasOffset, layer.outputs);
            }
        }
    }

    static void add(float[] from, int fromOff, float[] to, int toOff, int n) {
        for (int i = 0; i < n; i++) {
            to[toOff + i] += from[fromOff + i];
        }
    }
}
