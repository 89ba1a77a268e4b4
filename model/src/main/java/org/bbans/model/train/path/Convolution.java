package org.bbans.model.train.path;

import java.util.Arrays;
import org.bbans.model.train.head.HeadKernels;

/**
 * A convolution over a picture's cells with zeros around it, for one picture at a time, and its gradient.
 *
 * <p>Values lie in rows of {@code pad(channels)} floats, one for each cell of a {@link CellRows}, whose margins hold
 * zeros: then the convolution is, for each tap, one product of a shifted run of rows with the tap's weights.
 */
final class Convolution {

    private final HeadKernels kernels;
    private final CellRows canvas;
    private final int inputs;
    private final int outputs;
    private final int inputRow;
    private final int outputRow;
    private final int[] shifts;
    private final int offset;
    /** {@code [tap][input, padded][output, padded]}. */
    private final float[] weight;
    /** {@code [tap][output, padded][input, padded]}. */
    private final float[] transposed;
    private final float[] gradient;

    /**
     * A convolution that is still to be loaded.
     *
     * @param radius cells that it sees in each direction; 0 for a dense layer at each cell
     * @param offset where its weight, {@code [taps * inputs, outputs]}, begins in the flat parameters
     */
    Convolution(HeadKernels kernels, CellRows canvas, int radius, int inputs, int outputs, int offset) {
        this.kernels = kernels;
        this.canvas = canvas;
        this.inputs = inputs;
        this.outputs = outputs;
        this.offset = offset;
        inputRow = CellRows.pad(inputs);
        outputRow = CellRows.pad(outputs);
        shifts = canvas.shifts(radius);
        weight = new float[shifts.length * inputRow * outputRow];
        transposed = new float[weight.length];
        gradient = new float[weight.length];
    }

    /** Takes its weights from the flat parameters. */
    void load(float[] parameters) {
        int from = offset;
        for (int tap = 0; tap < shifts.length; tap++) {
            final int at = tap * inputRow * outputRow;
            for (int i = 0; i < inputs; i++) {
                System.arraycopy(parameters, from, weight, at + i * outputRow, outputs);
                from += outputs;
                for (int o = 0; o < outputs; o++) {
                    transposed[at + o * inputRow + i] = weight[at + i * outputRow + o];
                }
            }
        }
    }

    /** {@code y += conv(x)} at all rows of the canvas; those between its lines are not zero then. */
    void forward(float[] x, float[] y) {
        for (int row = 0; row < canvas.rows; row += CellRows.CHUNK) {
            final int n = Math.min(CellRows.CHUNK, canvas.rows - row);
            final int at = canvas.base + row;
            for (int tap = 0; tap < shifts.length; tap++) {
                kernels.product().multiplyAdd(n, outputRow, inputs, x, (at + shifts[tap]) * inputRow, inputRow, 1,
                        weight,
                        tap * inputRow * outputRow, outputRow, y, at * outputRow, outputRow);
            }
        }
    }

    /** The gradient by the inputs, {@code dx += dy . transposed}; the margins of {@code dy} are zeros. */
    void backward(float[] dy, float[] dx) {
        for (int row = 0; row < canvas.rows; row += CellRows.CHUNK) {
            final int n = Math.min(CellRows.CHUNK, canvas.rows - row);
            final int at = canvas.base + row;
            for (int tap = 0; tap < shifts.length; tap++) {
                kernels.product().multiplyAdd(n, inputRow, outputs, dy, (at - shifts[tap]) * outputRow, outputRow, 1,
                        transposed, tap * inputRow * outputRow, inputRow, dx, at * inputRow, inputRow);
            }
        }
    }

    /** Adds to the gradient by the weights; the margins of {@code dy} are zeros. */
    void addGradient(float[] x, float[] dy) {
        for (int tap = 0; tap < shifts.length; tap++) {
            kernels.product().multiplyAdd(inputRow, outputRow, canvas.rows, x, (canvas.base + shifts[tap]) * inputRow,
                    1,
                    inputRow, dy, canvas.base * outputRow, outputRow, gradient, tap * inputRow * outputRow,
                    outputRow);
        }
    }

    /** Adds what {@link #addGradient} has summed to the flat gradient, and forgets it. */
    void addTo(float[] flat) {
        int to = offset;
        for (int tap = 0; tap < shifts.length; tap++) {
            for (int i = 0; i < inputs; i++) {
                final int at = (tap * inputRow + i) * outputRow;
                for (int o = 0; o < outputs; o++) {
                    flat[to++] += gradient[at + o];
                }
            }
        }
        Arrays.fill(gradient, 0);
    }
}
