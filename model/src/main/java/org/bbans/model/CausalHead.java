package org.bbans.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bbans.model.kernel.Kernels;

/** The head: from the features of a pixel and its neighbourhood to its samples' distributions. A workspace. */
final class CausalHead {

    private final Optional<NeighbourRows> neighbours;
    private final Optional<FeatureRows> features;
    private final int featureCount;
    private final InputRows inputs;
    private final Trunk trunk;
    private final List<Tail> tails = new ArrayList<>();
    private final float[][] coded;
    private float[][] hidden;

    CausalHead(Network network, Kernels kernels, SampleRows samples, Optional<FeatureRows> features, int capacity) {
        final ModelSpec spec = network.spec;
        this.features = features;
        featureCount = spec.features();
        neighbours = spec.likelihood().window().map(w -> NeighbourRows.of(spec, samples, capacity));
        inputs = new InputRows(spec.headInputs());
        trunk = new Trunk(network, kernels, capacity);
        network.head.orElseThrow().tails().forEach(layers -> tails.add(new Tail(layers, kernels, capacity)));
        coded = new float[tails.size()][];
    }

    /** The outputs for a channel of a pixel. Samples are asked for in order; all earlier ones have been set. */
    float[][] forward(int pixel, int channel, int lanes) {
        if (channel == 0) {
            gather(pixel, lanes);
            hidden = trunk.forward(pixel, inputs, lanes);
        } else {
            coded[channel - 1] = neighbours.orElseThrow().coded(pixel, channel - 1, lanes);
        }
        return tails.get(channel).forward(hidden, coded, channel, lanes);
    }

    /** The levels that the means of the channel in hand are relative to; null if they are absolute. */
    float[] reference(int channel) {
        return neighbours.isPresent() ? neighbours.get().reference(channel) : null;
    }

    private void gather(int pixel, int lanes) {
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
    }
}
