package org.bbans.model.train;

import java.util.Arrays;

/** Softmaxes whose logits are a table times the outputs. */
final class CategoricalLoss implements HeadLoss {

    private final HeadKernels kernels;
    private final HeadLayer table;
    private final HeadLayer.Gradient tableGradient;
    private final int levels;
    private final float[] logits;

    CategoricalLoss(HeadKernels kernels, HeadLayer table) {
        this.kernels = kernels;
        this.table = table;
        tableGradient = new HeadLayer.Gradient(table);
        levels = table.outputs;
        logits = new float[Tail.TILE * levels];
    }

    private void logits(int rows, float[] outputs, int row) {
        table.bias(rows, logits, 0, levels);
        table.multiply(kernels, rows, outputs, 0, row, logits, 0, levels);
    }

    @Override
    public double crossEntropy(Canvas canvas, int[] positions, int start, int n, int channel, float[] outputs,
                               float[] gradient, int row, float scale) {
        final int rows = HeadLayer.roundRows(n);
        logits(rows, outputs, row);
        double sum = 0;
        for (int r = 0; r < n; r++) {
            sum += kernels.softmaxCrossEntropy(logits, r * levels, levels, canvas.level(positions[start + r], channel),
                scale);
        }
        Arrays.fill(logits, n * levels, rows * levels, 0);
        return sum;
    }

    @Override
    public void backward(int rows, float[] outputs, float[] gradient, int row) {
        tableGradient.add(kernels, rows, outputs, 0, row, logits, 0, levels);
        tableGradient.addBias(rows, logits, 0, levels);
        Arrays.fill(gradient, 0, rows * row, 0);
        table.back(kernels, rows, logits, 0, levels, gradient, 0, row);
    }

    @Override
    public int draw(Canvas canvas, int pixel, int channel, float[] outputs, double uniform) {
        logits(HeadKernels.ROWS, outputs, table.backColumns);
        // The gradient with a scale of 1 is the softmax, but for the target.
        kernels.softmaxCrossEntropy(logits, 0, levels, 0, 1);
        logits[0] += 1;
        double sum = 0;
        for (int v = 0; v < levels - 1; v++) {
            sum += logits[v];
            if (uniform < sum) {
                return v;
            }
        }
        return levels - 1;
    }

    @Override
    public void clear() {
        tableGradient.clear();
    }

    @Override
    public void addTo(float[] flat) {
        tableGradient.addTo(flat);
    }
}
