package org.bbans.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.kernel.Dense;
import org.bbans.model.kernel.Table;

/** A model's networks, packed for the kernels. Immutable, shared by threads. */
final class Network {

    /** No activation may be able to exceed it: far from overflow, so no input can produce an infinity or a NaN. */
    private static final double LIMIT = 0x1p100;
    /** Bound of a latent's magnitude; the outermost bucket's median is 3.7. */
    private static final double LATENT_BOUND = 4;

    final ModelSpec spec;
    final List<Dense> encoder;
    final List<Dense> decoder;
    final List<Dense> head;
    /** The first bias of the head, {@code [dims, width]}. */
    final float[] position;
    final Optional<Table> table;

    /**
     * Packs the weights.
     *
     * @throws CorruptArchiveException if the weights are so large that some record would overflow
     */
    Network(ModelFile file) throws CorruptArchiveException {
        spec = file.spec();
        if (spec.channels() > 1 || spec.likelihood().blocks().isPresent()
            || spec.likelihood().window().map(ModelSpec.Window::relative).orElse(false)) {
            throw new CorruptArchiveException("model file: channels, blocks and relative windows are not coded yet");
        }
        final Map<String, List<Integer>> shapes = spec.tensors();
        encoder = layers(file, shapes, "encoder");
        decoder = layers(file, shapes, "decoder");
        head = layers(file, shapes, "head");
        position = shapes.containsKey("head.position") ? file.weights("head.position") : new float[0];
        double bound = 1;
        bound(file, "encoder", 1, encoder);
        bound = Math.max(bound, bound(file, "decoder", LATENT_BOUND, decoder));
        bound = bound(file, "head", bound, head);
        if (spec.likelihood() instanceof ModelSpec.Categorical c) {
            table = Optional.of(new Table(file.weights("table.weight"), file.weights("table.bias"), c.rank(),
                spec.levels()));
            grow(bound, file.weights("table.weight"), file.weights("table.bias"), spec.levels(), "table");
        } else {
            table = Optional.empty();
        }
    }

    private static List<Dense> layers(ModelFile file, Map<String, List<Integer>> shapes, String net) {
        final List<Dense> layers = new ArrayList<>();
        final List<Integer> position = shapes.get(net + ".position");
        if (position != null) {
            // The first layer's bias differs from sample to sample; without inputs there is nothing else to it.
            final List<Integer> shape = shapes.get(net + ".0.weight");
            final float[] weight = shape == null ? new float[0] : file.weights(net + ".0.weight");
            layers.add(new Dense(weight, new float[0], shape == null ? 0 : shape.get(0), position.get(1)));
        }
        while (shapes.containsKey(net + "." + layers.size() + ".bias")) {
            layers.add(layer(file, shapes, net + "." + layers.size()));
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
    private static double bound(ModelFile file, String net, double input, List<Dense> layers)
        throws CorruptArchiveException {
        double bound = input;
        for (int i = 0; i < layers.size(); i++) {
            final String layer = net + "." + (i == layers.size() - 1 ? "out" : Integer.toString(i));
            final String bias = net.equals("head") && i == 0 ? "head.position" : layer + ".bias";
            final int outputs = layers.get(i).outputs();
            bound = Math.max(1, grow(bound, file.weights(layer + ".weight"), file.weights(bias), outputs, layer));
        }
        return bound;
    }

    /** The greatest magnitude that an output of the layer can have. */
    private static double grow(double input, float[] weight, float[] bias, int outputs, String layer)
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
