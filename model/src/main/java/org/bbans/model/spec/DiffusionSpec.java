package org.bbans.model.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A diffusion model (Ho, Jain and Abbeel, arXiv:2006.11239) over grey pictures: a Markov chain of states x_0, ..., x_T
 * as large as the record, where x_0 is the record and each state is the one before it with noise. One network says for
 * every step what x_(t-1) may be, given x_t: residual convolutions over the cells of the picture, squares of
 * {@value #PATCH} by {@value #PATCH} pixels, that know t by biases of their own.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens and underscores
 * @param shape height and width of a record, each a multiple of {@value #PATCH}, at most 256
 * @param steps number of states after the record, T, 2 to 64
 * @param channels numbers that the network keeps of each cell, 1 to 256
 * @param blocks residual blocks of two convolutions, 1 to 16
 * @param rank numbers of each pixel from which the last step's softmax is made, 1 to 63
 * @param activation what stands before the convolutions of the blocks
 */
public record DiffusionSpec(String name, List<Integer> shape, int steps, int channels, int blocks, int rank,
        Activation activation) implements Description {

    /** Height and width of a cell. */
    public static final int PATCH = 2;
    /** Pixels of a cell. */
    public static final int PIXELS = PATCH * PATCH;
    /** Weights of a convolution for each pair of channels: 3 by 3 cells. */
    public static final int TAPS = 9;
    /** Numbers that the schedule has for each step. */
    public static final int CONSTANTS = 5;
    /** Values that a sample can take. */
    public static final int LEVELS = 256;

    private static final int MAX_EXTENT = 256;
    private static final int MAX_STEPS = 64;
    private static final int MAX_CHANNELS = 256;
    private static final int MAX_BLOCKS = 16;
    private static final int MAX_RANK = 63;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is exceeded
     */
    public DiffusionSpec {
        SpecChecks.name(name);
        shape = List.copyOf(shape);
        SpecChecks.check(shape.size() == 2, "a diffusion model needs a shape of height and width");
        for (int extent : shape) {
            SpecChecks.range("extent of the shape", extent, PATCH, MAX_EXTENT);
            SpecChecks.check(extent % PATCH == 0, "an extent of the shape must be even, not " + extent);
        }
        SpecChecks.range("steps", steps, 2, MAX_STEPS);
        SpecChecks.range("channels", channels, 1, MAX_CHANNELS);
        SpecChecks.range("blocks", blocks, 1, MAX_BLOCKS);
        SpecChecks.range("rank", rank, 1, MAX_RANK);
    }

    @Override
    public Family family() {
        return Family.DIFFUSION;
    }

    @Override
    public int levels() {
        return LEVELS;
    }

    @Override
    public int latents() {
        return steps * dims();
    }

    /** Cells in a column. */
    public int cellRows() {
        return shape.get(0) / PATCH;
    }

    /** Cells in a row. */
    public int cellColumns() {
        return shape.get(1) / PATCH;
    }

    /** Number of cells. */
    public int cells() {
        return cellRows() * cellColumns();
    }

    @Override
    public Map<String, List<Integer>> tensors() {
        final Map<String, List<Integer>> t = new LinkedHashMap<>();
        t.put("schedule", List.of(steps, CONSTANTS));
        t.put("values", List.of(LEVELS));
        t.put("plain", List.of(LEVELS));
        t.put("input.position", List.of(cells(), channels));
        t.put("input.weight", List.of(TAPS * PIXELS, channels));
        for (int b = 0; b < blocks; b++) {
            t.put("block." + b + ".0.weight", List.of(TAPS * channels, channels));
            t.put("block." + b + ".0.bias", List.of(steps, channels));
            t.put("block." + b + ".1.weight", List.of(TAPS * channels, channels));
            t.put("block." + b + ".1.bias", List.of(channels));
        }
        t.put("step.weight", List.of(channels, 2 * PIXELS));
        t.put("step.bias", List.of(steps, 2 * PIXELS));
        t.put("last.weight", List.of(channels, rank * PIXELS));
        t.put("last.bias", List.of(rank * PIXELS));
        t.put("table.weight", List.of(rank + 1, LEVELS));
        t.put("table.bias", List.of(LEVELS));
        return t;
    }

    @Override
    public long multiplyAdds() {
        final long trunk = (long) TAPS * channels * (PIXELS + 2L * blocks * channels);
        final long outputs = (long) channels * PIXELS * (2L * (steps - 1) + rank);
        return cells() * (steps * trunk + outputs + PIXELS * (rank + 1L) * LEVELS);
    }

    /** Bytes of memory for all that is computed of a record, roughly. */
    public long memory() {
        final long network = cells() * ((TAPS + 6L) * Math.max(channels, PIXELS) + (long) PIXELS * rank + LEVELS);
        return (network + dims() * (LEVELS + 8L * steps)) * Float.BYTES;
    }

    @Override
    public String toJson() {
        return DiffusionSpecJson.write(this);
    }
}
