package org.bbans.model.image;

/**
 * How a group of images is coded; encoder and decoder must be given the same, but for {@code reference} and
 * {@code mixing}, which the payload says.
 *
 * @param reference whether records are predicted from the record before
 * @param leastSquares whether samples are predicted by least squares, else by the median edge detector
 * @param learning whether the networks learn
 * @param mixing whether adaptive counts join the networks' mixtures
 */
public record ImageOptions(boolean reference, boolean leastSquares, boolean learning, boolean mixing) {

    /** All parts, records by themselves. */
    public static final ImageOptions DEFAULT = new ImageOptions(false, true, true, true);
}
