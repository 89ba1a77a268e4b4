package org.bbans.cli.train;

/** The kinds of models that can be trained. */
enum TrainedFamily {
    /** Autoencoders, chains of latents too, and models without latents. */
    VAE,
    /** Autoencoders whose latents have several layers. */
    CHAIN,
    /** Diffusion models. */
    DIFFUSION,
    /** Normalizing flows. */
    FLOW,
    /** Latents in continuous time. */
    SDE,
    /** Models of images of any size. */
    IMAGE
}
