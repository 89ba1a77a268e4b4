package org.bbans.model.causal;

import java.util.Optional;
import org.bbans.model.net.SparseInputs;
import org.bbans.model.spec.ModelSpec;

/** What a head sees of the pixels of a piece: their features and their neighbourhoods. A workspace. */
public final class Context {

    private final Optional<Features> features;
    private final Optional<Neighbourhood> neighbours;
    private final SparseInputs inputs;

    /**
     * A workspace.
     *
     * @param lanes greatest number of lanes of a piece
     */
    public Context(ModelSpec spec, CodedSamples samples, Optional<Features> features, int lanes) {
        this.features = features;
        neighbours = spec.likelihood().window().map(w -> Neighbourhood.of(spec, samples, lanes));
        inputs = new SparseInputs(spec.headInputs(), lanes);
    }

    /** The window's part; absent without a window. */
    Optional<Neighbourhood> neighbours() {
        return neighbours;
    }

    /** The rows for a piece, overwritten by the next call. Samples that it sees have been set. */
    SparseInputs gather(Piece piece) {
        inputs.clear();
        features.ifPresent(f -> f.add(piece, inputs));
        neighbours.ifPresent(n -> n.gather(piece, inputs));
        return inputs;
    }
}
