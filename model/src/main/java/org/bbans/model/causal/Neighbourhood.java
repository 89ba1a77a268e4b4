package org.bbans.model.causal;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.model.net.SparseInputs;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.Window;

/** What the predictor sees of the known samples around the pixels of a piece. */
abstract sealed class Neighbourhood {

    final KnownSamples samples;
    final int features;
    final int channels;
    final int radius;
    final int above;

    private Neighbourhood(Workspace w, KnownSamples samples) {
        this.samples = samples;
        final Optional<Window> window = w.spec().likelihood().window();
        features = w.spec().features();
        channels = w.grid().channels();
        radius = window.map(Window::radius).orElse(0);
        above = window.map(Window::rows).orElse(0);
    }

    /** The neighbourhood that a model's window shows; nothing without a window. */
    static Neighbourhood of(Workspace w, KnownSamples samples) {
        return w.spec().likelihood().window().map(Window::relative).orElse(false) ? new Relative(w, samples)
                : new Absolute(w, samples);
    }

    /** Adds what the window gives for a piece, behind the features. Samples that it sees have been set. */
    abstract void gather(Piece piece, SparseInputs inputs);

    /** A sample of the piece that was gathered last, as its later channels see it. */
    abstract float[] own(Piece piece, int channel);

    /** The levels that the likelihood's means of a channel are relative to; null if they are absolute. */
    abstract float[] reference(int channel);

    /** The last column of the window's row {@code dy}, from the pixel on. */
    final int last(int dy) {
        return dy < 0 ? radius : -1;
    }

    /** The first of the predictor's inputs for the neighbour at (dy, dx). */
    final int input(int dy, int dx) {
        return features + ((dy + above) * (2 * radius + 1) + dx + radius) * channels;
    }

    /** Values from 0 to 1, and marks if the window has them. */
    private static final class Absolute extends Neighbourhood {

        private final int values;
        private final boolean marks;

        Absolute(Workspace w, KnownSamples samples) {
            super(w, samples);
            values = w.spec().windowSize() * channels;
            marks = w.spec().likelihood().window().map(Window::marks).orElse(false);
        }

        @Override
        void gather(Piece piece, SparseInputs inputs) {
            for (int dy = -above; dy <= 0; dy++) {
                for (int dx = -radius; dx <= last(dy); dx++) {
                    if (piece.look(dy, dx)) {
                        samples.addValues(piece, inputs, input(dy, dx));
                    }
                }
            }
            for (int dy = -above; marks && dy <= 0; dy++) {
                for (int dx = -radius; dx <= last(dy); dx++) {
                    if (piece.look(dy, dx)) {
                        samples.addMarks(piece, inputs, values + input(dy, dx));
                    }
                }
            }
        }

        @Override
        float[] own(Piece piece, int channel) {
            piece.look(0, 0);
            return samples.value(piece, channel);
        }

        @Override
        float[] reference(int channel) {
            return null;
        }
    }

    /** Differences from the mean of the left, upper left, upper and upper right neighbours, and that mean. */
    private static final class Relative extends Neighbourhood {

        private static final float DIFFERENCE_SCALE = 1 / MixtureLikelihood.RELATIVE_UNIT;
        private static final float MEAN_SCALE = 1 / MixtureLikelihood.HALF_RANGE;

        private final int differences;
        private final float[][] means;
        private final float[][] scaledMeans;
        private final float[] counts;
        private final float[][] own;

        Relative(Workspace w, KnownSamples samples) {
            super(w, samples);
            differences = w.spec().windowSize() * channels;
            means = new float[channels][w.lanes()];
            scaledMeans = new float[channels][w.lanes()];
            counts = new float[w.lanes()];
            own = new float[channels][w.lanes()];
        }

        @Override
        void gather(Piece piece, SparseInputs inputs) {
            means(piece);
            for (int dy = -above; dy <= 0; dy++) {
                for (int dx = -radius; dx <= last(dy); dx++) {
                    if (piece.look(dy, dx)) {
                        for (int c = 0; c < channels; c++) {
                            final float[] row = inputs.spare();
                            difference(samples.level(piece, c), means[c], row, piece.lanes);
                            piece.clearOutside(row);
                            inputs.add(row, input(dy, dx) + c);
                        }
                    }
                }
            }
            for (int c = 0; c < channels; c++) {
                inputs.add(scaledMeans[c], features + differences + c);
            }
        }

        @Override
        float[] own(Piece piece, int channel) {
            piece.look(0, 0);
            difference(samples.level(piece, channel), means[channel], own[channel], piece.lanes);
            return own[channel];
        }

        @Override
        float[] reference(int channel) {
            return means[channel];
        }

        /** Sets the means; sums of levels are exact in any order. */
        private void means(Piece piece) {
            final int lanes = piece.lanes;
            Arrays.fill(counts, 0, lanes, 0f);
            for (float[] mean : means) {
                Arrays.fill(mean, 0, lanes, 0f);
            }
            add(piece, 0, -1);
            for (int dx = -1; dx <= 1; dx++) {
                add(piece, -1, dx);
            }
            for (int c = 0; c < channels; c++) {
                final float[] mean = means[c];
                final float[] scaled = scaledMeans[c];
                for (int j = 0; j < lanes; j++) {
                    mean[j] = counts[j] == 0 ? MixtureLikelihood.HALF_RANGE : mean[j] / counts[j];
                    scaled[j] = mean[j] * MEAN_SCALE - 1f;
                }
            }
        }

        private void add(Piece piece, int dy, int dx) {
            if (piece.look(dy, dx)) {
                piece.count(counts);
                for (int c = 0; c < channels; c++) {
                    final float[] level = samples.level(piece, c);
                    final float[] sum = means[c];
                    for (int j = 0; j < piece.lanes; j++) {
                        sum[j] += level[j];
                    }
                }
            }
        }

        private static void difference(float[] level, float[] mean, float[] out, int lanes) {
            for (int j = 0; j < lanes; j++) {
                out[j] = (level[j] - mean[j]) * DIFFERENCE_SCALE;
            }
        }
    }
}
