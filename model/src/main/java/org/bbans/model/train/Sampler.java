package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.spec.ModelSpec;

/**
 * What a step sees: some records, some positions of them, and noise. All of it depends on the seed and the step alone,
 * so that a training that was resumed takes the same steps as one that was never interrupted.
 */
final class Sampler {

    /** Levels, {@code [batch][dims]}. */
    final byte[] records;
    /** Pixels, ascending. */
    final int[] positions;
    /** The records as the encoder sees them, {@code [batch][dims]}. */
    final float[] x01;
    /** Standard normal, {@code [batch][latents]}. */
    final float[] eps;

    private final EpochOrder order;
    private final ModelSpec spec;
    private final double dropout;
    private final int[] shuffled;

    Sampler(ModelSpec spec, TrainingOptions options, TrainingData data) {
        order = new EpochOrder(options, data);
        this.spec = spec;
        dropout = options.variation().dropout();
        records = new byte[options.batch() * spec.dims()];
        positions = new int[options.positions()];
        x01 = new float[spec.latents() > 0 ? records.length : 0];
        eps = new float[options.batch() * spec.latents()];
        shuffled = new int[spec.pixels()];
    }

    /** Draws all that step number {@code step} needs. */
    void draw(long step) {
        final SplittableRandom random = order.random(step);
        order.draw(step, random, records);
        drawPositions(random);
        if (spec.latents() > 0) {
            toX01(records, x01, spec.levels());
            dropOut(random);
            normal(random, eps);
        }
    }

    private void drawPositions(SplittableRandom random) {
        Arrays.setAll(shuffled, i -> i);
        EpochOrder.shuffle(shuffled, positions.length, random);
        System.arraycopy(shuffled, 0, positions, 0, positions.length);
        Arrays.sort(positions);
    }

    private void dropOut(SplittableRandom random) {
        if (dropout > 0) {
            // What stays grows, so that sums stay as large on average as they are without dropout.
            final float kept = (float) (1 / (1 - dropout));
            for (int i = 0; i < x01.length; i++) {
                x01[i] = random.nextDouble() < dropout ? 0 : x01[i] * kept;
            }
        }
    }

    /** Levels as fractions of the highest one. */
    static void toX01(byte[] records, float[] to, int levels) {
        final float top = levels - 1;
        for (int i = 0; i < records.length; i++) {
            to[i] = (records[i] & 0xff) / top;
        }
    }

    /** Fills an array with standard normal numbers. */
    static void normal(SplittableRandom random, float[] to) {
        for (int i = 0; i < to.length; i += 2) {
            // Box and Muller
            final double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
            final double angle = 2 * Math.PI * random.nextDouble();
            to[i] = (float) (radius * Math.cos(angle));
            if (i + 1 < to.length) {
                to[i + 1] = (float) (radius * Math.sin(angle));
            }
        }
    }
}
