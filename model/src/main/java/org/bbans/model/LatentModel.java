package org.bbans.model;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.BitsBack;
import org.bbans.codec.Codec;
import org.bbans.codec.Distribution;
import org.bbans.codec.DistributionCodec;
import org.bbans.codec.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.model.kernel.Dense;
import org.bbans.model.kernel.Kernels;

/**
 * A latent-variable model over groups of records in lockstep, as codecs.
 *
 * <p>Samples of a group are sample-major ({@code x[sample * records + record]}), latents latent-major. A workspace: one
 * for each thread; the network may be shared.
 */
final class LatentModel {

    /** Bits that the prior spends on a latent. */
    static final int LATENT_BITS = GaussianBuckets.BITS;

    private final Network network;
    private final Engine engine;
    private final Kernels kernels;
    private final int capacity;
    private final int latents;
    private final Posterior posterior;
    private final CausalLikelihood likelihood;
    private final Mlp decoder;
    private final float[][] z;

    private int records;
    private Codec posteriorCodec;
    private BitsBack bitsBack;

    /**
     * A workspace.
     *
     * @param capacity greatest number of records in a group
     */
    LatentModel(Network network, Engine engine, int capacity) {
        this.network = network;
        this.engine = engine;
        this.kernels = Kernels.of(engine);
        this.capacity = Kernels.lanesFor(capacity);
        final ModelSpec spec = network.spec;
        latents = spec.latents();
        final SampleRows samples = new SampleRows(spec, this.capacity);
        likelihood = new CausalLikelihood(network, engine, samples, this.capacity);
        if (latents > 0) {
            posterior = new Posterior(network, engine, samples, this.capacity);
            final List<Dense> hidden = network.decoder.subList(0, network.decoder.size() - 1);
            decoder = new Mlp(hidden, this.capacity);
            z = new float[latents][this.capacity];
        } else {
            posterior = null;
            decoder = null;
            z = new float[0][];
        }
    }

    Engine engine() {
        return engine;
    }

    int capacity() {
        return capacity;
    }

    ModelSpec spec() {
        return network.spec;
    }

    /** The number of records in a group from now on, at most the capacity. */
    void group(int count) {
        if (count < 1 || count > capacity) {
            throw new IllegalArgumentException("a group has 1 to " + capacity + " records: " + count);
        }
        likelihood.group(count);
        if (count != records) {
            records = count;
            if (latents > 0) {
                final Codec prior = new Prior(latents * count);
                posteriorCodec = new DistributionCodec(posterior.distribution(), latents * count);
                bitsBack = new BitsBack(prior, this::likelihood, this::posterior);
            }
        }
    }

    /** Prior, likelihood and posterior of a group. The model must have latents. */
    BitsBack bitsBack() {
        return bitsBack;
    }

    /** The likelihood given latents at the prior's median, 0: codes records without bits back. */
    CausalLikelihood plain() {
        for (float[] row : z) {
            Arrays.fill(row, 0f);
        }
        return conditioned();
    }

    /** The likelihood given the latents whose buckets are {@code buckets[off ..]}. */
    CausalLikelihood likelihood(int[] buckets, int off) {
        for (int d = 0; d < latents; d++) {
            final float[] row = z[d];
            for (int j = 0; j < records; j++) {
                row[j] = GaussianBuckets.centre(buckets[off + d * records + j]);
            }
        }
        return conditioned();
    }

    /** The posterior's distributions given the records whose levels are {@code x[off ..]}. */
    Distribution posteriorDistribution(int[] x, int off) {
        posterior.given(x, off, records);
        return posterior.distribution();
    }

    private Codec posterior(int[] x, int off) {
        posterior.given(x, off, records);
        return posteriorCodec;
    }

    private CausalLikelihood conditioned() {
        if (latents > 0) {
            likelihood.given(decoder.forwardHidden(kernels, z, Kernels.lanesFor(records)));
        }
        return likelihood;
    }
}
