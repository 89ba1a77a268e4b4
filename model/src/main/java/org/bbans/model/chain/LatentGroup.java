package org.bbans.model.chain;

import org.bbans.codec.Tape;

/** A group whose latents lie in buckets of equal mass under their prior, all latents of a record at hand at once. */
public interface LatentGroup extends GroupModel {

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

    @Override
    default GroupCost cost(int[] x, int[] slot, int leastDepth) {
        return GroupCost.of(this, x, x.length / model().dims(), slot, leastDepth);
    }
}
