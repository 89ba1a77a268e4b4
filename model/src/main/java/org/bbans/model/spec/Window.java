package org.bbans.model.spec;

import java.util.Objects;

/**
 * The causal neighbourhood of a pixel: full rows above it and what lies to its left.
 *
 * @param radius pixels to the left and to the right, 0 to 32
 * @param rows rows above, 0 to 32
 * @param view how the neighbours' levels become the predictor's inputs
 */
public record Window(int radius, int rows, View view) {

    /** How a window shows its neighbours' levels to the predictor. */
    public enum View {
        /** As {@code level / (levels - 1)}. */
        PLAIN,
        /**
         * Plain, and for every neighbour 1 if it is not zero: in drawings on a blank ground the step from 0 to 1 means
         * more than any other.
         */
        MARKED,
        /**
         * As the difference from the mean of the nearest neighbours, which the predictor sees too: in photographs a
         * pattern means the same in shadow and in light. The likelihood's means are relative to that mean as well.
         */
        RELATIVE
    }

    /** Checks the limits. */
    public Window {
        Objects.requireNonNull(view);
        SpecChecks.range("window radius", radius, 0, ModelSpec.MAX_WINDOW);
        SpecChecks.range("window rows", rows, 0, ModelSpec.MAX_WINDOW);
        SpecChecks.check(radius + rows > 0, "a window must hold at least one neighbour");
    }

    /** Number of neighbours: the rows above from the topmost, then the current row up to the pixel itself. */
    public int size() {
        return rows * (2 * radius + 1) + radius;
    }

    /** Whether the predictor also sees the neighbours' marks. */
    public boolean marks() {
        return view == View.MARKED;
    }

    /** Whether levels are relative to the mean of the nearest neighbours. */
    public boolean relative() {
        return view == View.RELATIVE;
    }

    /**
     * Numbers that the window gives to the predictor: the neighbours' values, then their marks or the means that
     * the values are relative to.
     *
     * @param channels samples in a pixel
     */
    public int inputs(int channels) {
        final int values = size() * channels;
        return switch (view) {
            case PLAIN -> values;
            case MARKED -> 2 * values;
            case RELATIVE -> values + channels;
        };
    }
}
