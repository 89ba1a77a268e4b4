/**
 * Paths of states, coded step by step: diffusion models and flows, whose states are as large as the record, and latents
 * in continuous time.
 */
package org.bbans.model.path;
