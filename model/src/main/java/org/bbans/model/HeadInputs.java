package org.bbans.model;

import java.util.Optional;

/** What a head sees of a pixel of all records of a group: its features and its neighbourhood. A workspace. */
final class HeadInputs {

    private final Optional<FeatureRows> features;
    private final int featureCount;
    private final Optional<NeighbourRows> neighbours;
    private final InputRows inputs;

    HeadInputs(ModelSpec spec, SampleRows samples, Optional<FeatureRows> features, int capacity) {
        this.features = features;
        featureCount = spec.features();
        neighbours = spec.likelihood().window().map(w -> NeighbourRows.of(spec, samples, capacity));
        inputs = new InputRows(spec.headInputs());
    }

    /** The window's part; absent without a window. */
    Optional<NeighbourRows> neighbours() {
        return neighbours;
    }

    /** The rows for a pixel, overwritten by the next call. Samples before the pixel have been set. */
    InputRows gather(int pixel, int lanes) {
        inputs.clear();
        if (features.isPresent()) {
            final int offset = features.get().offset(pixel, lanes);
            for (int f = 0; f < featureCount; f++) {
                inputs.add(features.get().rows[offset + f], f);
            }
        }
        if (neighbours.isPresent()) {
            neighbours.get().gather(pixel, inputs, lanes);
        }
        return inputs;
    }
}
