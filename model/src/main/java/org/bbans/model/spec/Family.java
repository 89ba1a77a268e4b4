package org.bbans.model.spec;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Kinds of models: each is described, and codes, in its own way. */
public enum Family {

    /** Variational autoencoders with a causal likelihood, or that alone; what a description without a family means. */
    VAE,

    /** Diffusion models. */
    DIFFUSION,

    /** Normalizing flows. */
    FLOW,

    /** Latents in continuous time. */
    SDE;

    /** Its name in a model's description. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The family of that name; empty if this program knows none. */
    static Optional<Family> of(String label) {
        return Stream.of(values()).filter(f -> f.label().equals(label)).findFirst();
    }
}
