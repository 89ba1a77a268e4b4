package org.bbans.model.causal;

import java.util.Optional;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.net.SparseInputs;

/**
 * The features of every pixel: the decoder's last layer. In raster order they are computed for some pixels at a time.
 * Fronts need those of all rows early: for pieces of several pixels all are computed at the beginning. A workspace.
 */
final class Features {

    /** Units of the decoder's output that are computed together. */
    private static final int UNITS = 64;

    private final Dense layer;
    private final Kernels kernels;
    private final PixelOrder order;
    private final int features;
    private final int pixels;
    private final int chunk;
    /** {@code [feature][place * records + record]}; empty if pieces have one pixel. */
    private final float[][] all;
    private float[][] code;
    private int start;
    private int end;

    /** {@code [feature][lane]} of the pixels in hand; a pixel's features begin at {@link #offset}. */
    final float[][] rows;

    /** Features of a model with latents. */
    private Features(Network network, Kernels kernels, PixelOrder order, int records) {
        this.kernels = kernels;
        this.order = order;
        layer = network.decoder.get(network.decoder.size() - 1);
        features = network.spec.features();
        pixels = network.spec.pixels();
        // A multiple of the kernels' block, so that chunks begin at a block of the packed weights.
        chunk = Math.max(Dense.BLOCK, UNITS / features & -Dense.BLOCK);
        rows = new float[features * Math.min(chunk, pixels)][Kernels.lanesFor(records)];
        all = new float[order.isJoint() ? features : 0][pixels * records];
    }

    /**
     * Those of a model; absent without latents.
     *
     * @param records greatest number of records
     */
    static Optional<Features> of(Network network, Kernels kernels, PixelOrder order, int records) {
        return network.spec.features() == 0 ? Optional.empty()
            : Optional.of(new Features(network, kernels, order, records));
    }

    /**
     * Before the first pixel.
     *
     * @param hidden the condition: the decoder's last hidden layer, or the latents if it has none
     */
    void begin(float[][] hidden, int records) {
        code = hidden;
        start = 0;
        end = 0;
        for (int pixel = 0; all.length > 0 && pixel < pixels; pixel++) {
            final int offset = offset(pixel, Kernels.lanesFor(records));
            for (int f = 0; f < features; f++) {
                System.arraycopy(rows[offset + f], 0, all[f], order.places[pixel] * records, records);
            }
        }
    }

    /** Adds the features of a piece. */
    void add(Piece piece, SparseInputs to) {
        if (all.length == 0) {
            to.addAll(rows, offset(piece.pixel(0), piece.lanes), features, 0);
            return;
        }
        piece.look(0, 0);
        piece.add(all, to, 0);
    }

    /** The first row of a pixel, computed if it is not among those in hand; pixels come in raster order. */
    int offset(int pixel, int lanes) {
        if (pixel >= end) {
            start = pixel;
            end = Math.min(pixels, pixel + chunk);
            kernels.dense(layer, start * features, (end - start) * features, code, lanes, rows);
        }
        return (pixel - start) * features;
    }
}
