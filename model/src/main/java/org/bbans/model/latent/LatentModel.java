package org.bbans.model.latent;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.BitsBack;
import org.bbans.codec.Codec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engine;
import org.bbans.model.causal.CausalLikelihood;
import org.bbans.model.causal.HurdleLikelihood;
import org.bbans.model.causal.PixelOrder;
import org.bbans.model.causal.RecordLikelihood;
import org.bbans.model.causal.SampleRows;
import org.bbans.model.chain.ChainHeader;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Mlp;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;

/**
 * A latent-variable model over groups of records in lockstep, as codecs.
 *
 * <p>Samples of a group are sample-major ({@code x[sample * records + record]}), latents latent-major. A workspace: one
 * for each thread; the network may be shared.
 */
public final class LatentModel {

    /** Bits that the prior spends on a latent. */
    public static final int LATENT_BITS = GaussianBuckets.BITS;

    private final Network network;
    private final Engine engine;
    private final Kernels kernels;
    private final int capacity;
    private final boolean fronts;
    private final int latents;
    private final MarkovLatents chain;
    private final Posterior posterior;
    private final RecordLikelihood likelihood;
    private final Mlp decoder;
    /** For each depth from 1 on; absent if the current groups' size has not needed it. */
    private final BitsBack[] bitsBack;

    private int records;

    /**
     * A workspace.
     *
     * @param capacity greatest number of records in a group
     * @param fronts whether pixels are coded front by front
     */
    public LatentModel(Network network, Engine engine, int capacity, boolean fronts) {
        this.network = network;
        this.engine = engine;
        this.kernels = Kernels.of(engine);
        this.fronts = fronts;
        final int lanes = Kernels.lanesFor(capacity);
        // What fronts keep of all pixels has no room for more records.
        this.capacity = fronts ? capacity : lanes;
        final ModelSpec spec = network.spec;
        latents = spec.latents();
        final SampleRows samples = fronts && latents == 0 ? null : new SampleRows(spec, lanes);
        final PixelOrder order = fronts ? PixelOrder.fronts(spec) : PixelOrder.raster(spec);
        final int most = fronts ? ChainHeader.MAX_LANES : lanes;
        likelihood = spec.likelihood() instanceof ModelSpec.Hurdle
            ? new HurdleLikelihood(network, engine, order, samples, this.capacity, most)
            : new CausalLikelihood(network, engine, order, samples, this.capacity, most);
        if (latents > 0) {
            chain = new MarkovLatents(network, engine, lanes);
            posterior = new Posterior(network, engine, samples, chain, lanes);
            final List<Dense> hidden = network.decoder.subList(0, network.decoder.size() - 1);
            decoder = new Mlp(hidden, spec.activation(), lanes);
        } else {
            chain = null;
            posterior = null;
            decoder = null;
        }
        bitsBack = new BitsBack[spec.layers().size()];
    }

    public Engine engine() {
        return engine;
    }

    /** Whether pixels are coded front by front. */
    public boolean fronts() {
        return fronts;
    }

    public int capacity() {
        return capacity;
    }

    public ModelSpec spec() {
        return network.spec;
    }

    /** Number of intervals of the likelihood for each sample. */
    public int intervalsPerSample() {
        return likelihood.intervalsPerSample();
    }

    /** The number of records in a group from now on, at most the capacity. */
    public void group(int count) {
        if (count < 1 || count > capacity) {
            throw new IllegalArgumentException("a group has 1 to " + capacity + " records: " + count);
        }
        likelihood.group(count);
        if (count != records) {
            records = count;
            if (latents > 0) {
                chain.group(count);
                posterior.group(count);
                Arrays.fill(bitsBack, null);
            }
        }
    }

    /**
     * Prior, likelihood and posterior of a group, for the latents of the {@code depth} upper layers only; those below
     * are at their prior's median. The model must have latents.
     *
     * @param depth 1 to the number of layers
     */
    public BitsBack bitsBack(int depth) {
        if (bitsBack[depth - 1] == null) {
            final Codec prior = new BucketPrior(chain.first(depth) * records);
            final Codec codec = posterior.codec(depth);
            bitsBack[depth - 1] = new BitsBack(prior, (z, off) -> likelihood(z, off, depth), (x, off) -> {
                posterior.given(x, off);
                return codec;
            });
        }
        return bitsBack[depth - 1];
    }

    /**
     * The likelihood given the latents of the {@code depth} upper layers, those below being at their prior's median.
     * With a depth of 0 it codes records without bits back.
     *
     * @param buckets the latents' buckets from {@code off} on, unread at depth 0
     */
    public RecordLikelihood likelihood(int[] buckets, int off, int depth) {
        if (latents > 0) {
            final float[][] z = chain.values(buckets, off, depth);
            likelihood.given(decoder.forwardHidden(kernels, z, Kernels.lanesFor(records)));
        }
        return likelihood;
    }

    /** The likelihood without bits back: all latents are at their prior's median. */
    public RecordLikelihood plain() {
        return likelihood(null, 0, 0);
    }

    /** The posterior's distributions given the records whose levels are {@code x}. */
    public Posterior posterior(int[] x) {
        posterior.given(x, 0);
        return posterior;
    }
}
