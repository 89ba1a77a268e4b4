package org.bbans.model.train;

import java.util.SplittableRandom;

/** What one thread needs to evaluate the head: a record in a frame, the activations, and sums of gradients. */
final class HeadWorker {

    private final int dims;
    private final int channels;
    private final int features;
    private final Canvas canvas;
    private final Trunk trunk;
    private final Tail tail;

    HeadWorker(HeadWeights weights, Parameters layout, HeadKernels kernels) {
        dims = weights.spec.dims();
        channels = weights.spec.channels();
        features = weights.spec.features();
        canvas = new Canvas(weights.spec);
        trunk = new Trunk(weights, layout, kernels);
        tail = new Tail(weights, kernels, trunk.width());
    }

    /** Forgets the gradients of the weights. */
    void clear() {
        trunk.clear();
        tail.clear();
    }

    /** Adds the gradients of the weights to the flat gradient. */
    void addTo(float[] flat) {
        trunk.addTo(flat);
        tail.addTo(flat);
    }

    /**
     * The cross-entropy of some of the records in nats, and its gradients. See {@link HeadGradient#gradient}.
     *
     * @param featureGradient null if no gradients are wanted
     */
    double run(float[] parameters, byte[] records, int from, int to, int[] positions, float[] featureRows,
               float[] featureGradient, float scale) {
        trunk.choose(positions.length);
        double sum = 0;
        for (int image = from; image < to; image++) {
            final int featureOff = image * positions.length * features;
            canvas.paint(records, image * dims);
            trunk.forward(parameters, canvas, positions, featureRows, featureOff);
            for (int start = 0; start < positions.length; start += Tail.TILE) {
                final int n = Math.min(Tail.TILE, positions.length - start);
                tail.take(trunk, start, n);
                tail.startTile(n);
                for (int channel = 0; channel < channels; channel++) {
                    tail.forward(canvas, positions, start, n, channel);
                    sum += tail.loss(canvas, positions, start, n, channel, scale);
                    if (featureGradient != null) {
                        tail.backward(n, channel);
                    }
                }
                if (featureGradient != null) {
                    tail.give(trunk, start, n);
                }
            }
            if (featureGradient != null) {
                trunk.backward(positions, featureGradient, featureOff);
            }
        }
        return sum;
    }

    /** Draws a record sample by sample. See {@link HeadGradient#draw}. */
    void draw(float[] parameters, int[] everywhere, float[] featureRows, int image, SplittableRandom random,
              byte[] records) {
        trunk.choose(everywhere.length);
        canvas.clear();
        for (int pixel = 0; pixel < everywhere.length; pixel++) {
            trunk.forward(parameters, canvas, everywhere, featureRows, image * everywhere.length * features, pixel);
            tail.take(trunk, pixel, 1);
            for (int channel = 0; channel < channels; channel++) {
                tail.forward(canvas, everywhere, pixel, 1, channel);
                final int level = tail.draw(canvas, pixel, channel, random.nextDouble());
                canvas.set(pixel * channels + channel, level);
                records[image * dims + pixel * channels + channel] = (byte) level;
            }
        }
    }
}
