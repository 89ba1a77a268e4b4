package org.bbans.model.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A normalizing flow (Dinh, Sohl-Dickstein and Bengio, arXiv:1605.08803) over grey pictures: levels are dequantised,
 * then affine couplings, one after the other, scale and shift some of the pixels as a network of the others says, until
 * all are normally distributed. Networks are residual convolutions over the cells of the picture, squares of
 * {@value #PATCH} by {@value #PATCH} pixels.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens and underscores
 * @param shape height and width of a record, each a multiple of {@value #PATCH}, at most 256
 * @param even for each coupling, which pixels it changes of the cells whose row and column have an even sum: bit p
 *     stands for the p-th pixel of a cell, in raster order
 * @param odd likewise of the other cells. A coupling changes some pixel of those that there may be, and leaves one; no
 *     pixel is changed by more than {@value #MOST_CHANGES} couplings, so that no value grows beyond an integer
 * @param channels numbers that a network keeps of each cell, 1 to 256
 * @param blocks residual blocks of a network, 0 to 16
 * @param activation what stands before the convolutions of the blocks
 */
public record FlowSpec(String name, List<Integer> shape, List<Integer> even, List<Integer> odd, int channels,
        int blocks, Activation activation) implements Description {

    /** Height and width of a cell. */
    public static final int PATCH = 4;
    /** Pixels of a cell. */
    public static final int PIXELS = PATCH * PATCH;
    /** Weights of a convolution for each pair of channels: 3 by 3 cells. */
    public static final int TAPS = 9;
    /** Values that a sample can take. */
    public static final int LEVELS = 256;
    /** Binary logarithm of the number of bins of a unit of the values. */
    public static final int BIN_BITS = 11;
    /** Couplings that may change the same pixel, at most. */
    public static final int MOST_CHANGES = 5;

    private static final int MAX_EXTENT = 256;
    static final int MAX_COUPLINGS = 32;
    private static final int MAX_CHANNELS = 256;
    private static final int MAX_BLOCKS = 16;
    private static final int ALL = (1 << PIXELS) - 1;

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if one is exceeded
     */
    public FlowSpec {
        SpecChecks.name(name);
        shape = List.copyOf(shape);
        even = List.copyOf(even);
        odd = List.copyOf(odd);
        SpecChecks.check(shape.size() == 2, "a flow needs a shape of height and width");
        for (int extent : shape) {
            SpecChecks.range("extent of the shape", extent, PATCH, MAX_EXTENT);
            SpecChecks.check(extent % PATCH == 0,
                    "an extent of the shape must be a multiple of " + PATCH + ", not " + extent);
        }
        SpecChecks.range("couplings", even.size(), 1, MAX_COUPLINGS);
        SpecChecks.check(odd.size() == even.size(), "even and odd must be of the same length");
        checkChanges(even, odd);
        SpecChecks.range("channels", channels, 1, MAX_CHANNELS);
        SpecChecks.range("blocks", blocks, 0, MAX_BLOCKS);
        final long cells = (long) (shape.get(0) / PATCH) * (shape.get(1) / PATCH);
        final long network = channels * (TAPS * PIXELS + 2L * PIXELS + (TAPS + 1L) * blocks * channels + 2L * blocks)
                + cells * (channels + 2L * PIXELS);
        final long parameters = 2L * LEVELS + 1 + (1 + even.size()) * network;
        SpecChecks.check(parameters <= ModelSpec.MAX_PARAMETERS,
                "a model has at most " + ModelSpec.MAX_PARAMETERS + " parameters, not " + parameters);
    }

    private static void checkChanges(List<Integer> even, List<Integer> odd) {
        final int[] changes = new int[2 * PIXELS];
        for (int k = 0; k < even.size(); k++) {
            SpecChecks.range("even", even.get(k), 0, ALL);
            SpecChecks.range("odd", odd.get(k), 0, ALL);
            SpecChecks.check(even.get(k) + odd.get(k) > 0, "a coupling must change some pixel");
            SpecChecks.check(even.get(k) + odd.get(k) < 2 * ALL, "a coupling must leave some pixel");
            for (int p = 0; p < PIXELS; p++) {
                changes[p] += even.get(k) >> p & 1;
                changes[PIXELS + p] += odd.get(k) >> p & 1;
            }
        }
        for (int n : changes) {
            SpecChecks.check(n <= MOST_CHANGES, "no pixel may be changed by more than " + MOST_CHANGES + " couplings");
        }
    }

    @Override
    public Family family() {
        return Family.FLOW;
    }

    @Override
    public int levels() {
        return LEVELS;
    }

    /** The pixels of the record, which are dequantised, and for each coupling those that it changes. */
    @Override
    public int latents() {
        int latents = dims();
        for (int k = 0; k < couplings(); k++) {
            for (int i = 0; i < dims(); i++) {
                latents += changes(k, i) ? 1 : 0;
            }
        }
        return latents;
    }

    /** Number of couplings. */
    public int couplings() {
        return even.size();
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

    /** The cell of a pixel, in raster order. */
    public int cell(int pixel) {
        final int width = shape.get(1);
        return pixel / width / PATCH * cellColumns() + pixel % width / PATCH;
    }

    /** Which pixel of its cell a pixel is. */
    public int place(int pixel) {
        final int width = shape.get(1);
        return pixel / width % PATCH * PATCH + pixel % width % PATCH;
    }

    /** Whether a coupling, from 0 on, changes a pixel. */
    public boolean changes(int coupling, int pixel) {
        final int cell = cell(pixel);
        final int mask = ((cell / cellColumns() + cell % cellColumns()) % 2 == 0 ? even : odd).get(coupling);
        return (mask >> place(pixel) & 1) != 0;
    }

    /** The name that the tensors of a coupling's network begin with. */
    public static String network(int coupling) {
        return "coupling." + coupling;
    }

    /** The name that the tensors of the network begin with which dequantises. */
    public static String noise() {
        return "noise";
    }

    @Override
    public Map<String, List<Integer>> tensors() {
        final Map<String, List<Integer>> t = new LinkedHashMap<>();
        t.put("edges", List.of(LEVELS + 1));
        t.put("plain", List.of(LEVELS));
        network(t, noise());
        for (int k = 0; k < couplings(); k++) {
            network(t, network(k));
        }
        return t;
    }

    private void network(Map<String, List<Integer>> t, String network) {
        t.put(network + ".input.position", List.of(cells(), channels));
        t.put(network + ".input.weight", List.of(TAPS * PIXELS, channels));
        for (int b = 0; b < blocks; b++) {
            final String block = network + ".block." + b;
            t.put(block + ".0.weight", List.of(TAPS * channels, channels));
            t.put(block + ".0.bias", List.of(channels));
            t.put(block + ".1.weight", List.of(channels, channels));
            t.put(block + ".1.bias", List.of(channels));
        }
        t.put(network + ".output.position", List.of(cells(), 2 * PIXELS));
        t.put(network + ".output.weight", List.of(channels, 2 * PIXELS));
    }

    @Override
    public long multiplyAdds() {
        final long network = (long) channels * (TAPS * PIXELS + (TAPS + 1L) * blocks * channels + 2L * PIXELS);
        return cells() * network * (1 + couplings());
    }

    /** Bytes of memory for all that is computed of a record, roughly. */
    public long memory() {
        final long network = cells() * (TAPS + 6L) * Math.max(channels, PIXELS);
        return (network + dims() * (8L * (2 + couplings()))) * Float.BYTES;
    }

    @Override
    public String toJson() {
        return FlowSpecJson.write(this);
    }
}
