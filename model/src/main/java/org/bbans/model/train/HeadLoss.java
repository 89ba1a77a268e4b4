package org.bbans.model.train;

import org.bbans.model.spec.ModelSpec;

/** Cross-entropy of samples given the head's outputs, a row for each. Instances own buffers. */
sealed interface HeadLoss permits CategoricalLoss, BernoulliLoss, LogisticMixtureLoss {

    /** The loss of a likelihood. */
    static HeadLoss of(HeadWeights weights, HeadKernels kernels) {
        if (weights.spec.likelihood() instanceof ModelSpec.LogisticMixture m) {
            return new LogisticMixtureLoss(kernels, m.components(),
                m.window().map(ModelSpec.Window::relative).orElse(false));
        }
        // A hurdle's levels have a table, its mark has none.
        return weights.table.isPresent() ? new CategoricalLoss(kernels, weights) : new BernoulliLoss();
    }

    /** A new record. */
    default void begin() {
    }

    /**
     * Value and gradient.
     *
     * @param positions pixels, ascending since {@link #begin}; those at {@code start .. start + n} have the rows 0 to
     *     n, at most {@link TailGradient#TILE}
     * @param outputs the head's outputs
     * @param gradient may receive the gradient by them, scaled
     * @param row floats in a row of both
     * @return the sum of the cross-entropies in nats, not scaled
     */
    double crossEntropy(Canvas canvas, int[] positions, int start, int n, int channel, float[] outputs,
                        float[] gradient, int row, float scale);

    /**
     * The level where the running sum of the probabilities of the first row passes {@code uniform}. Pixels ascend since
     * {@link #begin}.
     */
    int draw(Canvas canvas, int pixel, int channel, float[] outputs, double uniform);

    /** Completes the gradient of the last {@link #crossEntropy}, for a rounded number of rows. */
    default void backward(int rows, float[] outputs, float[] gradient, int row) {
    }

    /** Forgets the gradients of the loss's own weights. */
    default void clear() {
    }

    /** Adds the gradients of the loss's own weights to the flat gradient. */
    default void addTo(float[] flat) {
    }
}
