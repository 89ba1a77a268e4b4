package org.bbans.model.train;

import java.util.Optional;
import java.util.SplittableRandom;

/** What one thread needs to evaluate the head: a record in a frame, the activations, and sums of gradients. */
final class HeadWorker {

    private final int dims;
    private final int channels;
    private final int features;
    private final Canvas canvas;
    private final HeadNetwork network;
    /** That of a hurdle's mark if it has a trunk of its own; the other is then evaluated where samples are not zero. */
    private final Optional<HeadNetwork> mark;
    private int[] chosen = {};
    private int[] slots = {};
    private float[] chosenFeatures = {};
    private float[] chosenGradient = {};

    HeadWorker(HeadWeights weights, Optional<HeadWeights> markWeights, HeadKernels kernels) {
        dims = weights.spec.dims();
        channels = weights.spec.channels();
        features = weights.spec.features();
        canvas = new Canvas(weights.spec);
        network = new HeadNetwork(weights, markWeights.filter(w -> w.first.isEmpty()), kernels);
        mark = markWeights.filter(w -> w.first.isPresent()).map(w -> new HeadNetwork(w, Optional.empty(), kernels));
    }

    /** Forgets the gradients of the weights. */
    void clear() {
        network.clear();
        mark.ifPresent(HeadNetwork::clear);
    }

    /** Adds the gradients of the weights to the flat gradient. */
    void addTo(float[] flat) {
        network.addTo(flat);
        mark.ifPresent(m -> m.addTo(flat));
    }

    /**
     * The cross-entropy of some of the records in nats, and its gradients. See {@link HeadGradient#gradient}.
     *
     * @param featureGradient null if no gradients are wanted
     */
    double run(float[] parameters, byte[] records, int from, int to, int[] positions, float[] featureRows,
               float[] featureGradient, float scale) {
        double sum = 0;
        for (int image = from; image < to; image++) {
            final int featureOff = image * positions.length * features;
            canvas.paint(records, image * dims);
            sum += mark.orElse(network).run(parameters, canvas, positions, positions.length, featureRows, featureOff,
                featureGradient, scale);
            if (mark.isPresent()) {
                sum += levels(parameters, positions, featureRows, featureOff, featureGradient, scale);
            }
        }
        return sum;
    }

    /** The levels' part of a hurdle: that of the samples that are not zero. */
    private double levels(float[] parameters, int[] positions, float[] featureRows, int featureOff,
                          float[] featureGradient, float scale) {
        if (chosen.length < positions.length) {
            chosen = new int[positions.length];
            slots = new int[positions.length];
            chosenFeatures = new float[positions.length * features];
            chosenGradient = new float[positions.length * features];
        }
        final int n = canvas.findInk(positions, positions.length, slots, chosen);
        if (n == 0) {
            return 0;
        }
        for (int s = 0; s < n; s++) {
            System.arraycopy(featureRows, featureOff + slots[s] * features, chosenFeatures, s * features, features);
        }
        final double sum = network.run(parameters, canvas, chosen, n, chosenFeatures, 0,
            featureGradient != null ? chosenGradient : null, scale);
        for (int s = 0; s < n && featureGradient != null; s++) {
            HeadLayer.add(chosenGradient, s * features, featureGradient, featureOff + slots[s] * features, features);
        }
        return sum;
    }

    /** Draws a record sample by sample. See {@link HeadGradient#draw}. */
    void draw(float[] parameters, int[] everywhere, float[] featureRows, int image, SplittableRandom random,
              byte[] records) {
        network.begin(everywhere.length);
        mark.ifPresent(m -> m.begin(everywhere.length));
        canvas.clear();
        final int featureOff = image * everywhere.length * features;
        for (int pixel = 0; pixel < everywhere.length; pixel++) {
            if (mark.isPresent()) {
                mark.get().pixel(parameters, canvas, everywhere, featureRows, featureOff, pixel);
                if (mark.get().draw(canvas, everywhere, pixel, 0, random) == 0) {
                    continue;
                }
            }
            network.pixel(parameters, canvas, everywhere, featureRows, featureOff, pixel);
            for (int channel = 0; channel < channels; channel++) {
                final int level = network.draw(canvas, everywhere, pixel, channel, random);
                canvas.set(pixel * channels + channel, level);
                records[image * dims + pixel * channels + channel] = (byte) level;
            }
        }
    }
}
