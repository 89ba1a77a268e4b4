package org.bbans.model.causal;

import java.util.List;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.SparseInputs;

/**
 * The features of every pixel: the decoder's last layer. In raster order they are computed for some pixels at a time.
 * Fronts need those of all rows early: for pieces of several pixels all are computed at the beginning. A model without
 * latents has none.
 */
final class Features {

    /** Units of the decoder's output that are computed together. */
    private static final int UNITS = 64;

    /** Absent without latents. */
    private final Dense layer;
    private final Kernels kernels;
    private final PixelOrder order;
    private final int count;
    private final int pixels;
    private final int chunk;
    /** {@code [feature][place * records + record]}; empty if pieces have one pixel. */
    private final float[][] all;
    private float[][] code;
    private int start;
    private int end;

    /** {@code [feature][lane]} of the pixels in hand; a pixel's features begin at {@link #offset}. */
    private final float[][] rows;
    /** The rows of one pixel. */
    private final float[][] own;

    Features(Workspace w) {
        kernels = w.kernels();
        order = w.order();
        final List<Dense> decoder = w.network().decoder;
        layer = decoder.isEmpty() ? null : decoder.get(decoder.size() - 1);
        count = w.spec().features();
        pixels = w.grid().pixels();
        // A multiple of the kernels' block, so that chunks begin at a block of the packed weights.
        chunk = count == 0 ? 0 : Math.max(Dense.BLOCK, UNITS / count & -Dense.BLOCK);
        rows = new float[count * Math.min(chunk, pixels)][Kernels.lanesFor(w.records())];
        own = new float[count][];
        all = new float[order.isJoint() ? count : 0][pixels * w.records()];
    }

    /**
     * Begins with the first pixel.
     *
     * @param hidden the condition: the decoder's last hidden layer, or the latents if it has none
     */
    void begin(float[][] hidden, int records) {
        code = hidden;
        start = 0;
        end = 0;
        for (int pixel = 0; all.length > 0 && pixel < pixels; pixel++) {
            final int offset = offset(pixel, Kernels.lanesFor(records));
            for (int f = 0; f < count; f++) {
                System.arraycopy(rows[offset + f], 0, all[f], order.places[pixel] * records, records);
            }
        }
    }

    /** Adds the features of a piece. */
    void add(Piece piece, SparseInputs to) {
        if (all.length > 0) {
            piece.look(0, 0);
            piece.add(all, to, 0);
        } else if (count > 0) {
            to.addAll(rows, offset(piece.pixel(0), piece.lanes), count, 0);
        }
    }

    /** The features of a piece of one pixel, {@code [feature][lane]}, overwritten by the next call. */
    float[][] rows(Piece piece) {
        System.arraycopy(rows, offset(piece.pixel(0), piece.lanes), own, 0, count);
        return own;
    }

    /** The first row of a pixel, computed if it is not among those in hand; pixels come in raster order. */
    private int offset(int pixel, int lanes) {
        if (pixel >= end) {
            start = pixel;
            end = Math.min(pixels, pixel + chunk);
            kernels.dense(layer, start * count, (end - start) * count, code, lanes, rows);
        }
        return (pixel - start) * count;
    }
}
