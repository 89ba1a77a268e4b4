package org.bbans.model.train.head;

/** The cross-entropy of samples given the head's outputs, a row for each. Instances own buffers. */
sealed interface HeadLoss permits CategoricalLoss, BernoulliLoss, LogisticMixtureLoss {

    /** The loss of the likelihood that the weights are of; of a hurdle that of its levels, or of its mark. */
    static HeadLoss of(HeadWeights weights, HeadKernels kernels) {
        return weights.spec.likelihood().match(
                categorical -> new CategoricalLoss(kernels, weights),
                hurdle -> weights.isMark ? new BernoulliLoss() : new CategoricalLoss(kernels, weights),
                mixture -> new LogisticMixtureLoss(kernels, mixture),
                bernoulli -> new BernoulliLoss());
    }

    /** A new record. */
    default void begin() {}

    /**
     * Computes the cross-entropy of a tile's samples and its gradient.
     *
     * @param tile pixels that ascend from tile to tile since {@link #begin}
     * @param outputs the head's outputs, a row for each pixel
     * @param gradient may receive the gradient by them, scaled
     * @param row floats in a row of both
     * @return the sum of the cross-entropies in nats, not scaled
     */
    double crossEntropy(Tile tile, int channel, float[] outputs, float[] gradient, int row, float scale);

    /**
     * The level where the running sum of the probabilities of the tile's only row passes {@code uniform}.
     *
     * @param tile a pixel behind those since {@link #begin}
     */
    int draw(Tile tile, int channel, float[] outputs, double uniform);

    /** Completes the gradient of the last {@link #crossEntropy}, for a rounded number of rows. */
    default void backward(int rows, float[] outputs, float[] gradient, int row) {}

    /** Forgets the gradients of the loss's own weights. */
    default void clear() {}

    /** Adds the gradients of the loss's own weights to the flat gradient. */
    default void addTo(float[] flat) {}
}
