package org.bbans.model;

import java.util.Optional;

/** What a head sees of the pixels of a piece: their features and their neighbourhoods. A workspace. */
final class HeadInputs {

    private final Optional<FeatureRows> features;
    private final Optional<NeighbourRows> neighbours;
    private final InputRows inputs;

    /**
     * A workspace.
     *
     * @param lanes greatest number of lanes of a piece
     */
    HeadInputs(ModelSpec spec, CodedSamples samples, Optional<FeatureRows> features, int lanes) {
        this.features = features;
        neighbours = spec.likelihood().window().map(w -> NeighbourRows.of(spec, samples, lanes));
        inputs = new InputRows(spec.headInputs(), lanes);
    }

    /** The window's part; absent without a window. */
    Optional<NeighbourRows> neighbours() {
        return neighbours;
    }

    /** The rows for a piece, overwritten by the next call. Samples that it sees have been set. */
    InputRows gather(Piece piece) {
        inputs.clear();
        features.ifPresent(f -> f.add(piece, inputs));
        neighbours.ifPresent(n -> n.gather(piece, inputs));
        return inputs;
    }
}
