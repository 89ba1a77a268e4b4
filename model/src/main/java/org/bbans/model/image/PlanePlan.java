package org.bbans.model.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one plane of a raster is predicted from. Planes are numbered in coding order: green, red, blue of three or four
 * channels, the others as they come.
 *
 * @param channel index of the plane's samples in a pixel
 * @param head the weights it begins with
 * @param coded planes coded before it that it looks at, the latest two at most
 * @param open planes coded after it that it looks at
 */
record PlanePlan(int channel, ImageHead head, int[] coded, int[] open) {

    private static final int[][] NEAR = {{0, -1}, {-1, 0}, {-1, -1}, {-1, 1}};
    private static final int[][] FAR = {{0, -2}, {-2, 0}, {-1, 2}, {-2, 1}, {-2, -1}, {-1, -2}};
    private static final int[][] CODED = {{0, 0}, {0, -1}, {-1, 0}, {-1, 1}};
    private static final int[][] OPEN = {{0, -1}, {-1, 0}};
    private static final int[][] FRAME = {
        {0, 0}, {0, -1}, {0, 1}, {-1, 0}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1},
    };

    /**
     * A number that least squares predict from: a sample of a plane.
     *
     * @param plane the plane
     * @param frame 1 for the record before, else 0
     * @param dy its row, relative to the pixel
     * @param dx its column, relative to the pixel
     */
    record Feature(int plane, int frame, int dy, int dx) {}

    /** The plans of all planes, in coding order. */
    static PlanePlan[] of(int channels) {
        final PlanePlan[] plans = new PlanePlan[channels];
        final boolean colour = channels == 3 || channels == 4;
        final int[] order = {1, 0, 2};
        for (int c = 0; c < channels; c++) {
            final int[] coded = c == 0 ? new int[0] : c == 1 ? new int[] {0} : new int[] {c - 2, c - 1};
            if (colour && c < 3) {
                final int[] open = c == 0 ? new int[] {1, 2} : c == 1 ? new int[] {2} : new int[0];
                plans[c] = new PlanePlan(order[c], ImageHead.values()[1 + c], coded, open);
            } else {
                plans[c] = new PlanePlan(c, ImageHead.GREY, coded, new int[0]);
            }
        }
        return plans;
    }

    /**
     * The features of least squares.
     *
     * @param own number of the plane
     * @param far how many of the farther neighbours are used
     * @return the features in their order
     */
    List<Feature> features(int own, int far, boolean reference) {
        final List<Feature> list = new ArrayList<>();
        add(list, own, 0, NEAR);
        for (int plane : coded) {
            add(list, plane, 0, CODED);
        }
        add(list, own, 0, Arrays.copyOf(FAR, far));
        if (far == ImageShape.MAX_FAR) {
            for (int plane : open) {
                add(list, plane, 0, OPEN);
            }
        }
        if (reference) {
            add(list, own, 1, FRAME);
        }
        return list;
    }

    /** Number of the features that the middle one of the three predictions uses. */
    int middle() {
        return coded.length == 0 ? NEAR.length + 2 : NEAR.length + CODED.length * coded.length;
    }

    /** Number of the features that the least of the three predictions uses. */
    int least() {
        return NEAR.length;
    }

    private static void add(List<Feature> list, int plane, int frame, int[][] offsets) {
        for (int[] o : offsets) {
            list.add(new Feature(plane, frame, o[0], o[1]));
        }
    }
}
