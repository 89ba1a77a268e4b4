package org.bbans.model.train.head;

import java.util.Arrays;

/** Softmaxes whose logits are a table times the outputs, raised for levels that the record already has. */
final class CategoricalLoss implements HeadLoss {

    private final HeadKernels kernels;
    private final HeadLayer table;
    private final HeadLayer.Gradient tableGradient;
    private final int levels;
    private final float[] logits;
    private final int palette;
    /** By channel. */
    private final LevelCounts[] counts;
    /** By row: the gradient by the outputs for levels that the record already has. */
    private final float[] raised;

    CategoricalLoss(HeadKernels kernels, HeadWeights weights) {
        this.kernels = kernels;
        table = weights.table.orElseThrow();
        tableGradient = new HeadLayer.Gradient(table);
        levels = table.outputs;
        logits = new float[Tile.MAX_ROWS * levels];
        palette = weights.spec.likelihood().palette();
        counts = new LevelCounts[weights.spec.channels()];
        Arrays.setAll(counts, c -> new LevelCounts(palette, levels));
        raised = new float[Tile.MAX_ROWS * palette];
    }

    @Override
    public void begin() {
        for (LevelCounts c : counts) {
            c.begin();
        }
    }

    private void logits(int rows, float[] outputs, int row) {
        table.bias(rows, logits, 0, levels);
        table.multiply(kernels, rows, outputs, 0, row, logits, 0, levels);
    }

    @Override
    public double crossEntropy(Tile tile, int channel, float[] outputs, float[] gradient, int row, float scale) {
        final int n = tile.rows();
        final int rows = HeadLayer.roundRows(n);
        logits(rows, outputs, row);
        double sum = 0;
        for (int r = 0; r < n; r++) {
            raise(tile, r, channel, outputs, r * row);
            sum += kernels.softmaxCrossEntropy(logits, r * levels, levels, tile.level(r, channel), scale);
            if (palette > 0) {
                counts[channel].back(logits, r * levels, raised, r * palette);
            }
        }
        Arrays.fill(logits, n * levels, rows * levels, 0);
        Arrays.fill(raised, n * palette, rows * palette, 0);
        return sum;
    }

    private void raise(Tile tile, int r, int channel, float[] outputs, int outOff) {
        if (palette > 0) {
            counts[channel].advance(tile.canvas(), tile.pixel(r), channel);
            counts[channel].raise(outputs, outOff + table.inputs, logits, r * levels);
        }
    }

    @Override
    public void backward(int rows, float[] outputs, float[] gradient, int row) {
        tableGradient.add(kernels, rows, outputs, 0, row, logits, 0, levels);
        tableGradient.addBias(rows, logits, 0, levels);
        Arrays.fill(gradient, 0, rows * row, 0);
        table.back(kernels, rows, logits, 0, levels, gradient, 0, row);
        for (int r = 0; r < rows && palette > 0; r++) {
            System.arraycopy(raised, r * palette, gradient, r * row + table.inputs, palette);
        }
    }

    @Override
    public int draw(Tile tile, int channel, float[] outputs, double uniform) {
        logits(HeadKernels.ROWS, outputs, HeadLayer.pad(table.inputs + palette));
        raise(tile, 0, channel, outputs, 0);
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
