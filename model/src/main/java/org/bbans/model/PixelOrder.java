package org.bbans.model;

import java.util.Arrays;

/**
 * The order in which the pixels of a record are coded, and which of them are coded together. Immutable.
 *
 * <p>In raster order every pixel is a piece of its own. The front of a pixel (y, x) is x + {@link #stride} * y: all
 * that a pixel sees of others lies in earlier fronts, so those of one front can be predicted together, and few records
 * fill the lanes.
 */
final class PixelOrder {

    /** Pixels by place in the order. */
    final int[] pixels;
    /** Places by pixel. */
    final int[] places;
    /** Pixels in a row of a record. */
    final int width;
    /** Distance of two neighbouring pixels of a front, in columns. */
    final int stride;
    private final boolean fronts;

    private PixelOrder(int[] pixels, int[] places, int width, int stride, boolean fronts) {
        this.pixels = pixels;
        this.places = places;
        this.width = width;
        this.stride = stride;
        this.fronts = fronts;
    }

    static PixelOrder raster(ModelSpec spec) {
        final int[] identity = new int[spec.pixels()];
        Arrays.setAll(identity, i -> i);
        final boolean window = spec.likelihood().window().isPresent();
        return new PixelOrder(identity, identity, window ? spec.shape().get(1) : spec.pixels(), 1, false);
    }

    /** Front after front, and in a front row after row. */
    static PixelOrder fronts(ModelSpec spec) {
        if (!hasFronts(spec)) {
            throw new IllegalArgumentException("no two pixels of a record have the same front");
        }
        final int height = spec.shape().get(0);
        final int width = spec.shape().get(1);
        final int stride = stride(spec);
        final int[] pixels = new int[height * width];
        final int[] places = new int[height * width];
        int place = 0;
        for (int front = 0; place < pixels.length; front++) {
            final int first = Math.max(0, Math.floorDiv(front - width, stride) + 1);
            for (int y = first; y <= Math.min(height - 1, front / stride); y++) {
                final int pixel = y * width + front - stride * y;
                places[pixel] = place;
                pixels[place++] = pixel;
            }
        }
        return new PixelOrder(pixels, places, width, stride, true);
    }

    /** Whether the model has a window, and a front of more than one pixel. */
    static boolean hasFronts(ModelSpec spec) {
        return spec.likelihood().window().isPresent() && spec.shape().get(0) > 1
            && spec.shape().get(1) > stride(spec);
    }

    /** One more than the farthest that a pixel sees to the right in the rows above. */
    private static int stride(ModelSpec spec) {
        final ModelSpec.Window window = spec.likelihood().window().orElseThrow();
        final int blocks = spec.likelihood().blocks().map(ModelSpec.Blocks::radius).orElse(0);
        // The mean that values are relative to takes the upper right neighbour, whatever the window.
        return 1 + Math.max(Math.max(window.radius(), blocks), window.relative() ? 1 : 0);
    }

    /** Whether pieces may have more than one pixel. */
    boolean isFronts() {
        return fronts;
    }

    /**
     * Where the pieces of a group begin: the places of their first pixels, and in the end the number of pixels. A piece
     * lies in one front and has no more pixels than leave all lanes room, but at least one.
     */
    int[] pieces(int records) {
        final int most = fronts ? Math.max(1, ChainHeader.MAX_LANES / records) : 1;
        final int[] starts = new int[pixels.length + 1];
        int n = 0;
        for (int place = 0; place < pixels.length; place++) {
            if (place == 0 || place - starts[n - 1] == most || front(place) != front(place - 1)) {
                starts[n++] = place;
            }
        }
        starts[n++] = pixels.length;
        return Arrays.copyOf(starts, n);
    }

    private int front(int place) {
        return pixels[place] % width + stride * (pixels[place] / width);
    }
}
