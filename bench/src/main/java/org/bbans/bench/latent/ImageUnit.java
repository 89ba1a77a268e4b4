package org.bbans.bench.latent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bbans.model.image.HeadInputs;

/**
 * What has latents of its own: an image, or several.
 *
 * @param inputs of it and perhaps of others
 * @param rows its samples in {@code inputs}, in coding order
 * @param samples number of samples that it has, of which {@code rows} may be some; its latents' cost is shared by them
 * @param statistics of its samples: the encoder's input
 */
record ImageUnit(HeadInputs inputs, int[] rows, long samples, double[] statistics) {

    /** Number of statistics of as many inputs. */
    static int statistics(int inputs) {
        return 2 * inputs + 4;
    }

    /** All samples as one unit. */
    static ImageUnit whole(HeadInputs inputs, long samples) {
        return of(inputs, IntStream.range(0, inputs.size()).toArray(), samples);
    }

    /** Each record by itself. */
    static List<ImageUnit> records(HeadInputs inputs, int recordSamples) {
        final int[][] rows = new int[inputs.size() / recordSamples][recordSamples];
        final int[] filled = new int[rows.length];
        for (int i = 0; i < inputs.size(); i++) {
            final int record = inputs.place()[i] / recordSamples;
            rows[record][filled[record]++] = i;
        }
        final List<ImageUnit> units = new ArrayList<>();
        Arrays.stream(rows).forEach(those -> units.add(of(inputs, those, recordSamples)));
        return units;
    }

    private static ImageUnit of(HeadInputs inputs, int[] rows, long samples) {
        final int n = inputs.width();
        final double[] sums = new double[statistics(n)];
        for (int row : rows) {
            for (int i = 0; i < n; i++) {
                final float v = inputs.x()[row * n + i];
                sums[i] += v;
                sums[n + i] += Math.abs(v);
            }
            final double error = (inputs.value()[row] - inputs.prediction()[row]) / inputs.scale()[row];
            final double squashed = error / (1 + Math.abs(error) / 6);
            sums[2 * n] += squashed;
            sums[2 * n + 1] += Math.abs(squashed);
            sums[2 * n + 2] += error == 0 ? 1 : 0;
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= rows.length;
        }
        sums[2 * n + 3] = Math.log(samples) / 10;
        return new ImageUnit(inputs, rows, samples, sums);
    }

    /** Appends a segment of samples to a batch, random ones unless it takes all. */
    void draw(ModulatedHead.Batch to, int count, SplittableRandom random) {
        for (int i = 0; i < count; i++) {
            to.add(inputs, rows[count == rows.length ? i : random.nextInt(rows.length)]);
        }
        to.endSegment();
    }
}
