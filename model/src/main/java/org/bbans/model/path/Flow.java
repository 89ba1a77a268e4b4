package org.bbans.model.path;

import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;

/** A flow: records go one by one, for one fills the lanes with its cells. */
public final class Flow implements RecordModel {

    private final FlowWeights weights;

    /**
     * Packs a model's weights.
     *
     * @throws CorruptArchiveException if they are so large that some record could overflow, or if a constant is no
     *     possible one
     */
    public Flow(ModelFile file) throws CorruptArchiveException {
        weights = new FlowWeights(file);
    }

    @Override
    public int dims() {
        return weights.spec.dims();
    }

    @Override
    public int levels() {
        return weights.spec.levels();
    }

    /** All states in one layer: they come into use together. */
    @Override
    public int[] layers() {
        return new int[] {weights.spec.latents()};
    }

    @Override
    public long multiplyAdds() {
        return weights.spec.multiplyAdds();
    }

    @Override
    public long memory(int records) {
        return weights.spec.memory();
    }

    @Override
    public int bestLanes() {
        return 1;
    }

    @Override
    public int mostLanes() {
        return 1;
    }

    @Override
    public int symbolsAtOnce() {
        return weights.spec.dims();
    }

    @Override
    public boolean allowsFronts(int lanes) {
        return false;
    }

    @Override
    public GroupModel groups(Engine engine, int records, boolean fronts) {
        return new FlowGroup(this, weights, engine);
    }
}
