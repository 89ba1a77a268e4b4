/**
 * Causal likelihoods: p(x | z) of records, pixel by pixel, each sample given the samples before it. Many records, or
 * many pixels of few records, are predicted together. Begin with {@link org.bbans.model.causal.CausalCodec}.
 */
package org.bbans.model.causal;
