package org.bbans.model.train.head;

import java.util.Optional;
import java.util.SplittableRandom;

/** A head's activations for one record, and the sums of its gradients: the trunk and the tails behind it. */
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

    /** The cross-entropy of some pixels of a record in nats, and its gradients if they are wanted. */
    double run(Pixels pixels) {
        begin(pixels.count());
        trunk.forward(pixels);
        double sum = run(mark.orElse(tail), pixels, pixels.positions(), everySlot, pixels.count());
        if (mark.isPresent()) {
            final int ink = pixels.canvas().findInk(pixels.positions(), pixels.count(), inkSlots, inkPositions);
            sum += run(tail, pixels, inkPositions, inkSlots, ink);
        }
        if (pixels.wantsGradient()) {
            trunk.backward(pixels);
        }
        return sum;
    }

    /** The cross-entropy that one of the tails gives to the pixels {@code positions} in the trunk's {@code slots}. */
    private double run(TailGradient some, Pixels pixels, int[] positions, int[] slots, int count) {
        double sum = 0;
        for (int start = 0; start < count; start += Tile.MAX_ROWS) {
            final int rows = Math.min(Tile.MAX_ROWS, count - start);
            final Tile tile = new Tile(pixels.canvas(), positions, slots, start, rows);
            some.take(trunk, tile);
            for (int channel = 0; channel < channels; channel++) {
                some.forward(tile, channel);
                sum += some.loss(tile, channel, pixels.scale());
                if (pixels.wantsGradient()) {
                    some.backward(tile, channel);
                }
            }
            if (pixels.wantsGradient()) {
                some.give(trunk, tile);
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

    /** Evaluates one pixel of all; those before it must have been evaluated if the head has blocks. */
    void pixel(Pixels all, int pixel) {
        trunk.forward(all, pixel);
        final Tile tile = tile(all, pixel);
        tail.take(trunk, tile);
        mark.ifPresent(m -> m.take(trunk, tile));
    }

    /** Draws a sample of the last {@link #pixel}. */
    int draw(Pixels all, int pixel, int channel, SplittableRandom random) {
        final Tile tile = tile(all, pixel);
        if (mark.isPresent() && mark.get().draw(tile, channel, random) == 0) {
            return 0;
        }
        return tail.draw(tile, channel, random);
    }

    private Tile tile(Pixels all, int pixel) {
        return new Tile(all.canvas(), all.positions(), everySlot, pixel, 1);
    }
}
