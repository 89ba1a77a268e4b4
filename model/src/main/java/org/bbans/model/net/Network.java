package org.bbans.model.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.file.ModelFile;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.spec.TensorShapes;
import org.bbans.model.spec.Transition;
import org.bbans.model.spec.Window;

/** A model's networks, packed for the kernels. Immutable, shared by threads. */
public final class Network {

    /** No activation may be able to exceed it: far from overflow, so no input can produce an infinity or a NaN. */
    private static final double LIMIT = 0x1p100;
    /** Bound of a latent's magnitude; the outermost bucket's median is 3.7. */
    private static final double LATENT_BOUND = 4;
    /** Bound of a difference of levels in units of 32. */
    private static final double RELATIVE_BOUND = 8;
    /** Bound of a conditional prior's standard deviation, which is at most e. */
    private static final double SIGMA_BOUND = 3;

    /** The description. */
    public final ModelSpec spec;
    /** The layers from a record to the posterior of the top layer of latents; none without latents. */
    public final List<Dense> encoder;
    /** The networks of the conditional priors of the layers of latents, the second layer's from the top first. */
    public final List<List<Dense>> priors = new ArrayList<>();
    /** The networks of the posteriors of those layers, or of the evidence that they are made of. */
    public final List<List<Dense>> posteriors = new ArrayList<>();
    /** The layers from the lowest latents to the features of all pixels; none without latents. */
    public final List<Dense> decoder;
    /** The likelihood's network; absent if the features are the distributions' parameters. */
    public final Optional<PredictorLayers> predictor;
    /** The predictor of a hurdle's mark if it has one of its own. */
    public final Optional<PredictorLayers> mark;
    /** The layers from the trunk, its own or that of the levels, to a hurdle's mark; none without a hurdle. */
    public final List<Dense> markTail;
    /** The table of a softmax; absent if the likelihood has none. */
    public final Optional<Table> table;

    /**
     * Packs the weights.
     *
     * @throws CorruptArchiveException if the weights are so large that some record would overflow
     */
    public Network(ModelFile file) throws CorruptArchiveException {
        spec = file.spec();
        final Map<String, List<Integer>> shapes = spec.tensors();
        encoder = layers(file, shapes, "encoder", 0);
        decoder = layers(file, shapes, "decoder", 0);
        predictor = predictor(file, shapes, "head");
        mark = predictor(file, shapes, "mark");
        markTail = layers(file, shapes, "mark", 1);
        bound(file, "encoder", 1, encoder.size());
        final double features = bound(file, "decoder", transitions(file, shapes), decoder.size());
        if (mark.isPresent()) {
            predictorBound(file, "mark", mark.get(), features);
        } else if (!markTail.isEmpty()) {
            grow(file, "mark.out", trunkBound(file, "head", predictor.orElseThrow(), features));
        }
        final double outputs =
                predictor.isPresent() ? predictorBound(file, "head", predictor.get(), features) : features;
        if (shapes.containsKey("table.weight")) {
            table = Optional.of(new Table(file.weights("table.weight"), file.weights("table.bias"),
                    shapes.get("table.weight").get(0), spec.levels()));
            grow(file, "table", outputs);
        } else {
            table = Optional.empty();
        }
    }

    /** Packs the networks between the layers of latents; returns a bound of what the decoder is given. */
    private double transitions(ModelFile file, Map<String, List<Integer>> shapes) throws CorruptArchiveException {
        double latents = LATENT_BOUND;
        for (int i = spec.transitions().size(); i > 0; i--) {
            final List<Dense> prior = layers(file, shapes, "prior." + i, 0);
            final boolean product = spec.transitions().get(i - 1).backward() == Transition.Backward.PRODUCT;
            final String backward = spec.transitions().get(i - 1).backward().label() + "." + i;
            final List<Dense> posterior = layers(file, shapes, backward, 0);
            priors.add(prior);
            posteriors.add(posterior);
            final double seen = hiddenBound(file, "encoder", 1, encoder.size() - 1);
            bound(file, backward, product ? seen : Math.max(seen, latents), posterior.size());
            latents = bound(file, "prior." + i, latents, prior.size()) + LATENT_BOUND * SIGMA_BOUND;
        }
        return latents;
    }

