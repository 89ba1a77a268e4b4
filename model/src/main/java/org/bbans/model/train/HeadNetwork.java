package org.bbans.model.train;

/** A head's activations for one record, and sums of gradients: the trunk and what follows it. */
final class HeadNetwork {

    private final int channels;
    private final Trunk trunk;
    private final Tail tail;

    HeadNetwork(HeadWeights weights, HeadKernels kernels) {
        channels = weights.spec.channels();
        trunk = new Trunk(weights, kernels);
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
     * The cross-entropy of a record in nats, and its gradients.
     *
     * @param positions the pixels in question
     * @param count how many of them, from the first on
     * @param featureGradient null if no gradients are wanted; at the same places as {@code featureRows}
     */
    double run(float[] parameters, Canvas canvas, int[] positions, int count, float[] featureRows, int featureOff,
               float[] featureGradient, float scale) {
        trunk.choose(count);
        trunk.forward(parameters, canvas, positions, featureRows, featureOff);
        tail.begin();
        double sum = 0;
        for (int start = 0; start < count; start += Tail.TILE) {
            final int n = Math.min(Tail.TILE, count - start);
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
        return sum;
    }

    /** Prepares {@link #pixel} for records of so many pixels. */
    void begin(int pixels) {
        trunk.choose(pixels);
        tail.begin();
    }

    /** Evaluates one pixel; those before it must have been evaluated if the head has blocks. */
    void pixel(float[] parameters, Canvas canvas, int[] everywhere, float[] featureRows, int featureOff, int pixel) {
        trunk.forward(parameters, canvas, everywhere, featureRows, featureOff, pixel);
        tail.take(trunk, pixel, 1);
    }

    /** Draws a sample of the last {@link #pixel}. */
    int draw(Canvas canvas, int[] everywhere, int pixel, int channel, double uniform) {
        tail.forward(canvas, everywhere, pixel, 1, channel);
        return tail.draw(canvas, pixel, channel, uniform);
    }
}
