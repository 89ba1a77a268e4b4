/** Diffusion models: chains of states as large as the record, whose kernels are one network, coded step by step. */
package org.bbans.model.path;
