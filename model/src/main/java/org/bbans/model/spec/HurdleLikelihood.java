package org.bbans.model.spec;

import java.util.List;
import java.util.function.Function;

/**
 * A hurdle model (Mullahy, Journal of Econometrics 33, 1986) over 256 levels, for records that are mostly zero: a
 * coin, the mark, decides whether a sample is zero; if it is not, its level has a softmax like that of
 * {@link CategoricalLikelihood}. The mark has a small predictor of its own, with the same inputs; that of the
 * levels need not be small then, for it is only evaluated where it is needed. Or both share the trunk, which is
 * evaluated everywhere and can have blocks, and only what follows is for the levels alone.
 *
 * @param predictor the levels' network, with hidden layers
 * @param markHidden widths of the hidden layers of the mark's own predictor; none if its logit is one more output
 *     of the trunk, the levels' first hidden layer with its blocks
 * @param rank rank of the levels' table, 1 to 64
 * @param palette as in {@link CategoricalLikelihood}, for the levels
 */
public record HurdleLikelihood(PredictorSpec predictor, List<Integer> markHidden, int rank,
        int palette) implements Likelihood {
    /** Checks the limits. */
    public HurdleLikelihood {
        SpecChecks.check(!predictor.hidden().isEmpty(), "a hurdle needs hidden layers");
        markHidden = SpecChecks.widths("mark", markHidden);
        SpecChecks.check(predictor.blocks().isEmpty() || markHidden.isEmpty(),
                "a hurdle has blocks only if its mark has no hidden layers of its own");
        SpecChecks.softmax(rank, palette);
    }

    /** Without a palette. */
    public HurdleLikelihood(PredictorSpec predictor, List<Integer> markHidden, int rank) {
        this(predictor, markHidden, rank, 0);
    }

    /** Whether the mark's logit is an output of the levels' trunk. */
    public boolean sharesTrunk() {
        return markHidden.isEmpty();
    }

    @Override
    public int outputs() {
        return rank + palette;
    }

    @Override
    public String kind() {
        return "hurdle";
    }

    @Override
    public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
            Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
        return hurdle.apply(this);
    }
}
