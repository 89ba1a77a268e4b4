package org.bbans.codec;

import java.util.Objects;
import org.bbans.codec.ans.AnsStack;

/**
 * Bits-back coding (Townsend, Bird and Barber, arXiv:1901.04866): codes x under the latent-variable model
 * p(z) p(x | z) at the cost of the negative ELBO, for the choice of z is made with bits that are got back.
 *
 * <p>That holds as far as these bits are random. Those that symbols of other records have left are not quite, which may
 * cost some per cent: a posterior made of {@link org.bbans.codec.distribution.SampleCodec}, with a key that both sides
 * can tell from the number of the record, mixes them first.
 *
 * <p>Being a codec itself it may be the prior of another one: that is a hierarchy of latents. Not safe for use by
 * several threads.
 */
public final class BitsBack implements Codec {

    private final int size;
    private final Codec prior;
    private final Conditional likelihood;
    private final Conditional posterior;
    private final int[] z;

    /**
     * A model as a codec.
     *
     * @param size number of symbols of x
     * @param prior p(z)
     * @param likelihood p(x | z), given z
     * @param posterior q(z | x), given x: the approximate posterior
     */
    public BitsBack(int size, Codec prior, Conditional likelihood, Conditional posterior) {
        this.size = size;
        this.prior = prior;
        this.likelihood = Objects.requireNonNull(likelihood);
        this.posterior = Objects.requireNonNull(posterior);
        z = new int[prior.size()];
    }

    @Override
    public int size() {
        return size;
    }

    /**
     * Pushes {@code x[off ..]}; the stack must hold enough to pop the latents from.
     *
     * @throws org.bbans.codec.ans.StackUnderflowException if it does not
     */
    @Override
    public void push(AnsStack stack, int[] x, int off) {
        posterior.given(x, off).pop(stack, z, 0);
        likelihood.given(z, 0).push(stack, x, off);
        prior.push(stack, z, 0);
    }

    /** Pops into {@code x[off ..]}: undoes {@link #push} move by move. */
    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        prior.pop(stack, z, 0);
        likelihood.given(z, 0).pop(stack, x, off);
        posterior.given(x, off).push(stack, z, 0);
    }
}
