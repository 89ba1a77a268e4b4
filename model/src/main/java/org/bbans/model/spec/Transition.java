package org.bbans.model.spec;

import java.util.List;

/**
 * From a layer of latents to the one below it: for each latent of the lower layer, mean and log standard deviation
 * of its conditional prior, and what its posterior is made of.
 *
 * @param prior widths of the hidden layers of the network that maps the upper layer to the prior; at most 8
 * @param backward what the other network says
 * @param posterior widths of the hidden layers of that network, whose inputs are the encoder's last hidden layer
 *     and, if it is {@link Backward#RELATIVE}, the upper layer of latents; at most 8
 */
public record Transition(List<Integer> prior, Backward backward, List<Integer> posterior) {

    /** What a layer's posterior network says; the label is the prefix of its tensors. */
    public enum Backward {
        /** From the record and the layer above: the posterior, in units of the conditional prior. */
        RELATIVE("posterior"),
        /** From the record alone: a Gaussian by which the conditional prior is multiplied to give the posterior. */
        PRODUCT("evidence");

        private final String label;

        Backward(String label) {
            this.label = label;
        }

        /** Name in descriptions and prefix of the names of tensors. */
        public String label() {
            return label;
        }
    }

    /** Checks the limits. */
    public Transition {
        prior = SpecChecks.widths("prior", prior);
        posterior = SpecChecks.widths("posterior", posterior);
    }
}
