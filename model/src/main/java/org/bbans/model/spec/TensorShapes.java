package org.bbans.model.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names and shapes of a model's tensors, from the parts of its description. */
public final class TensorShapes {

    private final Map<String, List<Integer>> shapes = new LinkedHashMap<>();

    private TensorShapes() {}

    /** By name, in canonical order. A weight is {@code [in, out]}. */
    static Map<String, List<Integer>> of(List<Integer> shape, int levels, List<Integer> latents,
            Optional<ModelSpec.Encoder> encoder,
            List<Transition> transitions, Optional<ModelSpec.Decoder> decoder,
            Likelihood likelihood) {
        final TensorShapes tensors = new TensorShapes();
        final int dims = shape.stream().reduce(1, (a, b) -> a * b);
        final int channels = channels(shape, likelihood);
        final int pixels = dims / channels;
        final int features = decoder.map(ModelSpec.Decoder::features).orElse(0);
        encoder.ifPresent(e -> {
            tensors.network("encoder", dims, e.hidden(), 2 * latents.get(latents.size() - 1));
            tensors.chain(latents, e.hidden(), transitions);
        });
        decoder.ifPresent(d -> tensors.network("decoder", latents.get(0), d.hidden(), pixels * features));
        final int inputs = features + likelihood.window().map(w -> w.inputs(channels)).orElse(0);
        if (!likelihood.hidden().isEmpty()) {
            tensors.first("head", pixels, inputs, likelihood.hidden().get(0));
            tensors.blocks(likelihood.predictor());
            for (int c = 0; c < channels; c++) {
                tensors.tail(tailName("head", channels, c), c, likelihood.hidden(), likelihood.outputs());
            }
        }
        if (likelihood instanceof HurdleLikelihood h) {
            if (h.sharesTrunk()) {
                tensors.layer("mark.out", h.hidden().get(0), 1);
            } else {
                tensors.first("mark", pixels, inputs, h.markHidden().get(0));
                tensors.tail("mark", 0, h.markHidden(), 1);
            }
        }
        final int rank = likelihood.match(c -> c.rank(), h -> h.rank(), m -> 0, b -> 0);
        if (rank > 0) {
            tensors.layer("table", rank, levels);
        }
        return tensors.shapes;
    }

    /** Those of a model in continuous time. */
    static Map<String, List<Integer>> of(SdeSpec spec) {
        final TensorShapes tensors = new TensorShapes();
        tensors.shapes.put("plain", List.of(SdeSpec.LEVELS));
        tensors.network("encoder", spec.dims(), spec.encoder(), 2 * spec.latents());
        tensors.network("forward", spec.latents() + SdeSpec.TIMES, spec.drift(), spec.latents());
        tensors.network("backward", spec.latents() + SdeSpec.TIMES, spec.drift(), spec.latents());
        tensors.network("decoder", spec.latents(), spec.decoder(), spec.dims() * spec.rank());
        tensors.layer("table", spec.rank(), SdeSpec.LEVELS);
        return tensors.shapes;
    }

    /** Samples that share a pixel. */
    static int channels(List<Integer> shape, Likelihood likelihood) {
        return likelihood.window().isPresent() && shape.size() == 3 ? shape.get(2) : 1;
    }

    /** Prefix of the names of a channel's layers after the trunk. */
    public static String tailName(String net, int channels, int channel) {
        return channels == 1 ? net : net + ".channel" + channel;
    }

    /** Between the layers of latents, from the top. */
    private void chain(List<Integer> latents, List<Integer> encoder, List<Transition> transitions) {
        for (int i = transitions.size(); i > 0; i--) {
            final Transition t = transitions.get(i - 1);
            final int seen = encoder.get(encoder.size() - 1)
                    + (t.backward() == Transition.Backward.RELATIVE ? latents.get(i) : 0);
            network(t.backward().label() + "." + i, seen, t.posterior(), 2 * latents.get(i - 1));
            network("prior." + i, latents.get(i), t.prior(), 2 * latents.get(i - 1));
        }
    }

    /** The first hidden layer, which all channels of a pixel share. */
    private void first(String net, int pixels, int inputs, int width) {
        // Its bias is one of its own for every pixel.
        shapes.put(net + ".position", List.of(pixels, width));
        if (inputs > 0) {
            shapes.put(net + ".0.weight", List.of(inputs, width));
        }
    }

    /** The convolutions over the first hidden layer. */
    private void blocks(PredictorSpec predictor) {
        predictor.blocks().ifPresent(blocks -> {
            final int width = predictor.hidden().get(0);
            for (int b = 0; b < blocks.count(); b++) {
                layer("head.block." + b, blocks.taps() * width, width);
            }
        });
    }

    /** A channel's layers after those; each also sees the pixel's earlier channels. */
    private void tail(String name, int channel, List<Integer> hidden, int outputs) {
        for (int i = 1; i < hidden.size(); i++) {
            layer(name + "." + i, hidden.get(i - 1) + channel, hidden.get(i));
        }
        layer(name + ".out", hidden.get(hidden.size() - 1) + channel, outputs);
    }

    private void network(String name, int inputs, List<Integer> hidden, int outputs) {
        final List<Integer> widths = new ArrayList<>(hidden);
        widths.add(outputs);
        int in = inputs;
        for (int i = 0; i < widths.size(); i++) {
            layer(name + "." + (i < hidden.size() ? Integer.toString(i) : "out"), in, widths.get(i));
            in = widths.get(i);
        }
    }

    private void layer(String name, int inputs, int outputs) {
        shapes.put(name + ".weight", List.of(inputs, outputs));
        shapes.put(name + ".bias", List.of(outputs));
    }
}
