package org.bbans.model.spec;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model in continuous time: latents z(t), t from 0 to 1, that follow dz = (mu(z, t) - z / 2) dt + dW from N(0, 1) on,
 * and records given z(1). The backward process begins at z(1), which an encoder draws given the record, and follows
 * dz = (nu(z, t) - z / 2) dt + dW from there to t = 0. Both drifts are networks; it is coded in any number of steps.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens and underscores
 * @param shape extents of a record, 1 to 4 of them, at most 2^16 samples together
 * @param latents numbers in z(t), 1 to 256
 * @param encoder widths of the hidden layers from a record to z(1), 0 to 4 of them
 * @param drift widths of the hidden layers of each of both drifts, 0 to 4 of them
 * @param decoder widths of the hidden layers from z(1) to the samples, 0 to 4 of them
 * @param rank numbers of each sample from which its softmax is made, 1 to 64
 * @param activation what follows the hidden layers
 */
public record SdeSpec(String name, List<Integer> shape, int latents, List<Integer> encoder, List<Integer> drift,
        List<Integer> decoder, int rank, Activation activation) implements Description {

    /** Values that a sample can take. */
    public static final int LEVELS = 256;
    /** Inputs of a drift that are no latents: t and its square. */
    public static final int TIMES = 2;
    /** Steps of time that latents are coded in at most. */
    public static final int MAX_STEPS = 128;

    private static final int MAX_EXTENTS = 4;
    private static final int MAX_DIMS = 1 << 16;
    private static final int MAX_LATENTS = 256;
    private static final int MAX_HIDDEN = 4;
    private static final int MAX_WIDTH = 1024;
    private static final int MAX_RANK = 64;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is exceeded
     */
    public SdeSpec {
        SpecChecks.name(name);
        shape = List.copyOf(shape);
        SpecChecks.range("rank of the shape", shape.size(), 1, MAX_EXTENTS);
        long dims = 1;
        for (int extent : shape) {
            SpecChecks.range("extent of the shape", extent, 1, MAX_DIMS);
            dims *= extent;
            SpecChecks.check(dims <= MAX_DIMS, "a record has at most " + MAX_DIMS + " samples");
        }
        SpecChecks.range("latents", latents, 1, MAX_LATENTS);
        encoder = widths("encoder", encoder);
        drift = widths("drift", drift);
        decoder = widths("decoder", decoder);
        SpecChecks.range("rank", rank, 1, MAX_RANK);
        final long last = decoder.isEmpty() ? latents : decoder.get(decoder.size() - 1);
        SpecChecks.check((last + 1) * dims * rank <= ModelSpec.MAX_PARAMETERS,
                "the decoder has at most " + ModelSpec.MAX_PARAMETERS + " parameters");
    }

    private static List<Integer> widths(String what, List<Integer> hidden) {
        SpecChecks.range("hidden layers of the " + what, hidden.size(), 0, MAX_HIDDEN);
        hidden.forEach(width -> SpecChecks.range(what + " width", width, 1, MAX_WIDTH));
        return List.copyOf(hidden);
    }

    @Override
    public Family family() {
        return Family.SDE;
    }

    @Override
    public int levels() {
        return LEVELS;
    }

    @Override
    public Map<String, List<Integer>> tensors() {
        return TensorShapes.of(this);
    }

    /** With {@value #MAX_STEPS} steps. */
    @Override
    public long multiplyAdds() {
        final long step = 2 * macs(latents + TIMES, drift, latents);
        return macs(dims(), encoder, 2 * latents) + MAX_STEPS * step + macs(latents, decoder, dims() * rank)
                + (long) dims() * rank * LEVELS;
    }

    private static long macs(int inputs, List<Integer> hidden, int outputs) {
        long sum = 0;
        long in = inputs;
        for (int width : hidden) {
            sum += in * width;
            in = width;
        }
        return sum + in * outputs;
    }

    /** Bytes of memory for all that is computed of so many records in lockstep, roughly. */
    public long memory(int records) {
        final long lanes = Math.max(16, records);
        final long units = dims() * (1L + rank) + 4L * latents + (long) MAX_STEPS * latents
                + Stream.of(encoder, drift, drift, decoder).flatMap(List::stream).mapToInt(w -> w).sum();
        return (lanes * units + records * (dims() * (LEVELS + 8L))) * Float.BYTES;
    }

    @Override
    public String toJson() {
        return SdeSpecJson.write(this);
    }
}
