package org.bbans.model.causal;

import org.bbans.model.spec.ModelSpec;

/**
 * The extents of a record: everything that predicts samples from their neighbours is sized by it.
 *
 * @param height rows of pixels
 * @param width pixels in a row
 * @param channels samples in a pixel
 */
public record Grid(int height, int width, int channels) {

    /** The records of a model; without a window a record is one row of pixels of one sample. */
    public static Grid of(ModelSpec spec) {
        return spec.likelihood().window().isPresent()
                ? new Grid(spec.shape().get(0), spec.shape().get(1), spec.channels()) : new Grid(1, spec.dims(), 1);
    }

    /** Number of pixels. */
    public int pixels() {
        return height * width;
    }

    /** Number of samples. */
    public int dims() {
        return pixels() * channels;
    }
}
