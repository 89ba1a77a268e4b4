package org.bbans.model.chain;

import org.bbans.codec.ans.AnsStack;

/**
 * Chooses the settings of a chain from a few of its records: without latents where these do not pay; else as many heads
 * as cost little, as few plain records as give all of them the bits for the first latents, groups that grow no faster
 * than the bits for theirs.
 *
 * <p>Only the encoder plans; any plan decodes. Logarithms are {@code StrictMath}'s all the same, so that the archive's
 * bytes do not depend on the machine.
 */
final class ChainPlan {

    /** Heads, and plain records for them, may cost this share of the payload. */
    private static final double HEAD_SHARE = 0.0003;

    /** More plain records than that for each head are not tried where records are drawn from a set. */
    private static final int MOST_PLAIN = 1024;

    private ChainPlan() {}

    /**
     * Plans a chain.
     *
     * @param draw bits that drawing a record from its set takes; negative if the order of records matters
     */
    static ChainHeader of(GroupModel groups, ChainCost.Gatherer records, int count, int lanes, double draw) {
        // A single record finds no bits for its latents, whatever they would cost.
        final int atOnce = groups.model().symbolsAtOnce();
        final ChainHeader alone = new ChainHeader(1, lanes, ChainHeader.MAX_GROWTH, 1, false);
        final ChainHeader chain = draw < 0
                ? count == 1 ? alone : of(ChainCost.of(groups, records, count, lanes), count, lanes, atOnce)
                : count == 1 ? alone.withUndrawn(1)
                        : ofSet(ChainCost.of(groups, records, count, lanes).withDraw(draw), count, lanes, atOnce);
        return (groups.fronts() ? chain.withFronts() : chain).withSteps(groups.model().steps());
    }

    /** The plan for records that are drawn; without drawing any if these are so small that the bits would not do. */
    private static ChainHeader ofSet(ChainCost cost, int count, int lanes, int atOnce) {
        final int layers = cost.layers();
        final boolean latents = layers > 0 && !cost.latentsDoNotPay();
        final double each = cost.net(latents ? layers : 0);
        final int heads = heads(ChainHeader.HEAD_BITS + (latents ? Math.max(0, cost.net(0) - each) / atOnce : 0),
                each * count, lanes * atOnce);
        final int least = Math.max(1, heads / atOnce);
        final ChainHeader plain = new ChainHeader(heads, lanes, ChainHeader.MAX_GROWTH, count, false);
        final int most = each <= cost.draw() ? 0 : latents ? Math.min(count, least + MOST_PLAIN) : count;
        for (int n = latents ? least : count; n <= most; n++) {
            for (int growth = ChainHeader.MAX_GROWTH; growth > 0; growth -= 3) {
                for (int undrawn = 1; undrawn <= n; undrawn *= 2) {
                    final ChainHeader header = new ChainHeader(heads, lanes, growth, n, false).withUndrawn(undrawn);
                    if (cost.suffices(header, count)) {
                        return header;
                    }
                }
            }
        }
        return plain.withUndrawn(count);
    }

    private static ChainHeader of(ChainCost cost, int count, int lanes, int atOnce) {
        final int layers = cost.layers();
        if (layers == 0 || cost.latentsDoNotPay()) {
            final int heads = heads(ChainHeader.HEAD_BITS, cost.net(0) * count, lanes * atOnce);
            return new ChainHeader(heads, lanes, ChainHeader.MAX_GROWTH, count, false);
        }
        // Heads need a plain record each, or one for as many as it has symbols at once: fewer leave some without any
        // bits, and the latents that are then popped from these are no samples of the posterior but its outermost
        // buckets.
        final double plainExcess = Math.max(0, cost.net(0) - cost.net(layers));
        final int heads = heads(ChainHeader.HEAD_BITS + plainExcess / atOnce, cost.net(layers) * count,
                lanes * atOnce);
        final int least = Math.max(1, heads / atOnce);
        final ChainHeader whole = first(heads, least, lanes, false, count, cost);
        if (layers == 1 || whole.plain() == least) {
            return whole;
        }
        final ChainHeader ramp = first(heads, least, lanes, true, count, cost);
        return cost.excess(ramp, count) < cost.excess(whole, count) ? ramp : whole;
    }

    /** The plan to try after one whose group at {@code coded} found too few bits. */
    static ChainHeader afterUnderflow(ChainHeader h, int coded, int count) {
        if (h.groupSize(coded, count) > 1 && h.growth() > 1) {
            return new ChainHeader(h.heads(), h.lanes(), h.growth() - (h.growth() + 3) / 4, h.plain(), h.ramp(),
                    h.fronts(), h.undrawn(), h.steps(), h.learning(), h.turned());
        }
        final int plain = Math.min(count, h.plain() + 1 + h.plain() / 8);
        return new ChainHeader(h.heads(), h.lanes(), h.growth(), plain, h.ramp(), h.fronts(),
                Math.min(plain, 2 * h.undrawn()), h.steps(), h.learning(), h.turned());
    }

    /** The plan with the fewest plain records, some at least, and the largest groups that these allow. */
    private static ChainHeader first(int heads, int least, int lanes, boolean ramp, int count,
            ChainCost cost) {
        for (int n = least; n < count; n++) {
            for (int growth = ChainHeader.MAX_GROWTH; growth > 0; growth--) {
                final ChainHeader header = new ChainHeader(heads, lanes, growth, n, ramp);
                if (cost.suffices(header, count)) {
                    return header;
                }
            }
        }
        return new ChainHeader(heads, lanes, ChainHeader.MAX_GROWTH, count, false);
    }

    /** As many heads as cost little; those beyond the symbols of a push would never see one. */
    private static int heads(double bitsEach, double payloadBits, int most) {
        int heads = 1;
        while (heads < Math.min(AnsStack.MAX_HEADS, most) && 2 * heads * bitsEach <= HEAD_SHARE * payloadBits) {
            heads *= 2;
        }
        return heads;
    }
}
