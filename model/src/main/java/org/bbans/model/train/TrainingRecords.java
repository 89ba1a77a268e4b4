package org.bbans.model.train;

import java.util.List;
import java.util.Objects;

/**
 * Records to train on, in memory.
 *
 * @param shape extents of a record, outermost first
 * @param levels values that a sample can take, 1 to 256
 * @param samples levels, record after record; not a copy
 * @param label what a training record calls the file that the records come from
 * @param sha256 of that file, in hexadecimal, for the training record
 */
public record TrainingRecords(List<Integer> shape, int levels, byte[] samples, String label, String sha256) {

    /**
     * Checks the samples.
     *
     * @throws IllegalArgumentException if they are no whole number of records, or beyond the levels
     */
    public TrainingRecords {
        shape = List.copyOf(shape);
        Objects.requireNonNull(label);
        Objects.requireNonNull(sha256);
        if (samples.length % dims(shape) != 0) {
            throw new IllegalArgumentException(samples.length + " samples are no whole records of shape " + shape);
        }
        for (byte sample : samples) {
            if ((sample & 0xff) >= levels) {
                throw new IllegalArgumentException("a sample is " + (sample & 0xff) + ", beyond " + levels + " levels");
            }
        }
    }

    private static int dims(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Number of records. */
    public int count() {
        return samples.length / dims(shape);
    }

    /** Share of the samples that are 0. */
    public double zeros() {
        long zeros = 0;
        for (byte sample : samples) {
            zeros += sample == 0 ? 1 : 0;
        }
        return (double) zeros / Math.max(1, samples.length);
    }
}
