package org.bbans.model.train.head;

import java.util.Arrays;
import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.Window;

/**
 * One record in a frame, so that a window of neighbours needs no checks: what the head sees of the record itself.
 * Channels lie beside each other. Without a window it only holds the levels.
 */
final class Canvas {

    private static final float STEP = 1 / MixtureLikelihood.RELATIVE_UNIT;

    private final int height;
    private final int width;
    private final int channels;
    private final float top;
    private final int radius;
    private final int above;
    private final boolean marks;
    private final boolean relative;
    private final boolean windowed;
    private final int[] levels;
    /** Inputs of the neighbours, zero in the margins: values, or levels if they are relative. */
    private final float[] values;
    /** {@link #STEP} inside the record, zero in the margins. */
    private final float[] inside;
    private final float[] references;

    Canvas(ModelSpec spec) {
        final Window window = spec.likelihood().window().orElse(null);
        windowed = window != null;
        channels = spec.channels();
        width = windowed ? spec.shape().get(1) : spec.pixels();
        height = spec.pixels() / width;
        top = spec.levels() - 1;
        radius = windowed ? window.radius() : 0;
        above = windowed ? window.rows() : 0;
        marks = windowed && window.marks();
        relative = windowed && window.relative();
        levels = new int[spec.dims()];
        final int size = windowed ? (height + above) * stride() * channels : 0;
        values = new float[size];
        inside = new float[relative ? size : 0];
        references = new float[relative ? spec.dims() : 0];
        if (relative) {
            for (int pixel = 0; pixel < spec.pixels(); pixel++) {
                Arrays.fill(inside, at(pixel), at(pixel) + channels, STEP);
            }
        }
    }

    private int stride() {
        return width + 2 * radius;
    }

    private int at(int pixel) {
        return ((pixel / width + above) * stride() + radius + pixel % width) * channels;
    }

    /** Takes the record whose levels begin at {@code off}. */
    void paint(byte[] records, int off) {
        for (int i = 0; i < levels.length; i++) {
            set(i, records[off + i] & 0xff);
        }
    }

    /** Sets all samples to zero. */
    void clear() {
        Arrays.fill(levels, 0);
        Arrays.fill(values, 0);
    }

    /** Sets one sample. */
    void set(int sample, int level) {
        levels[sample] = level;
        if (windowed) {
            values[at(sample / channels) + sample % channels] = relative ? level : level / top;
        }
    }

    int level(int pixel, int channel) {
        return levels[pixel * channels + channel];
    }

    /**
     * Finds those of some pixels, of one channel, that are not zero; returns their number.
     *
     * @param count how many of the {@code positions}, from the first on
     * @param slots receives where in {@code positions} they are
     * @param ink receives the pixels
     */
    int findInk(int[] positions, int count, int[] slots, int[] ink) {
        int n = 0;
        for (int s = 0; s < count; s++) {
            if (level(positions[s], 0) != 0) {
                slots[n] = s;
                ink[n++] = positions[s];
            }
        }
        return n;
    }

    /** The level that a mean of zero stands for; if relative, as the last {@link #inputs} of this pixel left it. */
    float origin(int pixel, int channel) {
        return relative ? references[pixel * channels + channel] : MixtureLikelihood.HALF_RANGE;
    }

    /** A sample as an input of the channels after it. */
    float known(int pixel, int channel) {
        final int level = level(pixel, channel);
        return relative ? (level - references[pixel * channels + channel]) * STEP : level / top;
    }

    /** Writes what the window of a pixel gives to the head. */
    void inputs(int pixel, float[] to, int off) {
        if (!windowed) {
            return;
        }
        if (relative) {
            for (int c = 0; c < channels; c++) {
                references[pixel * channels + c] = reference(pixel, c);
            }
        }
        int n = off;
        final int centre = at(pixel);
        for (int dy = -above; dy <= 0; dy++) {
            final int from = centre + (dy * stride() - radius) * channels;
            final int run = (dy < 0 ? 2 * radius + 1 : radius) * channels;
            if (relative) {
                relative(pixel * channels, from, run, to, n);
            } else {
                System.arraycopy(values, from, to, n, run);
            }
            n += run;
        }
        if (relative) {
            for (int c = 0; c < channels; c++) {
                to[n + c] = references[pixel * channels + c] / MixtureLikelihood.HALF_RANGE - 1;
            }
        }
        if (marks) {
            final int count = n - off;
            for (int i = 0; i < count; i++) {
                to[n + i] = to[off + i] > 0 ? 1 : 0;
            }
        }
    }

    private void relative(int reference, int from, int run, float[] to, int off) {
        for (int i = 0; i < run; i += channels) {
            for (int c = 0; c < channels; c++) {
                to[off + i + c] = (values[from + i + c] - references[reference + c]) * inside[from + i + c];
            }
        }
    }

    /** The mean of the neighbours W, N, NE and NW that lie inside the record. */
    private float reference(int pixel, int channel) {
        final int y = pixel / width;
        final int x = pixel % width;
        int sum = 0;
        int count = 0;
        if (x > 0) {
            sum += level(pixel - 1, channel);
            count++;
        }
        if (y > 0) {
            sum += level(pixel - width, channel);
            count++;
            if (x < width - 1) {
                sum += level(pixel - width + 1, channel);
                count++;
            }
            if (x > 0) {
                sum += level(pixel - width - 1, channel);
                count++;
            }
        }
        return count == 0 ? MixtureLikelihood.HALF_RANGE : (float) sum / count;
    }
}
