/**
 * Codecs that compose: what codes an array of symbols onto a stack and back without loss, whatever lies on the stack.
 * Begin with {@link org.bbans.codec.Codec}; {@link org.bbans.codec.BitsBack} makes a codec of a latent-variable model.
 */
package org.bbans.codec;
