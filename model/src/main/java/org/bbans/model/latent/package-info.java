/**
 * Latent-variable models: layers of Gaussian latents in front of a causal likelihood, as bits-back codecs. Begin with
 * {@link org.bbans.model.latent.Vae}.
 */
package org.bbans.model.latent;
