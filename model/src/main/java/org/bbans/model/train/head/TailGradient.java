package org.bbans.model.train.head;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The layers after the trunk, which each channel has of its own, and the loss. A tile of pixels at a time: a row for
 * each, of the layer's outputs and behind them the channels of the pixel that are known.
 */
final class TailGradient {

    private final HeadWeights weights;
    private final HeadKernels kernels;
    private final HeadLoss loss;
    private final List<List<HeadLayer.Gradient>> layerGradients = new ArrayList<>();
    private final int layers;
    /** Widths without the known channels, of the inputs and each layer's outputs. */
    private final int[] widths;
    private final int[] rows;
    private final float[][] values;
    private final float[][] gradients;

    TailGradient(HeadWeights weights, HeadKernels kernels, int inputs) {
        this.weights = weights;
        this.kernels = kernels;
        loss = HeadLoss.of(weights, kernels);
        weights.tails.forEach(t -> layerGradients.add(t.stream().map(HeadLayer.Gradient::new).toList()));
        final List<HeadLayer> some = weights.tails.get(0);
        layers = some.size();
        widths = new int[layers + 1];
        rows = new int[layers + 1];
        values = new float[layers + 1][];
        gradients = new float[layers + 1][];
        for (int l = 0; l <= layers; l++) {
            widths[l] = l == 0 ? inputs : some.get(l - 1).outputs;
            rows[l] = HeadLayer.pad(widths[l] + (l < layers ? weights.tails.size() - 1 : 0));
            values[l] = new float[Tile.MAX_ROWS * rows[l]];
            gradients[l] = new float[Tile.MAX_ROWS * rows[l]];
        }
    }

    /** A new record. */
    void begin() {
        loss.begin();
    }

    /** Takes the trunk's outputs of a tile, and prepares for the gradients of all channels. */
    void take(TrunkGradient trunk, Tile tile) {
        final int padded = HeadLayer.roundRows(tile.rows());
        for (int r = 0; r < tile.rows(); r++) {
            System.arraycopy(trunk.outputs(), trunk.at(tile.slot(r)), values[0], r * rows[0], widths[0]);
        }
        Arrays.fill(values[0], tile.rows() * rows[0], padded * rows[0], 0);
        if (layers > 0) {
            Arrays.fill(gradients[0], 0, padded * rows[0], 0);
        }
    }

    /** The outputs for a channel, given the ones before it. */
    void forward(Tile tile, int channel) {
        final int padded = HeadLayer.roundRows(tile.rows());
        for (int l = 0; l < layers; l++) {
            for (int r = 0; r < tile.rows(); r++) {
                for (int c = 0; c < channel; c++) {
                    values[l][r * rows[l] + widths[l] + c] = tile.canvas().known(tile.pixel(r), c);
                }
            }
            final HeadLayer layer = weights.tails.get(channel).get(l);
            layer.bias(padded, values[l + 1], 0, rows[l + 1]);
            layer.multiply(kernels, padded, values[l], 0, rows[l], values[l + 1], 0, rows[l + 1]);
            if (l < layers - 1) {
                kernels.activate(weights.spec.activation(), values[l + 1], 0, padded * rows[l + 1]);
            }
        }
    }

    /** Draws the sample of a tile of one row. */
    int draw(Tile tile, int channel, SplittableRandom random) {
        forward(tile, channel);
        return loss.draw(tile, channel, values[layers], random.nextDouble());
    }

    /** The cross-entropy of a channel in nats with the outputs that {@link #forward} has left; its gradient is kept. */
    double loss(Tile tile, int channel, float scale) {
        final int row = rows[layers];
        final double sum = loss.crossEntropy(tile, channel, values[layers], gradients[layers], row, scale);
        Arrays.fill(gradients[layers], tile.rows() * row, HeadLayer.roundRows(tile.rows()) * row, 0);
        return sum;
    }

    /** Carries a channel's gradient back to the trunk's outputs, where it adds to those of other channels. */
    void backward(Tile tile, int channel) {
        final int padded = HeadLayer.roundRows(tile.rows());
        loss.backward(padded, values[layers], gradients[layers], rows[layers]);
        for (int l = layers - 1; l >= 0; l--) {
            final HeadLayer layer = weights.tails.get(channel).get(l);
            final HeadLayer.Gradient sum = layerGradients.get(channel).get(l);
            if (l < layers - 1) {
                kernels.activationGradient(weights.spec.activation(), values[l + 1], 0, gradients[l + 1], 0,
                        padded * rows[l + 1]);
            }
            sum.add(kernels, padded, values[l], 0, rows[l], gradients[l + 1], 0, rows[l + 1]);
            sum.addBias(padded, gradients[l + 1], 0, rows[l + 1]);
            if (l > 0) {
                Arrays.fill(gradients[l], 0, padded * rows[l], 0);
            }
            layer.back(kernels, padded, gradients[l + 1], 0, rows[l + 1], gradients[l], 0, rows[l]);
        }
    }

    /** Adds the gradient by the trunk's outputs to that of other tails. */
    void give(TrunkGradient trunk, Tile tile) {
        for (int r = 0; r < tile.rows(); r++) {
            HeadLayer.add(gradients[0], r * rows[0], trunk.gradient(), trunk.at(tile.slot(r)), widths[0]);
        }
    }

    /** Forgets the gradients of the weights. */
    void clear() {
        layerGradients.forEach(t -> t.forEach(HeadLayer.Gradient::clear));
        loss.clear();
    }

    /** Adds the gradients of the weights to the flat gradient. */
    void addTo(float[] flat) {
        layerGradients.forEach(t -> t.forEach(g -> g.addTo(flat)));
        loss.addTo(flat);
    }
}
