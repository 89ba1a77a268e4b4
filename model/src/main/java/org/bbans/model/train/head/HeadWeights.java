package org.bbans.model.train.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bbans.model.spec.HurdleLikelihood;
import org.bbans.model.spec.ModelSpec;

/**
 * The layers of the likelihood's head, in the order of the network: the first one, the residual blocks, for each
 * channel the layers after them, and the table of a categorical likelihood.
 */
final class HeadWeights {

    final ModelSpec spec;
    /** Whether these are the layers of a hurdle's mark. */
    final boolean isMark;
    /** Absent if the features are the head's outputs, and for a mark on the levels' trunk. */
    final Optional<HeadLayer> first;
    /** Layers by block and tap; the last tap, the pixel itself, has the bias. */
    final List<List<HeadLayer>> blocks = new ArrayList<>();
    /** Layers by channel and depth. */
    final List<List<HeadLayer>> tails = new ArrayList<>();
    /** Present if the outputs are to be turned into logits by a table. */
    Optional<HeadLayer> table = Optional.empty();
    /** Where the first layer's position biases begin in the flat parameters. */
    final int positionOffset;
    private final List<Integer> hidden;
    private final int outputs;
    private final List<HeadLayer> all = new ArrayList<>();
    private float[] parameters;

    HeadWeights(ModelSpec spec, Parameters layout) {
        this(spec, layout, false, spec.likelihood().hidden(), spec.likelihood().outputs());
        spec.likelihood().blocks().ifPresent(b -> {
            for (int block = 0; block < b.count(); block++) {
                blocks.add(block(layout, "head.block." + block, b.taps(), spec.likelihood().hidden().get(0)));
            }
        });
        if (layout.has("table.weight")) {
            final int rank = layout.shape("table.weight").get(0);
            table = Optional.of(layer(rank, spec.levels(), layout.offset("table.weight"), layout.offset("table.bias"),
                    rank));
        }
    }

    private HeadWeights(ModelSpec spec, Parameters layout, boolean isMark, List<Integer> hidden, int outputs) {
        final String net = isMark ? "mark" : "head";
        this.spec = spec;
        this.isMark = isMark;
        this.hidden = hidden;
        this.outputs = outputs;
        final boolean trunk = layout.has(net + ".position");
        positionOffset = trunk ? layout.offset(net + ".position") : 0;
        final String weight = net + ".0.weight";
        first = trunk ? Optional.of(layer(spec.predictorInputs(), hidden.get(0),
                layout.has(weight) ? layout.offset(weight) : 0, -1, spec.features())) : Optional.empty();
        for (int channel = 0; channel < spec.channels(); channel++) {
            tails.add(hidden.isEmpty() ? List.of() : tail(layout, spec.channels() == 1 ? net + "."
                    : net + ".channel" + channel + ".", channel));
        }
    }

    /** The layers of a hurdle's mark; without a first one if it goes on from the levels' trunk. */
    static HeadWeights mark(ModelSpec spec, HurdleLikelihood hurdle, Parameters layout) {
        return new HeadWeights(spec, layout, true,
                hurdle.sharesTrunk() ? hurdle.hidden().subList(0, 1) : hurdle.markHidden(), 1);
    }

    private List<HeadLayer> block(Parameters layout, String name, int taps, int width) {
        final List<HeadLayer> layers = new ArrayList<>();
        for (int tap = 0; tap < taps; tap++) {
            layers.add(layer(width, width, layout.offset(name + ".weight") + tap * width * width,
                    tap == taps - 1 ? layout.offset(name + ".bias") : -1, width));
        }
        return layers;
    }

    private List<HeadLayer> tail(Parameters layout, String prefix, int channel) {
        final List<HeadLayer> layers = new ArrayList<>();
        for (int l = 1; l <= hidden.size(); l++) {
            final String name = prefix + (l < hidden.size() ? Integer.toString(l) : "out");
            layers.add(layer(hidden.get(l - 1) + channel,
                    l < hidden.size() ? hidden.get(l) : outputs, layout.offset(name + ".weight"),
                    layout.offset(name + ".bias"), hidden.get(l - 1)));
        }
        return layers;
    }

    private HeadLayer layer(int inputs, int outputs, int weight, int bias, int back) {
        final HeadLayer layer = new HeadLayer(inputs, outputs, weight, bias, back);
        all.add(layer);
        return layer;
    }

    /** Takes the layers' weights; the position biases are read where they are. */
    void load(float[] flat) {
        parameters = flat;
        all.forEach(layer -> layer.load(flat));
    }

    /** Copies the first layer's bias at a pixel. */
    void positionBias(int position, float[] to, int off) {
        final int width = hidden.get(0);
        System.arraycopy(parameters, positionOffset + position * width, to, off, width);
    }
}
