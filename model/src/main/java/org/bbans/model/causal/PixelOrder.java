package org.bbans.model.causal;

import java.util.Arrays;
import org.bbans.model.chain.ChainHeader;
import org.bbans.model.spec.ModelSpec;

/**
 * The order in which the pixels of a record are coded or looked at, and which of them together. Immutable.
 *
 * <p>In raster order every pixel is a piece of its own. The front of a pixel (y, x) is x + s * y, s the stride: all
 * that a pixel sees of others lies in earlier fronts, so those of one front can be predicted together, and few records
 * fill the lanes.
 *
 * <p>If all samples are known, nothing has to wait for others, and a piece may be a row or a part of one.
 */
public final class PixelOrder {

    /** Pixels by place in the order. */
    final int[] pixels;
    /** Places by pixel. */
    final int[] places;
    /** Pixels in a row of a record. */
    final int width;
    /** From a pixel of a piece to the next one, in columns. */
    final int step;
    /** The same in rows: 1 in a front, else 0. */
    final int down;
    private final boolean joint;

    private PixelOrder(int[] pixels, int[] places, int width, int step, int down, boolean joint) {
        this.pixels = pixels;
        this.places = places;
        this.width = width;
        this.step = step;
        this.down = down;
        this.joint = joint;
    }

    public static PixelOrder raster(ModelSpec spec) {
        final boolean window = spec.likelihood().window().isPresent();
        return inRows(spec, window ? spec.shape().get(1) : spec.pixels(), false);
    }

    /** Row after row, for records that are known, of a model with a window. */
    static PixelOrder rows(ModelSpec spec) {
        return inRows(spec, spec.shape().get(1), true);
    }

    private static PixelOrder inRows(ModelSpec spec, int width, boolean joint) {
        final int[] identity = new int[spec.pixels()];
        Arrays.setAll(identity, i -> i);
        return new PixelOrder(identity, identity, width, 1, 0, joint);
    }

    /** Front after front, and in a front row after row. */
    public static PixelOrder fronts(ModelSpec spec) {
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
        return new PixelOrder(pixels, places, width, -stride, 1, true);
    }

    /** Whether the model has a window, and a front of more than one pixel. */
    public static boolean hasFronts(ModelSpec spec) {
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
    boolean isJoint() {
        return joint;
    }

    /**
     * Where the pieces of a group begin: the places of their first pixels, and in the end the number of pixels. A piece
     * lies in one front or row and has no more pixels than leave all lanes room, but at least one.
     */
    int[] pieces(int records) {
        final int most = joint ? Math.max(1, ChainHeader.MAX_LANES / records) : 1;
        final int[] starts = new int[pixels.length + 1];
        int n = 0;
        for (int place = 0; place < pixels.length; place++) {
            if (place == 0 || place - starts[n - 1] == most || line(place) != line(place - 1)) {
                starts[n++] = place;
            }
        }
        starts[n++] = pixels.length;
        return Arrays.copyOf(starts, n);
    }

    /** Which front or row a place belongs to. */
    private int line(int place) {
        final int y = pixels[place] / width;
        return down == 0 ? y : pixels[place] % width - step * y;
    }
}
