package org.bbans.model.latent;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.causal.Grid;
import org.bbans.model.causal.Lanes;
import org.bbans.model.chain.LatentGroup;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;
import org.bbans.model.net.Network;

/**
 * A variational autoencoder, or with no latents a causal model alone: a Markov chain of Gaussian latents and a causal
 * likelihood.
 */
public final class Vae implements RecordModel {

    private final Network network;

    /**
     * Packs a model's weights.
     *
     * @throws CorruptArchiveException if they are so large that some record could overflow
     */
    public Vae(ModelFile file) throws CorruptArchiveException {
        network = new Network(file);
    }

    @Override
    public int dims() {
        return network.spec.dims();
    }

    @Override
    public int levels() {
        return network.spec.levels();
    }

    @Override
    public int[] layers() {
        final List<Integer> layers = network.spec.latentLayers();
        final int[] widths = new int[layers.size()];
        Arrays.setAll(widths, k -> layers.get(widths.length - 1 - k));
        return widths;
    }

    @Override
    public long multiplyAdds() {
        return network.spec.multiplyAdds();
    }

    @Override
    public boolean learns() {
        return Lanes.learn(network.spec);
    }

    @Override
    public Optional<Grid> raster() {
        return network.spec.likelihood().window().map(window -> Grid.of(network.spec));
    }

    @Override
    public int bestLanes() {
        return Lanes.best(network.spec);
    }

    @Override
    public int mostLanes() {
        return Lanes.most(network.spec);
    }

    @Override
    public int symbolsAtOnce() {
        return 1;
    }

    @Override
    public boolean allowsFronts(int lanes) {
        return Lanes.allowFronts(network.spec, lanes);
    }

    @Override
    public long memory(int records) {
        return Lanes.memory(network.spec, records);
    }

    @Override
    public LatentGroup groups(Engine engine, int records, boolean fronts) {
        return new VaeGroup(this, network, engine, records, fronts);
    }
}
