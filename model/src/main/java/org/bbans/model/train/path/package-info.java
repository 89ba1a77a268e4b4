/** The losses of diffusion models, flows and latents in continuous time, and their gradients. */
package org.bbans.model.train.path;
