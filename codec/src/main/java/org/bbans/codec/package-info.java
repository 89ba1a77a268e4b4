/**
 * Codecs that compose: what codes an array of symbols onto a stack and back without loss, whatever lies on the stack.
 * Begin with {@link org.bbans.codec.Codec}; {@link org.bbans.codec.BitsBack} makes a codec of a latent-variable model.
 *
 * <p>No argument or result is null. Codecs hold working memory: each belongs to one thread at a time, as a stack does.
 */
package org.bbans.codec;
