package org.bbans.model.chain;

import org.bbans.codec.Codec;
import org.bbans.codec.Tape;
import org.bbans.codec.engine.Engine;

/**
 * Codes one group of records with a model. Samples of a group are sample-major, {@code x[sample * records + record]},
 * latents latent-major, those of the top layer first. For one thread.
 */
public interface GroupModel {

    /** The model. */
    RecordModel model();

    /** The engine that it computes with. */
    Engine engine();

    /** Greatest number of records in a group. */
    int capacity();

    /** Whether pixels are coded front by front. */
    boolean fronts();

    /**
     * Sets the number of records in a group from now on.
     *
     * @throws IllegalArgumentException if it is not 1 to the capacity
     */
    void group(int records);

    /**
     * The codec of a group of records with latents in the {@code depth} upper layers; those of the layers below are at
     * their prior's median. At depth 0 it does without bits back. Good until the number of records changes.
     */
    Codec at(int depth);

    /**
     * Finds the latents of all layers whose intervals under the posterior q(z | x) hold the given slots, of 2^24, and
     * how many slots these intervals have.
     */
    void sample(int[] x, int[] slot, int[] z, int[] freq);

    /**
     * Appends the intervals of the samples under p(x | z) to a tape; a symbol's owner is its record.
     *
     * @param z the latents, unread below the {@code depth} upper layers, which are at their prior's median
     */
    void trace(int[] x, int[] z, int depth, Tape tape);
}
