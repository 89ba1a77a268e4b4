package org.bbans.model.path;

import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.model.file.ModelFile;
import org.bbans.model.net.Dense;
import org.bbans.model.spec.FlowSpec;

/** A flow's weights, packed for the kernels, and its constants. Immutable, shared by threads. */
final class FlowWeights {

    /** Bound of an edge's magnitude. */
    private static final int EDGE_MAX = 1 << 15;
    /** Bound of a value's magnitude, in units: values are integers of 32 bits. */
    private static final double VALUE_BOUND = 1L << Integer.SIZE - 1 - FlowSpec.BIN_BITS;

    final FlowSpec spec;
    /** Level v has the bins from {@code edges[v]} to {@code edges[v + 1] - 1}. */
    final int[] edges;
    /** Logits of the samples of records without states. */
    final float[] plain;
    final ResidualWeights noise;
    final ResidualWeights[] couplings;

    FlowWeights(ModelFile file) throws CorruptArchiveException {
        spec = (FlowSpec) file.description();
        edges = edges(file.weights("edges"));
        plain = file.weights("plain");
        noise = new ResidualWeights(file, spec, FlowSpec.noise());
        couplings = new ResidualWeights[spec.couplings()];
        for (int k = 0; k < couplings.length; k++) {
            couplings[k] = new ResidualWeights(file, spec, FlowSpec.network(k));
        }
    }

    private static int[] edges(float[] numbers) throws CorruptArchiveException {
        final int[] edges = new int[numbers.length];
        for (int v = 0; v < edges.length; v++) {
            edges[v] = (int) numbers[v];
            if (edges[v] != numbers[v] || Math.abs(numbers[v]) > EDGE_MAX || v > 0 && edges[v] <= edges[v - 1]) {
                throw new CorruptArchiveException("model file: the edges are not ascending integers up to " + EDGE_MAX);
            }
        }
        return edges;
    }

    /** The weights of one network. */
    static final class ResidualWeights {

        /** {@code [channel][lane]}: what the first convolution starts from. */
        final float[][] inputPosition;
        final Dense input;
        /** {@code [block][layer]}: a convolution, then a dense layer. */
        final Dense[][] blocks;
        final float[][] blockBias;
        /** {@code [output][lane]}: what the outputs start from. */
        final float[][] outputPosition;
        final Dense output;

        private ResidualWeights(ModelFile file, FlowSpec spec, String name) throws CorruptArchiveException {
            final int channels = spec.channels();
            final int outputs = 2 * FlowSpec.PIXELS;
            inputPosition = CellLanes.rows(file.weights(name + ".input.position"), spec.cellRows(),
                    spec.cellColumns());
            input = new Dense(file.weights(name + ".input.weight"), new float[channels],
                    FlowSpec.TAPS * FlowSpec.PIXELS, channels);
            blocks = new Dense[spec.blocks()][];
            blockBias = new float[spec.blocks()][];
            final WeightBound bounds = new WeightBound(file);
            double hidden = Math.max(1, bounds.grow(name + ".input.weight", name + ".input.position", VALUE_BOUND));
            for (int b = 0; b < blocks.length; b++) {
                final String block = name + ".block." + b;
                blockBias[b] = file.weights(block + ".0.bias");
                blocks[b] = new Dense[] {
                    new Dense(file.weights(block + ".0.weight"), new float[channels], FlowSpec.TAPS * channels,
                            channels),
                    new Dense(file.weights(block + ".1.weight"), file.weights(block + ".1.bias"), channels, channels),
                };
                final double between = Math.max(1, bounds.grow(block + ".0.weight", block + ".0.bias", hidden));
                hidden += bounds.grow(block + ".1.weight", block + ".1.bias", between);
                bounds.check(hidden, block + ".1.weight");
            }
            outputPosition = CellLanes.rows(file.weights(name + ".output.position"), spec.cellRows(),
                    spec.cellColumns());
            output = new Dense(file.weights(name + ".output.weight"), new float[outputs], channels, outputs);
            bounds.grow(name + ".output.weight", name + ".output.position", hidden);
        }
    }
}
