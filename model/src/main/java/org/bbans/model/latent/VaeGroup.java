package org.bbans.model.latent;

import java.util.Arrays;
import java.util.List;
import org.bbans.codec.BitsBack;
import org.bbans.codec.Codec;
import org.bbans.codec.Tape;
import org.bbans.codec.engine.Engine;
import org.bbans.model.causal.CausalCodec;
import org.bbans.model.causal.ContextCounts;
import org.bbans.model.causal.KnownSamples;
import org.bbans.model.causal.Workspace;
import org.bbans.model.chain.LatentGroup;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Mlp;
import org.bbans.model.net.Network;

/** A {@link Vae} over groups of records. */
final class VaeGroup implements LatentGroup {

    private final Vae model;
    private final Workspace workspace;
    private final boolean fronts;
    private final CausalCodec likelihood;
    private final MarkovLatents latents;
    /** Absent without latents. */
    private final Posterior posterior;
    /** The decoder but for its last layer, which gives the features. */
    private final Mlp decoder;
    /** By depth, from 1 on; absent if groups of the current size have not needed it. */
    private final BitsBack[] bitsBack;
    private int records;

    VaeGroup(Vae model, Network network, Engine engine, int records, boolean fronts) {
        this.model = model;
        this.fronts = fronts;
        workspace = Workspace.of(network, engine, records, fronts);
        latents = new MarkovLatents(workspace);
        bitsBack = new BitsBack[latents.layers()];
        if (latents.layers() == 0) {
            likelihood = new CausalCodec(workspace);
            posterior = null;
            decoder = null;
        } else {
            final KnownSamples.Raster samples = new KnownSamples.Raster(workspace);
            likelihood = fronts ? new CausalCodec(workspace) : new CausalCodec(workspace, samples);
            posterior = new Posterior(workspace, samples, latents);
            final List<Dense> hidden = network.decoder.subList(0, network.decoder.size() - 1);
            decoder = new Mlp(hidden, network.spec.activation(), Kernels.lanesFor(workspace.records()));
        }
    }

    @Override
    public Engine engine() {
        return workspace.engine();
    }

    @Override
    public boolean fronts() {
        return fronts;
    }

    @Override
    public int capacity() {
        return workspace.records();
    }

    @Override
    public RecordModel model() {
        return model;
    }

    @Override
    public void group(int count) {
        if (count < 1 || count > capacity()) {
            throw new IllegalArgumentException("a group has 1 to " + capacity() + " records: " + count);
        }
        if (count != records) {
            records = count;
            likelihood.group(count);
            latents.group(count);
            Arrays.fill(bitsBack, null);
        }
    }

    @Override
    public ContextCounts counts(int blockRecords) {
        return new ContextCounts(workspace.grid(), blockRecords);
    }

    @Override
    public void learn(ContextCounts counts) {
        likelihood.learn(counts);
    }

    @Override
    public Codec at(int depth) {
        if (depth == 0) {
            return given(null, 0, 0);
        }
        if (bitsBack[depth - 1] == null) {
            final Codec codec = posterior.codec(depth);
            bitsBack[depth - 1] = new BitsBack(likelihood.size(), BucketPrior.of(codec.size()),
                    (z, off) -> given(z, off, depth),
                    (x, off) -> {
                        posterior.given(x, off);
                        return codec;
                    });
        }
        return bitsBack[depth - 1];
    }

    @Override
    public void sample(int[] x, int[] slot, int[] z, int[] freq) {
        if (posterior != null) {
            posterior.given(x, 0);
            posterior.search(slot, z, freq);
        }
    }

    @Override
    public void trace(int[] x, int[] z, int depth, Tape tape) {
        given(z, 0, depth).trace(x, 0, tape);
    }

    private CausalCodec given(int[] buckets, int off, int depth) {
        if (decoder != null) {
            final float[][] z = latents.values(buckets, off, depth);
            likelihood.given(decoder.forwardHidden(workspace.kernels(), z, Kernels.lanesFor(records)));
        }
        return likelihood;
    }
}
