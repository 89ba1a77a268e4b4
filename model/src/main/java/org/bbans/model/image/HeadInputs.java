package org.bbans.model.image;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.bbans.codec.engine.Engine;

/**
 * What the network of a plane by itself is given for the samples of a raster of one channel, in coding order. It does
 * not depend on the network's weights.
 *
 * @param width number of inputs, some zeros at the end among them
 * @param x the inputs, {@code width} for each sample
 * @param prediction what a sample is predicted to be, in levels
 * @param scale the local error, in levels
 * @param value the samples
 * @param place each sample's index in the raster
 * @param batchEnd numbers of samples after which a batch ends that the network may learn from
 */
public record HeadInputs(int width, float[] x, float[] prediction, float[] scale, float[] value, int[] place,
        int[] batchEnd) {

    private static final ImageHead HEAD = ImageHead.GREY;

    /**
     * Computes them as a coder does.
     *
     * @param shape how much work is done
     * @param grid extents, of one channel
     * @param samples unsigned samples, pixels in rows
     * @param reference whether records are predicted from the record before
     * @throws IllegalArgumentException if the grid has several channels
     */
    public static HeadInputs of(ImageShape shape, ImageGrid grid, short[] samples, boolean reference, Engine engine) {
        if (grid.channels() != 1) {
            throw new IllegalArgumentException("channels must be 1: " + grid.channels());
        }
        final int rows = Math.toIntExact(grid.rows());
        final int n = Math.multiplyExact(rows, grid.width());
        final Map<ImageHead, float[]> weights = new EnumMap<>(ImageHead.class);
        for (ImageHead head : ImageHead.values()) {
            weights.put(head, new float[HeadLearner.size(head.paddedInputs(), shape)]);
        }
        final int width = HEAD.paddedInputs();
        final float[] x = new float[Math.multiplyExact(n, width)];
        final float[] prediction = new float[n];
        final float[] scale = new float[n];
        final float[] value = new float[n];
        final IntStream.Builder ends = IntStream.builder();
        final int[] at = new int[1];
        final ImageCoder coder = new ImageCoder(ImageModel.of("none", shape, weights), grid,
                new ImageOptions(reference, true, false, false), engine);
        coder.setListener((plane, head, count) -> {
            System.arraycopy(head.x, 0, x, at[0] * width, count * width);
            System.arraycopy(head.prediction, 0, prediction, at[0], count);
            System.arraycopy(head.scale, 0, scale, at[0], count);
            System.arraycopy(head.value, 0, value, at[0], count);
            at[0] += count;
            ends.add(at[0]);
        });
        coder.encode(samples, rows);
        return new HeadInputs(width, x, prediction, scale, value, order(grid), ends.build().toArray());
    }

    /** The samples' places as {@link ImageCoder} comes to them: by front, and by record and row within. */
    private static int[] order(ImageGrid grid) {
        final FrontOrder order = FrontOrder.of(grid);
        final int height = grid.height();
        final int width = grid.width();
        final long[] keys = new long[grid.records() * height * width];
        Arrays.setAll(keys, i -> {
            final long row = i / width;
            final long front = i % width + order.slope() * (row % height) + order.recordSlope() * (row / height);
            return front << 32 | i;
        });
        Arrays.sort(keys);
        return IntStream.range(0, keys.length).map(i -> (int) keys[i]).toArray();
    }

    /** Number of samples. */
    public int size() {
        return value.length;
    }
}
