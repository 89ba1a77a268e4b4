package org.bbans.model.net;

import java.util.List;

/**
 * The layers of a predictor: of the network that turns a pixel's features and neighbourhood into the parameters of its
 * samples' distributions.
 *
 * @param first the first hidden layer, without a bias
 * @param position its bias, one for each pixel: {@code [pixels, width]}
 * @param blocks the convolutions after it; a layer's inputs are those of its taps, tap after tap
 * @param tails for each channel its layers after the trunk
 */
public record PredictorLayers(Dense first, float[] position, List<Dense> blocks, List<List<Dense>> tails) {}
