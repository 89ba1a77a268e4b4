package org.bbans.model;

import org.bbans.model.kernel.Dense;
import org.bbans.model.kernel.Kernels;

/** The features of every pixel: the decoder's last layer, computed for some pixels at a time. A workspace. */
final class FeatureRows {

    /** Units of the decoder's output that are computed together. */
    private static final int UNITS = 64;

    private final Dense layer;
    private final Kernels kernels;
    private final int features;
    private final int pixels;
    private final int chunk;
    private float[][] code;
    private int start;
    private int end;

    /** {@code [feature][lane]} of the pixels in hand; a pixel's features begin at {@link #offset}. */
    final float[][] rows;

    /** Features of a model with latents. */
    FeatureRows(Network network, Kernels kernels, int capacity) {
        this.kernels = kernels;
        layer = network.decoder.get(network.decoder.size() - 1);
        features = network.spec.features();
        pixels = network.spec.pixels();
        // A multiple of the kernels' block, so that chunks begin at a block of the packed weights.
        chunk = Math.max(Dense.BLOCK, UNITS / features & -Dense.BLOCK);
        rows = new float[features * Math.min(chunk, pixels)][capacity];
    }

    /** The condition: the decoder's last hidden layer, or the latents if it has none. */
    void given(float[][] hidden) {
        code = hidden;
    }

    /** Before the first pixel. */
    void begin() {
        start = 0;
        end = 0;
    }

    /** The first row of a pixel, computed if it is not among those in hand; pixels come in order. */
    int offset(int pixel, int lanes) {
        if (pixel >= end) {
            start = pixel;
            end = Math.min(pixels, pixel + chunk);
            kernels.dense(layer, start * features, (end - start) * features, code, lanes, rows);
        }
        return (pixel - start) * features;
    }
}
