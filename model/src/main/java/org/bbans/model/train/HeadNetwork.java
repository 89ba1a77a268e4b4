package org.bbans.model.train;

import java.util.Optional;
import java.util.SplittableRandom;

/** A head's activations for one record, and sums of gradients: the trunk and what follows it. */
final class HeadNetwork {

    private final int channels;
    private final TrunkGradient trunk;
    private final TailGradient tail;
    /** A hurdle's mark on the same trunk; the other tail is then evaluated where samples are not zero. */
    private final Optional<TailGradient> mark;
    /** 0, 1, 2, ... */
    private int[] everySlot = {};
    private int[] inkSlots = {};
    private int[] inkPositions = {};

    HeadNetwork(HeadWeights weights, Optional<HeadWeights> markWeights, HeadKernels kernels) {
        channels = weights.spec.channels();
        trunk = new TrunkGradient(weights, kernels);
        tail = new TailGradient(weights, kernels, trunk.width());
        mark = markWeights.map(w -> new TailGradient(w, kernels, trunk.width()));
    }

    /** Forgets the gradients of the weights. */
    void clear() {
        trunk.clear();
        tail.clear();
        mark.ifPresent(TailGradient::clear);
    }

    /** Adds the gradients of the weights to the flat gradient. */
    void addTo(float[] flat) {
        trunk.addTo(flat);
        tail.addTo(flat);
        mark.ifPresent(m -> m.addTo(flat));
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
        begin(count);
        trunk.forward(parameters, canvas, positions, featureRows, featureOff);
        final boolean back = featureGradient != null;
        double sum = run(mark.orElse(tail), canvas, positions, everySlot, count, back, scale);
        if (mark.isPresent()) {
            final int ink = canvas.findInk(positions, count, inkSlots, inkPositions);
            sum += run(tail, canvas, inkPositions, inkSlots, ink, back, scale);
        }
        if (back) {
            trunk.backward(positions, featureGradient, featureOff);
        }
        return sum;
    }

    /** The same for one of the tails, at the pixels {@code positions} that are in the trunk's {@code slots}. */
    private double run(TailGradient some, Canvas canvas, int[] positions, int[] slots, int count, boolean back, float scale) {
        double sum = 0;
        for (int start = 0; start < count; start += TailGradient.TILE) {
            final int n = Math.min(TailGradient.TILE, count - start);
            some.take(trunk, slots, start, n);
            some.startTile(n);
            for (int channel = 0; channel < channels; channel++) {
                some.forward(canvas, positions, start, n, channel);
                sum += some.loss(canvas, positions, start, n, channel, scale);
                if (back) {
                    some.backward(n, channel);
                }
            }
            if (back) {
                some.give(trunk, slots, start, n);
            }
        }
        return sum;
    }

    /** Prepares for a record of so many chosen pixels, and {@link #pixel} if these are all. */
    void begin(int count) {
        if (everySlot.length < count) {
            everySlot = new int[count];
            for (int s = 0; s < count; s++) {
                everySlot[s] = s;
            }
            inkSlots = new int[count];
            inkPositions = new int[count];
        }
        trunk.choose(count);
        tail.begin();
        mark.ifPresent(TailGradient::begin);
    }

    /** Evaluates one pixel; those before it must have been evaluated if the head has blocks. */
    void pixel(float[] parameters, Canvas canvas, int[] everywhere, float[] featureRows, int featureOff, int pixel) {
        trunk.forward(parameters, canvas, everywhere, featureRows, featureOff, pixel);
        tail.take(trunk, everySlot, pixel, 1);
        mark.ifPresent(m -> m.take(trunk, everySlot, pixel, 1));
    }

    /** Draws a sample of the last {@link #pixel}. */
    int draw(Canvas canvas, int[] everywhere, int pixel, int channel, SplittableRandom random) {
        if (mark.isPresent() && draw(mark.get(), canvas, everywhere, pixel, channel, random) == 0) {
            return 0;
        }
        return draw(tail, canvas, everywhere, pixel, channel, random);
    }

    private static int draw(TailGradient some, Canvas canvas, int[] everywhere, int pixel, int channel,
                            SplittableRandom random) {
        some.forward(canvas, everywhere, pixel, 1, channel);
        return some.draw(canvas, pixel, channel, random.nextDouble());
    }
}
