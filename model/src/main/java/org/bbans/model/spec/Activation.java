package org.bbans.model.spec;

import java.util.Locale;

/** What follows a hidden layer: the number itself if it is positive, else one from -1 to 0 that is not below it. */
public enum Activation {

    /** The exponential linear unit: {@code exp(x) - 1} below 0 (Clevert, Unterthiner, Hochreiter, arXiv:1511.07289). */
    ELU,

    /**
     * The square linear unit: {@code x + x * x / 4} from -2 to 0, -1 below (Wuraola, Patel, Nguang, Neurocomputing 442,
     * 2021). Much like the former without its exponential, which takes 7 % of the time of large networks.
     */
    SQLU;

    /** Its name in a model's description. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
