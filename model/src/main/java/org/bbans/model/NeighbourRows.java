package org.bbans.model;

import org.bbans.model.ModelSpec.Window;

/** What the head sees of the already coded samples around a pixel. A workspace. */
abstract sealed class NeighbourRows {

    final int features;
    final int channels;
    final int width;
    final int radius;
    final int above;

    private NeighbourRows(ModelSpec spec) {
        final Window window = spec.likelihood().window().orElseThrow();
        features = spec.features();
        channels = spec.channels();
        width = spec.shape().get(1);
        radius = window.radius();
        above = window.rows();
    }

    /** Those of a model with a window. */
    static NeighbourRows of(ModelSpec spec, SampleRows samples, int capacity) {
        return spec.likelihood().window().orElseThrow().relative() ? new Relative(spec, samples, capacity)
            : new Plain(spec, samples);
    }

    /** Adds what the window gives for a pixel, behind the features. Samples before the pixel have been set. */
    abstract void gather(int pixel, InputRows inputs, int lanes);

    /** A sample of the pixel that was gathered last, as its later channels see it. */
    abstract float[] coded(int pixel, int channel, int lanes);

    /** The levels that the likelihood's means of a channel are relative to; null if they are absolute. */
    abstract float[] reference(int channel);

    /** The first pixel of the window's row {@code dy} (at most 0) that lies inside the record. */
    final int first(int pixel, int dy) {
        final int x = pixel % width;
        return pixel + dy * width - Math.min(x, radius);
    }

    /** The pixel after the last one of the window's row {@code dy} that lies inside the record. */
    final int end(int pixel, int dy) {
        final int x = pixel % width;
        return pixel + dy * width + (dy < 0 ? Math.min(width - 1 - x, radius) + 1 : 0);
    }

    /** The first of the head's inputs for the neighbour {@code q} in the window's row {@code dy}. */
    final int input(int pixel, int dy, int q) {
        final int dx = q - (pixel + dy * width);
        return features + ((dy + above) * (2 * radius + 1) + dx + radius) * channels;
    }

    /** Values from 0 to 1, and marks if the window has them. */
    private static final class Plain extends NeighbourRows {

        private final SampleRows samples;
        private final int values;
        private final boolean marks;

        Plain(ModelSpec spec, SampleRows samples) {
            super(spec);
            this.samples = samples;
            values = spec.windowSize() * channels;
            marks = spec.likelihood().window().orElseThrow().marks();
        }

        @Override
        void gather(int pixel, InputRows inputs, int lanes) {
            gather(pixel, samples.rows, 0, inputs);
            if (marks) {
                gather(pixel, samples.marks, values, inputs);
            }
        }

        private void gather(int pixel, float[][] rows, int shift, InputRows inputs) {
            for (int dy = -Math.min(above, pixel / width); dy <= 0; dy++) {
                final int begin = first(pixel, dy) * channels;
                final int end = end(pixel, dy) * channels;
                final int input = input(pixel, dy, first(pixel, dy)) + shift;
                int i = begin;
                while (i < end) {
                    final int from = i;
                    while (i < end && !samples.blank[i]) {
                        i++;
                    }
                    inputs.addAll(rows, from, i - from, input + from - begin);
                    while (i < end && samples.blank[i]) {
                        i++;
                    }
                }
            }
        }

        @Override
        float[] coded(int pixel, int channel, int lanes) {
            return samples.rows[pixel * channels + channel];
        }

        @Override
        float[] reference(int channel) {
            return null;
        }
    }

    /** Differences from the mean of the left, upper left, upper and upper right neighbours, and that mean. */
    private static final class Relative extends NeighbourRows {

        private static final float DIFFERENCE_SCALE = 1 / ModelSpec.LogisticMixture.RELATIVE_UNIT;
        private static final float MEAN_SCALE = 1 / ModelSpec.LogisticMixture.HALF_RANGE;

        private final SampleRows samples;
        private final float[][] means;
        private final float[][] scaledMeans;
        private final float[][] differences;
        private final float[][] coded;

        Relative(ModelSpec spec, SampleRows samples, int capacity) {
            super(spec);
            this.samples = samples;
            means = new float[channels][capacity];
            scaledMeans = new float[channels][capacity];
            differences = new float[spec.windowSize() * channels][capacity];
            coded = new float[channels][capacity];
        }

        @Override
        void gather(int pixel, InputRows inputs, int lanes) {
            for (int c = 0; c < channels; c++) {
                mean(pixel, c, lanes);
            }
            int used = 0;
            for (int dy = -Math.min(above, pixel / width); dy <= 0; dy++) {
                for (int q = first(pixel, dy); q < end(pixel, dy); q++) {
                    for (int c = 0; c < channels; c++) {
                        final float[] row = differences[used++];
                        difference(samples.levels[q * channels + c], means[c], row, lanes);
                        inputs.add(row, input(pixel, dy, q) + c);
                    }
                }
            }
            for (int c = 0; c < channels; c++) {
                inputs.add(scaledMeans[c], features + differences.length + c);
            }
        }

        @Override
        float[] coded(int pixel, int channel, int lanes) {
            difference(samples.levels[pixel * channels + channel], means[channel], coded[channel], lanes);
            return coded[channel];
        }

        @Override
        float[] reference(int channel) {
            return means[channel];
        }

        private void mean(int pixel, int channel, int lanes) {
            final float[] mean = means[channel];
            final int x = pixel % width;
            clear(mean, lanes);
            int count = 0;
            if (x > 0) {
                count += add(pixel - 1, channel, mean, lanes);
            }
            if (pixel >= width) {
                count += x > 0 ? add(pixel - width - 1, channel, mean, lanes) : 0;
                count += add(pixel - width, channel, mean, lanes);
                count += x < width - 1 ? add(pixel - width + 1, channel, mean, lanes) : 0;
            }
            final float[] scaled = scaledMeans[channel];
            for (int j = 0; j < lanes; j++) {
                mean[j] = count == 0 ? ModelSpec.LogisticMixture.HALF_RANGE : mean[j] / count;
                scaled[j] = mean[j] * MEAN_SCALE - 1f;
            }
        }

        private int add(int pixel, int channel, float[] sum, int lanes) {
            final float[] level = samples.levels[pixel * channels + channel];
            for (int j = 0; j < lanes; j++) {
                sum[j] += level[j];
            }
            return 1;
        }

        private static void clear(float[] row, int lanes) {
            for (int j = 0; j < lanes; j++) {
                row[j] = 0f;
            }
        }

        private static void difference(float[] level, float[] mean, float[] out, int lanes) {
            for (int j = 0; j < lanes; j++) {
                out[j] = (level[j] - mean[j]) * DIFFERENCE_SCALE;
            }
        }
    }
}
