/**
 * Latent-variable models as codecs: model files, deterministic forward passes, the bits-back chain over records, and
 * the evidence lower bound of the discretised model.
 */
package org.bbans.model;
