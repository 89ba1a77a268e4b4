package org.bbans.codec;

import java.util.Objects;
import org.bbans.codec.ans.AnsStack;

/**
 * Bits-back coding (Townsend, Bird and Barber, arXiv:1901.04866): codes x under the latent-variable model
 * p(z) p(x | z) at the cost of the negative ELBO, for the choice of z is made with bits that are got back.
 *
 * @param prior p(z)
 * @param likelihood p(x | z), given z
 * @param posterior q(z | x), given x: the approximate posterior
 */
public record BitsBack(Codec prior, Conditional likelihood, Conditional posterior) {

    /** The three codecs. */
    public BitsBack {
        Objects.requireNonNull(prior);
        Objects.requireNonNull(likelihood);
        Objects.requireNonNull(posterior);
    }

    /**
     * Pushes {@code x[xOff ..]}; the stack must hold enough to pop the latents from.
     *
     * @param z receives the latents, {@code prior().size()} of them from {@code zOff}
     * @throws org.bbans.codec.ans.StackUnderflowException if it does not
     */
    public void push(AnsStack stack, int[] x, int xOff, int[] z, int zOff) {
        posterior.given(x, xOff).pop(stack, z, zOff);
        likelihood.given(z, zOff).push(stack, x, xOff);
        prior.push(stack, z, zOff);
    }

    /** Pops into {@code x[xOff ..]}, and the latents into {@code z[zOff ..]}: undoes {@link #push} move by move. */
    public void pop(AnsStack stack, int[] x, int xOff, int[] z, int zOff) {
        prior.pop(stack, z, zOff);
        likelihood.given(z, zOff).pop(stack, x, xOff);
        posterior.given(x, xOff).push(stack, z, zOff);
    }
}
