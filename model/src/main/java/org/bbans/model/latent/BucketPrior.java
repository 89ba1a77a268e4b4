package org.bbans.model.latent;

import org.bbans.codec.Codec;
import org.bbans.codec.Codecs;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.distribution.Uniform;

/**
 * The prior N(0, I) over buckets of equal mass: every bucket costs the same, in whatever order they are numbered. They
 * are renumbered by a step of a congruential generator of full period.
 *
 * <p>Without that, bits-back would not sample: the next group's latents are popped from the very bits that these were
 * pushed to, and a latent whose posterior resembles the prior would take the same bucket in every record of a chain.
 */
final class BucketPrior implements Codecs.Bijection {

    private static final int MASK = GaussianBuckets.BUCKETS - 1;
    /** 1 mod 4 for the full period; near 4096 times the golden section, which spreads neighbours evenly. */
    private static final int MULTIPLIER = 2533;
    private static final int INCREMENT = 1117;
    /** 1 / {@link #MULTIPLIER} mod 4096. */
    private static final int INVERSE = 3053;

    private BucketPrior() {}

    /** The prior of {@code size} latents. */
    static Codec of(int size) {
        return Codecs.map(new BucketPrior(), new DistributionCodec(new Uniform(GaussianBuckets.BITS), size));
    }

    @Override
    public void apply(int[] z, int off, int n) {
        for (int j = off; j < off + n; j++) {
            z[j] = z[j] * MULTIPLIER + INCREMENT & MASK;
        }
    }

    @Override
    public void invert(int[] z, int off, int n) {
        for (int j = off; j < off + n; j++) {
            z[j] = (z[j] - INCREMENT) * INVERSE & MASK;
        }
    }
}
