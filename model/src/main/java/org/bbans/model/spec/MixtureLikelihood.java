package org.bbans.model.spec;

import java.util.Objects;
import java.util.function.Function;

/**
 * A mixture of logistic distributions over 256 levels (Salimans et al., arXiv:1701.05517, section 2.1): for levels
 * that are a scale, where neighbouring ones are alike. The outputs are the components' weights (as logits),
 * then their means, then the logarithms of their scales.
 *
 * @param predictor the network before the distribution's parameters
 * @param components number of logistic distributions, 1 to 32
 */
public record MixtureLikelihood(PredictorSpec predictor, int components) implements Likelihood {

    /** Half the range of levels: a mean m among the outputs means level {@code HALF_RANGE * (m + 1)}. */
    public static final float HALF_RANGE = 127.5f;
    /** Levels in a unit of the outputs if the window is relative: a mean m means level {@code reference + 32 m}. */
    public static final float RELATIVE_UNIT = 32f;
    /** Added to the logarithm of a scale, so that an untrained predictor is neither too sharp nor too flat. */
    public static final float LOG_SCALE_SHIFT = -3f;
    /** Least logarithm of a scale, in units of {@link #HALF_RANGE}. */
    public static final float LOG_SCALE_LOW = -7f;
    /** Greatest logarithm of a scale. */
    public static final float LOG_SCALE_HIGH = 3f;

    /** Checks the limits. */
    public MixtureLikelihood {
        Objects.requireNonNull(predictor);
        SpecChecks.range("components", components, 1, ModelSpec.MAX_COMPONENTS);
    }

    @Override
    public int outputs() {
        return 3 * components;
    }

    @Override
    public String kind() {
        return "logistic-mixture";
    }

    @Override
    public <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
            Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli) {
        return mixture.apply(this);
    }
}
