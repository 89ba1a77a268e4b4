package org.bbans.model.train;

import org.bbans.model.file.Safetensors;
import org.bbans.model.train.head.Parameters;

/** What a training makes small: the negative evidence bound of a family of models. */
interface Objective {

    /** Where the tensors lie in the flat parameters. */
    Parameters layout();

    /** The weights that a training starts from. */
    float[] first();

    /** How a model's weights are rounded and stored. */
    Safetensors.DType dtype();

    /** Adam's memory of squared gradients. */
    double memory();

    /**
     * Computes the gradient of a step's loss.
     *
     * @return the loss in bits/dim
     */
    double compute(float[] parameters, long step);

    /** The gradient that {@link #compute} has left, flat as the parameters. */
    float[] gradient();

    /** The records, split into the training and the validation part. */
    TrainingData data();

    /** Records of the validation part. */
    default int validationRecords() {
        return data().validation().length / layout().description().dims();
    }

    /**
     * Measures some weights on the validation part.
     *
     * @param limit records to look at, at most
     * @param seed chooses the latents
     */
    Validation.Score score(float[] weights, int limit, long seed);
}
