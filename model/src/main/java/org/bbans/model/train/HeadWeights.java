package org.bbans.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bbans.model.ModelSpec;

/**
 * The layers of the likelihood's head, in the order of the network: the first one, the residual blocks, for each
 * channel the layers after them, and the table of a categorical likelihood.
 */
final class HeadWeights {

    final ModelSpec spec;
    /** Absent if the features are the head's outputs. */
    final Optional<HeadLayer> first;
    /** By block and tap; the last tap, the pixel itself, has the bias. */
    final List<List<HeadLayer>> blocks = new ArrayList<>();
    /** By channel and depth. */
    final List<List<HeadLayer>> tails = new ArrayList<>();
    final Optional<HeadLayer> table;
    private final List<HeadLayer> all = new ArrayList<>();

    HeadWeights(ModelSpec spec, Parameters layout) {
        this.spec = spec;
        final List<Integer> hidden = spec.likelihood().hidden();
        final int width = hidden.isEmpty() ? spec.features() : hidden.get(0);
        first = hidden.isEmpty() ? Optional.empty() : Optional.of(layer(spec.headInputs(), width,
            layout.has("head.0.weight") ? layout.offset("head.0.weight") : 0, -1, spec.features()));
        spec.likelihood().blocks().ifPresent(b -> {
            for (int block = 0; block < b.count(); block++) {
                blocks.add(block(layout, "head.block." + block, b.taps(), width));
            }
        });
        for (int channel = 0; channel < spec.channels(); channel++) {
            tails.add(hidden.isEmpty() ? List.of() : tail(layout, channel));
        }
        table = spec.likelihood() instanceof ModelSpec.Categorical c ? Optional.of(layer(c.rank(), spec.levels(),
            layout.offset("table.weight"), layout.offset("table.bias"), c.rank())) : Optional.empty();
    }

    private List<HeadLayer> block(Parameters layout, String name, int taps, int width) {
        final List<HeadLayer> layers = new ArrayList<>();
        for (int tap = 0; tap < taps; tap++) {
            layers.add(layer(width, width, layout.offset(name + ".weight") + tap * width * width,
                tap == taps - 1 ? layout.offset(name + ".bias") : -1, width));
        }
        return layers;
    }

    private List<HeadLayer> tail(Parameters layout, int channel) {
        final List<Integer> hidden = spec.likelihood().hidden();
        final String prefix = spec.channels() == 1 ? "head." : "head.channel" + channel + ".";
        final List<HeadLayer> layers = new ArrayList<>();
        for (int l = 1; l <= hidden.size(); l++) {
            final String name = prefix + (l < hidden.size() ? Integer.toString(l) : "out");
            layers.add(layer(hidden.get(l - 1) + channel,
                l < hidden.size() ? hidden.get(l) : spec.likelihood().outputs(), layout.offset(name + ".weight"),
                layout.offset(name + ".bias"), hidden.get(l - 1)));
        }
        return layers;
    }

    private HeadLayer layer(int inputs, int outputs, int weight, int bias, int back) {
        final HeadLayer layer = new HeadLayer(inputs, outputs, weight, bias, back);
        all.add(layer);
        return layer;
    }

    void load(float[] parameters) {
        all.forEach(layer -> layer.load(parameters));
    }
}
