package org.bbans.model.path;

import org.bbans.model.chain.RecordModel;
import org.bbans.model.spec.Description;

/** A model that codes records one by one, for one fills the lanes with its cells. All states are one layer. */
abstract sealed class CellModel implements RecordModel permits Diffusion, Flow {

    private final Description spec;
    private final long memory;

    /** @param memory bytes that a workspace takes at most */
    CellModel(Description spec, long memory) {
        this.spec = spec;
        this.memory = memory;
    }

    @Override
    public final int dims() {
        return spec.dims();
    }

    @Override
    public final int levels() {
        return spec.levels();
    }

    /** All states in one layer: they come into use together. */
    @Override
    public final int[] layers() {
        return new int[] {spec.latents()};
    }

    @Override
    public final long multiplyAdds() {
        return spec.multiplyAdds();
    }

    @Override
    public final long memory(int records) {
        return memory;
    }

    @Override
    public final int bestLanes() {
        return 1;
    }

    @Override
    public final int mostLanes() {
        return 1;
    }

    @Override
    public final int symbolsAtOnce() {
        return spec.dims();
    }

    @Override
    public final boolean allowsFronts(int lanes) {
        return false;
    }
}
