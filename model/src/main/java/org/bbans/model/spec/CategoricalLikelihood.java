package org.bbans.model.spec;

import java.util.Objects;
import java.util.function.Function;

/**
 * A softmax over 256 levels whose logits are a table of rank {@code rank}, shared by all samples.
 *
 * <p>With a palette, the logit of every level that the record already has in that channel is raised by an output
 * for how often: once, twice, ..., {@code palette} times or more. A cache (Kuhn and De Mori, IEEE PAMI 12, 1990):
 * scaled or stretched pictures have few levels each, and others in every picture.
 *
 * @param predictor the network before the distribution's parameters
 * @param rank rank of the table, 1 to 64
 * @param palette 0 to 16
 */
public record CategoricalLikelihood(PredictorSpec predictor, int rank, int palette) implements Likelihood {
    /** Checks the limits. */
    public CategoricalLikelihood {
        Objects.requireNonNull(predictor);
        SpecChecks.softmax(rank, palette);
    }

    /** Without a palette. */
    public CategoricalLikelihood(PredictorSpec predictor, int rank) {
        this(predictor, rank, 0);
    }

    @Override
    public int outputs() {
        return rank + palette;
    }

    @Override
    public String kind() {
        return "categorical";
    }

    @Override
    public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
            Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
        return categorical.apply(this);
    }
}
