package org.bbans.model.path;

import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.file.ModelFile;

/** A flow: records go one by one, for one fills the lanes with its cells. */
public final class Flow extends CellModel {

    private final FlowWeights weights;

    /**
     * Packs a model's weights.
     *
     * @throws CorruptArchiveException if they are so large that some record could overflow, or if a constant is no
     *     possible one
     */
    public Flow(ModelFile file) throws CorruptArchiveException {
        this(new FlowWeights(file));
    }

    private Flow(FlowWeights weights) {
        super(weights.spec, weights.spec.memory());
        this.weights = weights;
    }

    @Override
    public GroupModel groups(Engine engine, int records, boolean fronts) {
        return new FlowGroup(this, weights, engine);
    }
}
