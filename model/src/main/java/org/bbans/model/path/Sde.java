package org.bbans.model.path;

import org.bbans.codec.engine.Engine;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.chain.GroupModel;
import org.bbans.model.chain.RecordModel;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.SdeSpec;

/** A model in continuous time, which codes in a number of steps that whoever encodes may choose. */
public final class Sde implements RecordModel {

    /** Steps unless others are asked for. */
    private static final int STEPS = 16;
    private static final int MOST_LANES = 16;
    /** Samples in lockstep, for each of which there are logits of all levels. */
    private static final int MOST_SAMPLES = 1 << 14;

    private final SdeWeights weights;
    private final int steps;

    private Sde(SdeWeights weights, int steps) {
        this.weights = weights;
        this.steps = steps;
    }

    /**
     * Packs a model's weights.
     *
     * @throws CorruptArchiveException if they are so large that some record could overflow
     */
    public Sde(ModelFile file) throws CorruptArchiveException {
        this(new SdeWeights(file), STEPS);
    }

    @Override
    public int dims() {
        return weights.spec.dims();
    }

    @Override
    public int levels() {
        return weights.spec.levels();
    }

    /** All states in one layer, as many as there can be: they come into use together. */
    @Override
    public int[] layers() {
        return new int[] {weights.spec.latents() * (SdeSpec.MAX_STEPS + 1)};
    }

    @Override
    public int mostSteps() {
        return SdeSpec.MAX_STEPS;
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public RecordModel withSteps(int count) {
        if (count < 1 || count > SdeSpec.MAX_STEPS) {
            throw new IllegalArgumentException("steps must be 1 to " + SdeSpec.MAX_STEPS + ", not " + count);
        }
        return new Sde(weights, count);
    }

    @Override
    public long multiplyAdds() {
        return weights.spec.multiplyAdds();
    }

    @Override
    public long memory(int records) {
        return weights.spec.memory(records);
    }

    @Override
    public int bestLanes() {
        return mostLanes();
    }

    @Override
    public int mostLanes() {
        int lanes = MOST_LANES;
        while (lanes > 1 && (long) lanes * dims() > MOST_SAMPLES) {
            lanes /= 2;
        }
        return lanes;
    }

    @Override
    public int symbolsAtOnce() {
        return Math.min(weights.spec.latents(), dims());
    }

    @Override
    public boolean allowsFronts(int lanes) {
        return false;
    }

    @Override
    public GroupModel groups(Engine engine, int records, boolean fronts) {
        return new SdeGroup(this, weights, engine, records);
    }
}
