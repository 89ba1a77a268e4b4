package org.bbans.model.spec;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The distribution of one sample given its features and its causal neighbourhood. */
public sealed interface Likelihood
        permits CategoricalLikelihood, HurdleLikelihood, MixtureLikelihood, BernoulliLikelihood {

    /** The network before the distribution's parameters. */
    PredictorSpec predictor();

    /** Number of the predictor's outputs. */
    int outputs();

    /** How many of the outputs, the last ones, are for levels that the record had before; 0 for none. */
    default int palette() {
        return 0;
    }

    /** The name of this kind of likelihood in a description. */
    String kind();

    /** Applies the function for this kind: with a new kind, nothing compiles before all uses have one for it. */
    <T> T match(Function<CategoricalLikelihood, T> categorical, Function<HurdleLikelihood, T> hurdle,
            Function<MixtureLikelihood, T> mixture, Function<BernoulliLikelihood, T> bernoulli);

    /** Columns to the right in the rows above that a pixel sees at most; 0 without a window. */
    default int reach() {
        // The mean that values are relative to takes the upper right neighbour, whatever the window.
        return window().map(w -> Math.max(Math.max(w.radius(), w.relative() ? 1 : 0),
                blocks().map(Blocks::radius).orElse(0))).orElse(0);
    }

    /** The causal neighbourhood; absent means that samples are independent given the latents. */
    default Optional<Window> window() {
        return predictor().window();
    }

    /** Convolutions over the predictor's first hidden layer. */
    default Optional<Blocks> blocks() {
        return predictor().blocks();
    }

    /** Widths of the predictor's hidden layers; none means that the features are its outputs. */
    default List<Integer> hidden() {
        return predictor().hidden();
    }
}
