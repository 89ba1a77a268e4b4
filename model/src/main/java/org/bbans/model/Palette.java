package org.bbans.model;

import java.util.Optional;

/**
 * How often each level has occurred so far, in each channel of each record of a group, and what that adds to the
 * logits. A workspace.
 */
final class Palette {

    /** Times that are told apart; more count as so many. */
    private final int most;
    private final int levels;
    private final int capacity;
    /** {@code [channel][record * levels + level]}: times that the level has occurred, at most {@link #most}. */
    private final byte[][] times;
    /** {@code [channel][record * levels + n]}: the levels that have occurred, in the order of their first time. */
    private final short[][] present;
    /** {@code [channel][record]}: how many levels have occurred. */
    private final int[][] count;
    private final int[] everyLane;
    /** By lane. */
    private final int[] record;
    private final float[] raised;

    private Palette(int most, int levels, int channels, int capacity) {
        this.most = most;
        this.levels = levels;
        this.capacity = capacity;
        times = new byte[channels][capacity * levels];
        present = new short[channels][capacity * levels];
        count = new int[channels][capacity];
        everyLane = new int[capacity];
        for (int j = 0; j < capacity; j++) {
            everyLane[j] = j;
        }
        record = everyLane.clone();
        raised = new float[most + 1];
    }

    /** That of a model's likelihood; absent without a palette. */
    static Optional<Palette> of(ModelSpec spec, int capacity) {
        final int most = spec.likelihood().palette();
        return most == 0 ? Optional.empty() : Optional.of(new Palette(most, spec.levels(), spec.channels(), capacity));
    }

    /** The number of records from now on: lane j belongs to record j modulo it. */
    void group(int records) {
        for (int j = 0; j < capacity; j++) {
            record[j] = j % records;
        }
    }

    /** Forgets everything. */
    void begin() {
        for (int c = 0; c < times.length; c++) {
            for (int j = 0; j < capacity; j++) {
                for (int n = 0; n < count[c][j]; n++) {
                    times[c][j * levels + present[c][j * levels + n]] = 0;
                }
                count[c][j] = 0;
            }
        }
    }

    /** Takes a sample of each lane, {@code x[off .. off + lanes)}. */
    void add(int channel, int[] x, int off, int lanes) {
        final byte[] times = this.times[channel];
        final int[] count = this.count[channel];
        for (int j = 0; j < lanes; j++) {
            final int level = x[off + j];
            final int first = record[j] * levels;
            final int at = first + level;
            if (times[at] == 0) {
                present[channel][first + count[record[j]]++] = (short) level;
            }
            if (times[at] < most) {
                times[at]++;
            }
        }
    }

    /**
     * Raises logits, {@code [lane][level]}, of levels that have occurred n times, n > 0, by
     * {@code out[outOff + min(n, most) - 1][lane]}.
     */
    void raise(int channel, float[][] out, int outOff, int lanes, float[] logits) {
        raise(channel, out, outOff, everyLane, lanes, logits);
    }

    /** The same where row {@code s} of outputs and logits belongs to lane {@code lanes[s]}. */
    void raise(int channel, float[][] out, int outOff, int[] lanes, int rows, float[] logits) {
        final byte[] times = this.times[channel];
        final short[] present = this.present[channel];
        for (int s = 0; s < rows; s++) {
            for (int n = 1; n <= most; n++) {
                raised[n] = out[outOff + n - 1][s];
            }
            final int of = record[lanes[s]];
            final int first = of * levels;
            final int end = first + count[channel][of];
            final int row = s * levels;
            for (int n = first; n < end; n++) {
                logits[row + present[n]] += raised[times[first + present[n]]];
            }
        }
    }
}
