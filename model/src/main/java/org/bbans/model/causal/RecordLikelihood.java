package org.bbans.model.causal;

import org.bbans.codec.Codec;

/** The likelihood p(x | z) of a group of records in lockstep. A workspace: one for each thread. */
public interface RecordLikelihood extends Codec {

    /** Binary logarithm of the slots that the frequencies of {@link #intervals} add up to. */
    int precision();

    /** The number of records in lockstep from now on, at most the capacity. */
    void group(int count);

    /**
     * The condition: the decoder's last hidden layer (or the latents if it has none). Only for models with latents.
     */
    void given(float[][] rows);

    /** Number of intervals for each sample of a record. */
    int intervalsPerSample();

    /**
     * The intervals of all symbols: for each sample one or more batches of all records. A symbol that is not coded has
     * the interval of all slots, which is worth 0 bits.
     *
     * @param x {@link #size} levels from {@code off}, sample-major
     * @param starts {@code size() * intervalsPerSample()} of them, from 0
     */
    void intervals(int[] x, int off, int[] starts, int[] freqs);
}
