package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Which records a step sees: epoch by epoch in a random order each, which depends on the seed alone, so that a training
 * that was resumed takes the same steps as one that was never interrupted.
 */
final class EpochOrder {

    private final TrainingData data;
    private final int batch;
    private final int dims;
    private final long seed;
    private final int[] order;
    private long orderEpoch = -1;

    EpochOrder(TrainingOptions options, TrainingData data) {
        this.data = data;
        batch = options.batch();
        dims = options.spec().dims();
        seed = options.seed();
        order = new int[data.records()];
    }

    /** The generator of what is random in a step. */
    SplittableRandom random(long step) {
        return new SplittableRandom(mix(seed, step));
    }

    /** Copies the records of a step. */
    void draw(long step, SplittableRandom random, byte[] records) {
        final int batches = data.records() / batch;
        final long epoch = step / batches;
        if (epoch != orderEpoch) {
            orderEpoch = epoch;
            Arrays.setAll(order, i -> i);
            shuffle(order, order.length, new SplittableRandom(mix(~seed, epoch)));
        }
        final int first = (int) (step % batches) * batch;
        for (int b = 0; b < batch; b++) {
            data.draw(order[first + b], records, b * dims, random);
        }
    }

    /** Fisher-Yates, stopped when the first n are drawn. */
    static void shuffle(int[] a, int n, SplittableRandom random) {
        for (int i = 0; i < n && i < a.length - 1; i++) {
            final int j = i + random.nextInt(a.length - i);
            final int t = a[i];
            a[i] = a[j];
            a[j] = t;
        }
    }

    private static long mix(long seed, long n) {
        return (seed + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L + n * 0x94D049BB133111EBL;
    }
}
