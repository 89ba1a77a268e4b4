package org.bbans.model.causal;

import java.util.Arrays;
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

    final Grid grid;
    /** Pixels by place in the order. */
    final int[] pixels;
    /** Places by pixel. */
    final int[] places;
    /** From a pixel of a piece to the next one, in columns. */
    final int step;
    /** From a pixel of a piece to the next one, in rows: 1 in a front, else 0. */
    final int down;
    private final boolean joint;

    private PixelOrder(Grid grid, int[] pixels, int[] places, int step, int down, boolean joint) {
        this.grid = grid;
        this.pixels = pixels;
        this.places = places;
        this.step = step;
        this.down = down;
        this.joint = joint;
    }

    /** Row after row, pixel after pixel. */
    public static PixelOrder raster(ModelSpec spec) {
        return inRows(Grid.of(spec), false);
    }

    /** Row after row, many pixels at once, for records that are known. */
    static PixelOrder rows(Grid grid) {
        return inRows(grid, true);
    }

    private static PixelOrder inRows(Grid grid, boolean joint) {
        final int[] identity = new int[grid.pixels()];
        Arrays.setAll(identity, i -> i);
        return new PixelOrder(grid, identity, identity, 1, 0, joint);
    }

    /**
     * Front after front, and in a front row after row.
     *
     * @throws IllegalArgumentException if no two pixels of a record have the same front
     */
    public static PixelOrder fronts(ModelSpec spec) {
        if (!hasFronts(spec)) {
            throw new IllegalArgumentException("no two pixels of a record have the same front");
        }
        final Grid grid = Grid.of(spec);
        final int stride = 1 + spec.likelihood().reach();
        final int[] pixels = new int[grid.pixels()];
        final int[] places = new int[grid.pixels()];
        int place = 0;
        for (int front = 0; place < pixels.length; front++) {
            final int first = Math.max(0, Math.floorDiv(front - grid.width(), stride) + 1);
            for (int y = first; y <= Math.min(grid.height() - 1, front / stride); y++) {
                final int pixel = y * grid.width() + front - stride * y;
                places[pixel] = place;
                pixels[place++] = pixel;
            }
        }
        return new PixelOrder(grid, pixels, places, -stride, 1, true);
    }

    /** Whether the model has a window, and a front of more than one pixel. */
    public static boolean hasFronts(ModelSpec spec) {
        final Grid grid = Grid.of(spec);
        return grid.height() > 1 && grid.width() > 1 + spec.likelihood().reach();
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
        final int most = joint ? Math.max(1, Lanes.MAX / records) : 1;
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
        final int y = pixels[place] / grid.width();
        return down == 0 ? y : pixels[place] % grid.width() - step * y;
    }
}
