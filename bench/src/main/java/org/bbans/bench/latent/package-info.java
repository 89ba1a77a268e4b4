/**
 * Whether latents pay in the image models: networks of the shape of {@code image-fast} whose hidden layers an image's
 * latents shift and scale, beside plain ones of as many multiply-adds. Floating point, no archives.
 */
package org.bbans.bench.latent;
