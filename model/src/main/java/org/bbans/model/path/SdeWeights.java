package org.bbans.model.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.file.ModelFile;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Table;
import org.bbans.model.spec.SdeSpec;

/** The weights of a model in continuous time, packed for the kernels. Immutable, shared by threads. */
final class SdeWeights {

    /** Bound of a latent's magnitude; the outermost bucket's is 3.7. */
    private static final double STATE_BOUND = 4;

    final SdeSpec spec;
    /** Logits of the samples of records without latents. */
    final float[] plain;
    /** From a record's samples to means, then logarithms of standard deviations, of z(1). */
    final List<Dense> encoder;
    /** From z(t), t and its square to mu, the drift of the forward process but for its return to 0. */
    final List<Dense> forward;
    /** From the same to nu, that of the backward process. */
    final List<Dense> backward;
    /** From z(1) to the factors of each sample, {@code rank} of them. */
    final List<Dense> decoder;
    /** From a sample's factors to the logits of its level. */
    final Table table;

    SdeWeights(ModelFile file) throws CorruptArchiveException {
        spec = (SdeSpec) file.description();
        plain = file.weights("plain");
        final WeightBound bound = new WeightBound(file);
        encoder = network(file, bound, "encoder", spec.encoder().size(), 1);
        forward = network(file, bound, "forward", spec.drift().size(), STATE_BOUND);
        backward = network(file, bound, "backward", spec.drift().size(), STATE_BOUND);
        decoder = network(file, bound, "decoder", spec.decoder().size(), STATE_BOUND);
        table = new Table(file.weights("table.weight"), file.weights("table.bias"), spec.rank(), SdeSpec.LEVELS);
        bound.grow("table.weight", "table.bias", output(bound, "decoder", spec.decoder().size(), STATE_BOUND));
    }

    private static List<Dense> network(ModelFile file, WeightBound bound, String name, int hidden, double input)
            throws CorruptArchiveException {
        final Map<String, List<Integer>> shapes = file.description().tensors();
        final List<Dense> layers = new ArrayList<>();
        for (int i = 0; i <= hidden; i++) {
            final String layer = layer(name, i, hidden);
            final List<Integer> shape = shapes.get(layer + ".weight");
            layers.add(new Dense(file.weights(layer + ".weight"), file.weights(layer + ".bias"), shape.get(0),
                    shape.get(1)));
        }
        output(bound, name, hidden, input);
        return List.copyOf(layers);
    }

    /** The greatest magnitude of a network's outputs. */
    private static double output(WeightBound bound, String name, int hidden, double input)
            throws CorruptArchiveException {
        double most = input;
        for (int i = 0; i <= hidden; i++) {
            final String layer = layer(name, i, hidden);
            most = Math.max(1, bound.grow(layer + ".weight", layer + ".bias", most));
        }
        return most;
    }

    private static String layer(String name, int i, int hidden) {
        return name + "." + (i < hidden ? Integer.toString(i) : "out");
    }
}
