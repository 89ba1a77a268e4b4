package org.bbans.model.spec;

/**
 * Residual causal convolutions over the first hidden layer: they let a pixel see beyond its window at the price of
 * one more layer each, for what they made of earlier pixels is kept.
 *
 * @param count number of convolutions, 1 to 16
 * @param radius pixels to the left and to the right, 0 to 8
 * @param rows rows above, 0 to 8
 */
public record Blocks(int count, int radius, int rows) {
    /** Checks the limits. */
    public Blocks {
        SpecChecks.range("block count", count, 1, ModelSpec.MAX_BLOCKS);
        SpecChecks.range("block radius", radius, 0, ModelSpec.MAX_BLOCK_EXTENT);
        SpecChecks.range("block rows", rows, 0, ModelSpec.MAX_BLOCK_EXTENT);
    }

    /** Pixels that a convolution sees: the rows above from the topmost, the current row, the pixel itself last. */
    public int taps() {
        return rows * (2 * radius + 1) + radius + 1;
    }

    /** Pixels whose activations are kept: from the first tap of the pixel in hand up to itself. */
    public int kept(int width, int pixels) {
        return (int) Math.min(pixels, (long) rows * width + radius + 1);
    }
}
