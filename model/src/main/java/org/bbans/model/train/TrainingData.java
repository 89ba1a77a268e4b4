package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The records of a training, cut into a training and a validation part. With binarisation the training part keeps its
 * 256 levels, and {@link #draw} draws two-valued records from it.
 */
final class TrainingData {

    private final int dims;
    private final int width;
    private final int channels;
    private final TrainingOptions.Variation variation;
    private final byte[] train;
    private final byte[] validation;

    /** Cuts the records of a training. */
    TrainingData(TrainingOptions options) {
        final var shape = options.spec().shape();
        dims = options.spec().dims();
        channels = shape.size() == 3 ? shape.get(2) : 1;
        width = shape.get(Math.min(1, shape.size() - 1));
        variation = options.variation();
        final byte[] samples = options.records().samples();
        final int split = options.trainingRecords() * dims;
        train = Arrays.copyOf(samples, split);
        validation = Arrays.copyOfRange(samples, split, split + options.parts().validation() * dims);
        if (variation.binarise()) {
            binarise(validation, 0, validation.length, new SplittableRandom(options.seed()));
        }
    }

    private static void binarise(byte[] samples, int off, int n, SplittableRandom random) {
        for (int i = off; i < off + n; i++) {
            samples[i] = (byte) (random.nextInt(255) < (samples[i] & 0xff) ? 1 : 0);
        }
    }

    /** Records of the training part. */
    int records() {
        return train.length / dims;
    }

    /** Levels of the validation part; not a copy. */
    byte[] validation() {
        return validation;
    }

    /** Copies a record's levels to {@code to}, moved, mirrored and binarised at random if this training does that. */
    void draw(int record, byte[] to, int off, SplittableRandom random) {
        final int shift = variation.shift();
        if (shift > 0) {
            move(record * dims, to, off, random.nextInt(-shift, shift + 1), random.nextInt(-shift, shift + 1));
        } else {
            System.arraycopy(train, record * dims, to, off, dims);
        }
        if (variation.flip() && random.nextBoolean()) {
            mirror(to, off);
        }
        if (variation.binarise()) {
            binarise(to, off, dims, random);
        }
    }

    private void mirror(byte[] record, int off) {
        final int line = width * channels;
        for (int start = off; start < off + dims; start += line) {
            for (int left = 0, right = width - 1; left < right; left++, right--) {
                for (int c = 0; c < channels; c++) {
                    final byte b = record[start + left * channels + c];
                    record[start + left * channels + c] = record[start + right * channels + c];
                    record[start + right * channels + c] = b;
                }
            }
        }
    }

    /** Copies a record, moved; places that nothing moves to become level 0. */
    private void move(int from, byte[] to, int off, int dy, int dx) {
        Arrays.fill(to, off, off + dims, (byte) 0);
        final int height = dims / width;
        final int n = width - Math.abs(dx);
        for (int y = Math.max(0, dy); y < Math.min(height, height + dy) && n > 0; y++) {
            System.arraycopy(train, from + (y - dy) * width + Math.max(0, -dx), to,
                    off + y * width + Math.max(0, dx), n);
        }
    }

    /** How often each level occurs in the training part; with binarisation, on average over its draws. */
    double[] histogram(int levels) {
        final double[] counts = new double[levels];
        for (byte b : train) {
            if (variation.binarise()) {
                counts[1] += (b & 0xff) / 255.0;
                counts[0] += 1 - (b & 0xff) / 255.0;
            } else {
                counts[b & 0xff]++;
            }
        }
        return counts;
    }
}
