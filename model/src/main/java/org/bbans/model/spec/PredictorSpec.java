package org.bbans.model.spec;

import java.util.List;
import java.util.Optional;

/**
 * The network that turns a pixel's features and its neighbourhood into the distributions of its samples.
 *
 * @param window the causal neighbourhood; absent means that samples are independent given the latents
 * @param blocks convolutions over the first hidden layer; they need a window
 * @param hidden widths of the hidden layers; none means that the features are the predictor's outputs
 */
public record PredictorSpec(Optional<Window> window, Optional<Blocks> blocks, List<Integer> hidden) {
    /** Checks the limits. */
    public PredictorSpec {
        hidden = SpecChecks.widths("likelihood", hidden);
        SpecChecks.check(window.isEmpty() || !hidden.isEmpty(), "a window needs hidden layers");
        SpecChecks.check(blocks.isEmpty() || window.isPresent(), "blocks need a window");
    }
}
