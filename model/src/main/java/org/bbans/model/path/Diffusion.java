package org.bbans.model.path;

import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.file.ModelFile;

/** A diffusion model: records go one by one, for one fills the lanes with its cells. */
public final class Diffusion extends CellModel {

    private final DiffusionWeights weights;

    /**
     * Packs a model's weights.
     *
     * @throws CorruptArchiveException if they are so large that some record could overflow, or if a constant is no
     *     possible one
     */
    public Diffusion(ModelFile file) throws CorruptArchiveException {
        this(new DiffusionWeights(file));
    }

    private Diffusion(DiffusionWeights weights) {
        super(weights.spec, weights.spec.memory());
        this.weights = weights;
    }

    @Override
    public GroupModel groups(Engine engine, int records, boolean fronts) {
        return new DiffusionGroup(this, weights, engine);
    }
}
