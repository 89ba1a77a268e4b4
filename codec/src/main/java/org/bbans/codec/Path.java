package org.bbans.codec;

/**
 * A Markov chain of states z_0, z_1, ..., z_T, of which z_0 is the data: a forward process p(z_T) p(z_(T-1) | z_T) ...
 * p(z_0 | z_1) that ends in the data, and a backward process q(z_1 | z_0) ... q(z_T | z_(T-1)) that begins there. A
 * kernel may be learnt or fixed, and states may differ in size.
 *
 * <p>The negative logarithm of the data's evidence is at most the mean over q of log q(z_1 ... z_T | z_0) / p(z_0 ...
 * z_T): the loss of training, and what {@link PathCodec} pays.
 */
public interface Path {

    /** The number of kernels each way, T; at least 1. */
    int steps();

    /** Number of symbols of z_t. */
    int size(int t);

    /** p(z_T). */
    Codec prior();

    /**
     * The codec of z_(t-1) under p(z_(t-1) | z_t), for t from 1 to T.
     *
     * @param z z_t from its first element on
     * @return a codec that is good until the next call of any method; it does not read z any more
     */
    Codec forward(int t, int[] z);

    /**
     * The codec of z_t under q(z_t | z_(t-1)), for t from 1 to T.
     *
     * @param z z_(t-1) from its first element on
     * @return a codec that is good until the next call of any method; it does not read z any more
     */
    Codec backward(int t, int[] z);
}
