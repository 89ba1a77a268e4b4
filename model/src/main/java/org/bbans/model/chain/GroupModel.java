package org.bbans.model.chain;

import org.bbans.codec.Codec;
import org.bbans.codec.engine.Engine;
import org.bbans.model.causal.ContextCounts;

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

    /** Sets the number of steps of time from now on, which the model allows; 0 for one without time. */
    default void steps(int steps) {}

    /** Counts of a block of so many records, none yet, for a model that {@linkplain RecordModel#learns learns}. */
    default ContextCounts counts(int blockRecords) {
        throw new IllegalStateException("the model learns nothing");
    }

    /** Joins the model's predictions with counts from now on, or no longer if they are null. */
    default void learn(ContextCounts counts) {
        if (counts != null) {
            throw new IllegalStateException("the model learns nothing");
        }
    }

    /**
     * The codec of a group of records with latents in the {@code depth} upper layers; those of the layers below are at
     * their prior's median. At depth 0 it does without bits back. Good until the number of records changes.
     */
    Codec at(int depth);

    /**
     * What the records of a group take.
     *
     * @param x the records, as many as the group has
     * @param slot for each latent of each record a slot, of 2^24, that its interval under the posterior shall hold
     * @param leastDepth depths below it are left out
     */
    GroupCost cost(int[] x, int[] slot, int leastDepth);
}