    private Optional<PredictorLayers> predictor(ModelFile file, Map<String, List<Integer>> shapes, String net) {
        final List<Integer> position = shapes.get(net + ".position");
        if (position == null) {
            return Optional.empty();
        }
        final float[] weight = file.weights(net + ".0.weight");
        final Dense first = new Dense(weight == null ? new float[0] : weight, new float[0], spec.predictorInputs(),
                position.get(1));
        final List<List<Dense>> tails = new ArrayList<>();
        for (int c = 0; c < spec.channels(); c++) {
            tails.add(layers(file, shapes, TensorShapes.tailName(net, spec.channels(), c), 1));
        }
        return Optional
                .of(new PredictorLayers(first, file.weights(net + ".position"), layers(file, shapes, net + ".block", 0),
                        tails));
    }

    /** The layers {@code net.i} for i = from, from + 1, ... and, if there is one, {@code net.out}. */
    private static List<Dense> layers(ModelFile file, Map<String, List<Integer>> shapes, String net, int from) {
        final List<Dense> layers = new ArrayList<>();
        for (int i = from; shapes.containsKey(net + "." + i + ".weight"); i++) {
            layers.add(layer(file, shapes, net + "." + i));
        }
        if (shapes.containsKey(net + ".out.weight")) {
            layers.add(layer(file, shapes, net + ".out"));
        }
        return layers;
    }

    private static Dense layer(ModelFile file, Map<String, List<Integer>> shapes, String layer) {
        final List<Integer> shape = shapes.get(layer + ".weight");
        return new Dense(file.weights(layer + ".weight"), file.weights(layer + ".bias"), shape.get(0), shape.get(1));
    }

    /** The greatest magnitude that the network's outputs can have when its inputs are at most {@code input}. */
    private static double bound(ModelFile file, String net, double input, int layers) throws CorruptArchiveException {
        return layers == 0 ? input
                : Math.max(1, grow(file, net + ".out", hiddenBound(file, net, input, layers - 1)));
    }

    /** The greatest magnitude that the outputs of its hidden layers can have, of which there are {@code layers}. */
    private static double hiddenBound(ModelFile file, String net, double input, int layers)
            throws CorruptArchiveException {
        double bound = input;
        for (int i = 0; i < layers; i++) {
            bound = Math.max(1, grow(file, net + "." + i, bound));
        }
        return bound;
    }

    private double trunkBound(ModelFile file, String net, PredictorLayers layers, double features)
            throws CorruptArchiveException {
        double trunk = Math.max(1, grow(net + ".0", file.weights(net + ".0.weight"), file.weights(net + ".position"),
                layers.first().outputs(), Math.max(sampleBound(), spec.features() > 0 ? features : 0)));
        for (int b = 0; b < layers.blocks().size(); b++) {
            trunk += Math.max(1, grow(file, net + ".block." + b, trunk));
        }
        return trunk;
    }

    private double sampleBound() {
        return spec.likelihood().window().map(Window::relative).orElse(false) ? RELATIVE_BOUND : 1;
    }

    private double predictorBound(ModelFile file, String net, PredictorLayers layers, double features)
            throws CorruptArchiveException {
        final double trunk = trunkBound(file, net, layers, features);
        final double samples = sampleBound();
        double outputs = 0;
        for (int c = 0; c < spec.channels(); c++) {
            final String tail = TensorShapes.tailName(net, spec.channels(), c);
            double bound = trunk;
            for (int i = 1; i < layers.tails().get(c).size(); i++) {
                bound = Math.max(1, grow(file, tail + "." + i, Math.max(samples, bound)));
            }
            outputs = Math.max(outputs, grow(file, tail + ".out", Math.max(samples, bound)));
        }
        return Math.max(1, outputs);
    }

    private static double grow(ModelFile file, String layer, double input) throws CorruptArchiveException {
        final float[] bias = file.weights(layer + ".bias");
        return grow(layer, file.weights(layer + ".weight"), bias, bias.length, input);
    }

    /** The greatest magnitude that an output of the layer can have. */
    private static double grow(String layer, float[] weight, float[] bias, int outputs, double input)
            throws CorruptArchiveException {
        double greatest = 0;
        for (float b : bias) {
            greatest = Math.max(greatest, Math.abs(b));
        }
        if (weight != null) {
            final double[] column = new double[outputs];
            for (int i = 0; i < weight.length; i++) {
                column[i % outputs] += Math.abs(weight[i]);
            }
            greatest += input * Arrays.stream(column).max().orElse(0);
        }
        if (!(greatest < LIMIT)) {
            throw new CorruptArchiveException("model file: the weights of layer " + layer
                    + " are so large that it may overflow");
        }
        return greatest;
    }
}
