package org.bbans.model.train;

import java.util.ArrayList;
import java.util.List;

/** All that changes from step to step, and that further steps depend on: what a checkpoint holds. */
final class TrainingState {

    final Adam adam;
    /** The averaged weights that did best on the validation part so far: exported if later ones over-fit. */
    final float[] best;
    /** Negative ELBO of the best weights, in bits/dim. */
    double bestValidation = Double.POSITIVE_INFINITY;
    /** Running mean of the negative ELBO on the training part, in bits/dim. */
    double trainBits = Double.NaN;
    /** Time spent. */
    double seconds;
    /** All progress reported, for the loss curve. */
    final List<TrainingListener.Progress> history = new ArrayList<>();

    TrainingState(Adam adam) {
        this.adam = adam;
        best = new float[adam.parameters.length];
    }

    /** The arrays as long as the parameters, in the order of a checkpoint. */
    List<float[]> arrays() {
        return List.of(adam.parameters, adam.average, adam.first, adam.second, best);
    }
}
