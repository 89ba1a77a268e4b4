package org.bbans.model.train.head;

import java.util.Optional;
import java.util.SplittableRandom;

/** What one thread needs to evaluate the head: a record in a frame, the activations, and sums of gradients. */
final class HeadWorker {

    private final int dims;
    private final int channels;
    private final int features;
    private final Canvas canvas;
    private final HeadNetwork network;
    /** A hurdle's mark if it has a trunk of its own; the other network is then evaluated where samples are not zero. */
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
     * The cross-entropy of the records {@code from .. to} in nats, and its gradients.
     *
     * @param gradient receives the gradient by the batch's features; null if no gradients are wanted
     */
    double run(HeadBatch batch, int from, int to, float[] gradient, float scale) {
        double sum = 0;
        for (int image = from; image < to; image++) {
            canvas.paint(batch.records(), image * dims);
            final Pixels pixels = pixels(batch, image, gradient, scale);
            sum += mark.orElse(network).run(pixels);
            if (mark.isPresent()) {
                sum += levels(pixels);
            }
        }
        return sum;
    }

    private Pixels pixels(HeadBatch batch, int image, float[] gradient, float scale) {
        final int count = batch.positions().length;
        return new Pixels(canvas, batch.positions(), count, batch.features(), image * count * features, gradient,
                scale);
    }

    /** A hurdle's levels: the cross-entropy of the samples that are not zero. */
    private double levels(Pixels all) {
        if (chosen.length < all.count()) {
            chosen = new int[all.count()];
            slots = new int[all.count()];
            chosenFeatures = new float[all.count() * features];
            chosenGradient = new float[all.count() * features];
        }
        final int n = canvas.findInk(all.positions(), all.count(), slots, chosen);
        if (n == 0) {
            return 0;
        }
        for (int s = 0; s < n; s++) {
            System.arraycopy(all.features(), all.offset() + slots[s] * features, chosenFeatures, s * features,
                    features);
        }
        final double sum = network.run(new Pixels(canvas, chosen, n, chosenFeatures, 0,
                all.wantsGradient() ? chosenGradient : null, all.scale()));
        for (int s = 0; s < n && all.wantsGradient(); s++) {
            HeadLayer.add(chosenGradient, s * features, all.gradient(), all.offset() + slots[s] * features, features);
        }
        return sum;
    }

    /** Draws a record sample by sample: the batch's {@code image}, of which all pixels are in the batch. */
    void draw(HeadBatch batch, int image, byte[] given, SplittableRandom random) {
        final Pixels all = pixels(batch, image, null, 0);
        network.begin(all.count());
        mark.ifPresent(m -> m.begin(all.count()));
        canvas.clear();
        for (int pixel = 0; pixel < all.count(); pixel++) {
            // Each pixel's luck is its own, however many numbers those before it took.
            final SplittableRandom luck = random.split();
            if (mark.isPresent()) {
                mark.get().pixel(all, pixel);
                if (mark.get().draw(all, pixel, 0, luck) == 0) {
                    if (given != null) {
                        canvas.set(pixel, given[image * dims + pixel] & 0xFF);
                    }
                    continue;
                }
            }
            network.pixel(all, pixel);
            for (int channel = 0; channel < channels; channel++) {
                final int level = network.draw(all, pixel, channel, luck);
                final int sample = pixel * channels + channel;
                canvas.set(sample, given == null ? level : given[image * dims + sample] & 0xFF);
                batch.records()[image * dims + sample] = (byte) level;
            }
        }
    }
}
