package org.bbans.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bbans.model.kernel.Kernels;

/** The head: from the features of a pixel and its neighbourhood to its samples' distributions. A workspace. */
final class CausalHead {

    private final HeadInputs inputs;
    private final Trunk trunk;
    private final List<Tail> tails = new ArrayList<>();
    private final float[][] coded;
    private float[][] hidden;

    CausalHead(Network network, Kernels kernels, SampleRows samples, Optional<FeatureRows> features, int capacity) {
        final ModelSpec spec = network.spec;
        inputs = new HeadInputs(spec, samples, features, capacity);
        trunk = new Trunk(network.head.orElseThrow(), spec, kernels, capacity);
        network.head.orElseThrow().tails().forEach(layers -> tails.add(new Tail(layers, kernels, capacity)));
        coded = new float[tails.size()][];
    }

    /** The outputs for a channel of a pixel. Samples are asked for in order; all earlier ones have been set. */
    float[][] forward(int pixel, int channel, int lanes) {
        if (channel == 0) {
            hidden = trunk.forward(pixel, inputs.gather(pixel, lanes), lanes);
        } else {
            coded[channel - 1] = inputs.neighbours().orElseThrow().coded(pixel, channel - 1, lanes);
        }
        return tails.get(channel).forward(hidden, coded, channel, lanes);
    }

    /** The levels that the means of the channel in hand are relative to; null if they are absolute. */
    float[] reference(int channel) {
        return inputs.neighbours().map(n -> n.reference(channel)).orElse(null);
    }
}
