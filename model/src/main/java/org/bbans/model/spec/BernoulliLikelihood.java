package org.bbans.model.spec;

import java.util.Objects;
import java.util.function.Function;

/**
 * A coin whose logit is the predictor's output.
 *
 * @param predictor the network before the distribution's parameters
 */
public record BernoulliLikelihood(PredictorSpec predictor) implements Likelihood {
    /** Checks the limits. */
    public BernoulliLikelihood {
        Objects.requireNonNull(predictor);
    }

    @Override
    public int outputs() {
        return 1;
    }

    @Override
    public String kind() {
        return "bernoulli";
    }

    @Override
    public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
            Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
        return bernoulli.apply(this);
    }
}
