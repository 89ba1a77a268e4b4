package org.bbans.model.train.head;

import java.util.Arrays;

/**
 * How often each level has occurred in a channel of a record before a pixel, and the outputs that raise the logits of
 * such levels, forward and backward.
 */
final class LevelCounts {

    private final int most;
    private final int[] times;
    private final int[] present;
    private int count;
    private int pixel;

    /** @param most times that are told apart */
    LevelCounts(int most, int levels) {
        this.most = most;
        times = new int[levels];
        present = new int[levels];
    }

    /** A new record. */
    void begin() {
        Arrays.fill(times, 0);
        count = 0;
        pixel = 0;
    }

    /** Counts up to a pixel, which is not before the last one. */
    void advance(Canvas canvas, int to, int channel) {
        for (; pixel < to; pixel++) {
            final int level = canvas.level(pixel, channel);
            if (times[level] == 0) {
                present[count++] = level;
            }
            times[level] = Math.min(most, times[level] + 1);
        }
    }

    /** {@code logits[v] += outputs[times of v - 1]}, for levels that have occurred. */
    void raise(float[] outputs, int outOff, float[] logits, int off) {
        for (int n = 0; n < count; n++) {
            logits[off + present[n]] += outputs[outOff + times[present[n]] - 1];
        }
    }

    /** The gradient of {@link #raise} by the outputs, from that by the logits. */
    void back(float[] logits, int off, float[] gradient, int gradientOff) {
        Arrays.fill(gradient, gradientOff, gradientOff + most, 0);
        for (int n = 0; n < count; n++) {
            gradient[gradientOff + times[present[n]] - 1] += logits[off + present[n]];
        }
    }
}
