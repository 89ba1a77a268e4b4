/** The loss of diffusion models and its gradient. */
package org.bbans.model.train.path;
