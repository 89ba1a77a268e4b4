package org.bbans.model.causal;

import java.util.ArrayList;
import java.util.List;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;

/** The head: from the features of a pixel and its neighbourhood to its samples' distributions. A workspace. */
public final class CausalHead {

    private final Context inputs;
    private final Trunk trunk;
    private final List<Tail> tails = new ArrayList<>();
    private final float[][] coded;
    private float[][] hidden;

    public CausalHead(Network network, Kernels kernels, Context inputs, PixelOrder order, int records, int lanes) {
        this.inputs = inputs;
        final Network.Head head = network.head.orElseThrow();
        trunk = new Trunk(head, network.spec, kernels, order, records, lanes);
        head.tails().forEach(layers -> tails.add(new Tail(layers, network.spec.activation(), kernels, lanes)));
        coded = new float[tails.size()][];
    }

    /** The outputs for a channel of a piece. Samples are asked for in order; all that these see have been set. */
    public float[][] forward(Piece piece, int channel) {
        if (channel == 0) {
            hidden = trunk.forward(piece, inputs.gather(piece));
        } else {
            coded[channel - 1] = inputs.neighbours().orElseThrow().coded(piece, channel - 1);
        }
        return tails.get(channel).forward(hidden, coded, channel, piece.lanes);
    }

    /** The levels that the means of the channel in hand are relative to; null if they are absolute. */
    public float[] reference(int channel) {
        return inputs.neighbours().map(n -> n.reference(channel)).orElse(null);
    }
}
