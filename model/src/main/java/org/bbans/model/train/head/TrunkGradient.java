package org.bbans.model.train.head;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.ModelSpec;

/**
 * The layers that all channels share: the first one, and the residual blocks. One record at a time.
 *
 * <p>Values lie in rows, one for each pixel. With blocks the rows are those of the whole record, with margins of zeros
 * to the left of each line and above the first: then a convolution is, for each tap, one product of a shifted run of
 * rows with the tap's weights. The right margin of a line is the left one of the next. Without blocks the rows are just
 * the chosen pixels.
 */
final class TrunkGradient {

    /** Rows that go through a layer together, so that they stay in the fastest cache. */
    private static final int CHUNK = 128;

    private final HeadWeights weights;
    private final HeadKernels kernels;
    private final int features;
    private final int width;
    private final int inputRow;
    private final int row;
    private final int lineWidth;
    private final int stride;
    /** Rows before the first pixel's. */
    private final int base;
    private final int[] taps;
    private final List<HeadLayer.Gradient> firstGradient;
    private final List<List<HeadLayer.Gradient>> blockGradients = new ArrayList<>();
    private final float[] positionGradient;
    /** The first {@code touched} of them have a gradient by their position bias. */
    private final int[] touchedPositions;
    private final boolean[] isTouched;
    private int touched;
    /** Which of the chosen pixels a row is; -1 for none. */
    private int[] slots = new int[0];
    private int rows;
    private float[] inputs;
    private final float[][] values;
    private final float[][] steps;
    private float[] gradient;
    private final float[] local;
    private final float[] featureLocal;

    TrunkGradient(HeadWeights weights, HeadKernels kernels) {
        this.weights = weights;
        this.kernels = kernels;
        final ModelSpec spec = weights.spec;
        features = spec.features();
        width = weights.first.map(f -> f.outputs).orElse(features);
        row = HeadLayer.pad(width);
        inputRow = HeadLayer.pad(spec.predictorInputs());
        final Blocks blocks = spec.likelihood().blocks().orElse(null);
        lineWidth = blocks != null ? spec.shape().get(1) : 0;
        stride = blocks != null ? lineWidth + blocks.radius() : 0;
        base = blocks != null ? blocks.rows() * stride + blocks.radius() : 0;
        taps = blocks != null ? taps(blocks) : new int[0];
        firstGradient = weights.first.stream().map(HeadLayer.Gradient::new).toList();
        weights.blocks.forEach(b -> blockGradients.add(b.stream().map(HeadLayer.Gradient::new).toList()));
        positionGradient = new float[weights.first.isPresent() ? spec.pixels() * width : 0];
        touchedPositions = new int[spec.pixels()];
        isTouched = new boolean[spec.pixels()];
        values = new float[weights.blocks.size() + 1][];
        steps = new float[weights.blocks.size()][];
        local = new float[CHUNK * row];
        featureLocal = new float[CHUNK * HeadLayer.pad(features)];
    }

    private int[] taps(Blocks blocks) {
        final int[] offsets = new int[blocks.taps()];
        int n = 0;
        for (int dy = -blocks.rows(); dy <= 0; dy++) {
            for (int dx = -blocks.radius(); dx <= (dy < 0 ? blocks.radius() : 0); dx++) {
                offsets[n++] = dy * stride + dx;
            }
        }
        return offsets;
    }

    /** Prepares for so many chosen pixels, with blocks all of a record. */
    void choose(int count) {
        final int wanted = stride > 0 ? count / lineWidth * stride : count;
        if (wanted == rows) {
            return;
        }
        rows = wanted;
        // A call for a single row still computes a rounded number of them.
        final int capacity = HeadLayer.roundRows(rows) + HeadKernels.ROWS;
        if (capacity > slots.length) {
            grow(capacity);
        }
        for (int r = 0; r < slots.length; r++) {
            slots[r] = r >= rows ? -1 : stride == 0 ? r : r % stride < lineWidth ? r / stride * lineWidth + r % stride
                    : -1;
        }
    }

    private void grow(int capacity) {
        slots = new int[capacity];
        inputs = new float[capacity * inputRow];
        for (int b = 0; b < values.length; b++) {
            values[b] = new float[(base + capacity) * row];
        }
        for (int b = 0; b < steps.length; b++) {
            steps[b] = new float[capacity * row];
        }
        gradient = new float[(base + capacity) * row];
    }

    /** Width of the outputs. */
    int width() {
        return width;
    }

    /** Where the outputs of a chosen pixel, and their gradient, begin. */
    int at(int slot) {
        return (base + rowOf(slot)) * row;
    }

    private int rowOf(int slot) {
        return stride == 0 ? slot : slot / lineWidth * stride + slot % lineWidth;
    }

    float[] outputs() {
        return values[values.length - 1];
    }

    /** The gradient by the outputs, zeros at first; to be added to before {@link #backward}. */
    float[] gradient() {
        return gradient;
    }

    /** The outputs of all chosen pixels. */
    void forward(Pixels pixels) {
        for (int from = 0; from < rows; from += CHUNK) {
            first(pixels, from, Math.min(CHUNK, rows - from));
        }
        for (int b = 0; b < steps.length; b++) {
            for (int from = 0; from < rows; from += CHUNK) {
                block(b, from, Math.min(CHUNK, rows - from));
            }
        }
    }

    /** The outputs of one chosen pixel; those of the pixels before it must be there. */
    void forward(Pixels pixels, int slot) {
        first(pixels, rowOf(slot), 1);
        for (int b = 0; b < steps.length; b++) {
            block(b, rowOf(slot), 1);
        }
    }

    private void first(Pixels pixels, int from, int count) {
        final int n = HeadLayer.roundRows(count);
        final float[] y = values[0];
        for (int r = from; r < from + n; r++) {
            final int in = r * inputRow;
            final int out = (base + r) * row;
            if (slots[r] < 0) {
                Arrays.fill(inputs, in, in + inputRow, 0);
                Arrays.fill(y, out, out + row, 0);
                continue;
            }
            final int seen = pixels.offset() + slots[r] * features;
            if (firstGradient.isEmpty()) {
                System.arraycopy(pixels.features(), seen, y, out, features);
                continue;
            }
            if (features > 0) {
                System.arraycopy(pixels.features(), seen, inputs, in, features);
            }
            final int position = pixels.positions()[slots[r]];
            pixels.canvas().inputs(position, inputs, in + features);
            weights.positionBias(position, y, out);
        }
        weights.first.ifPresent(layer -> {
            layer.multiply(kernels, n, inputs, from * inputRow, inputRow, y, (base + from) * row, row);
            kernels.activate(weights.spec.activation(), y, (base + from) * row, n * row);
        });
    }

    private void block(int b, int from, int count) {
        final int n = HeadLayer.roundRows(count);
        final List<HeadLayer> layers = weights.blocks.get(b);
        final float[] step = steps[b];
        layers.get(taps.length - 1).bias(n, step, from * row, row);
        for (int t = 0; t < taps.length; t++) {
            layers.get(t).multiply(kernels, n, values[b], (base + from + taps[t]) * row, row, step, from * row, row);
        }
        kernels.activate(weights.spec.activation(), step, from * row, n * row);
        clearMargins(step, from, from, n);
        final int at = (base + from) * row;
        System.arraycopy(values[b], at, values[b + 1], at, n * row);
        HeadLayer.add(step, from * row, values[b + 1], at, n * row);
    }

    private void clearMargins(float[] of, int first, int from, int n) {
        for (int r = 0; r < n; r++) {
            if (slots[from + r] < 0) {
                Arrays.fill(of, (first + r) * row, (first + r + 1) * row, 0);
            }
        }
    }

    /** Forgets the gradients of the weights. */
    void clear() {
        firstGradient.forEach(HeadLayer.Gradient::clear);
        blockGradients.forEach(b -> b.forEach(HeadLayer.Gradient::clear));
        // Of a large record a step looks at a small part.
        for (int i = 0; i < touched; i++) {
            final int from = touchedPositions[i] * width;
            Arrays.fill(positionGradient, from, from + width, 0);
            isTouched[touchedPositions[i]] = false;
        }
        touched = 0;
    }

    /** Carries the gradient by the outputs back and clears it, and sums the gradients of the weights. */
    void backward(Pixels pixels) {
        for (int b = steps.length - 1; b >= 0; b--) {
            // Rising, because a chunk adds to the gradients of itself and of rows before it, which have been used.
            for (int from = 0; from < rows; from += CHUNK) {
                blockBackward(b, from, HeadLayer.roundRows(Math.min(CHUNK, rows - from)));
            }
        }
        for (int from = 0; from < rows; from += CHUNK) {
            firstBackward(pixels, from, HeadLayer.roundRows(Math.min(CHUNK, rows - from)));
        }
        Arrays.fill(gradient, 0);
    }

    private void blockBackward(int b, int from, int n) {
        System.arraycopy(gradient, (base + from) * row, local, 0, n * row);
        kernels.activationGradient(weights.spec.activation(), steps[b], from * row, local, 0, n * row);
        clearMargins(local, 0, from, n);
        blockGradients.get(b).get(taps.length - 1).addBias(n, local, 0, row);
        for (int t = 0; t < taps.length; t++) {
            final int at = (base + from + taps[t]) * row;
            blockGradients.get(b).get(t).add(kernels, n, values[b], at, row, local, 0, row);
            weights.blocks.get(b).get(t).back(kernels, n, local, 0, row, gradient, at, row);
        }
    }

    private void firstBackward(Pixels pixels, int from, int n) {
        System.arraycopy(gradient, (base + from) * row, local, 0, n * row);
        float[] byFeatures = local;
        int featureRow = row;
        if (!firstGradient.isEmpty()) {
            kernels.activationGradient(weights.spec.activation(), values[0], (base + from) * row, local, 0, n * row);
            clearMargins(local, 0, from, n);
            firstGradient.get(0).add(kernels, n, inputs, from * inputRow, inputRow, local, 0, row);
            for (int r = 0; r < n; r++) {
                if (slots[from + r] >= 0) {
                    final int position = pixels.positions()[slots[from + r]];
                    if (!isTouched[position]) {
                        isTouched[position] = true;
                        touchedPositions[touched++] = position;
                    }
                    HeadLayer.add(local, r * row, positionGradient, position * width, width);
                }
            }
            if (features > 0) {
                final HeadLayer layer = weights.first.orElseThrow();
                byFeatures = featureLocal;
                featureRow = layer.backColumns;
                Arrays.fill(featureLocal, 0, n * featureRow, 0);
                layer.back(kernels, n, local, 0, row, featureLocal, 0, featureRow);
            }
        }
        for (int r = 0; r < n && features > 0; r++) {
            if (slots[from + r] >= 0) {
                System.arraycopy(byFeatures, r * featureRow, pixels.gradient(),
                        pixels.offset() + slots[from + r] * features, features);
            }
        }
    }

    /** Adds the gradients of the weights to the flat gradient. */
    void addTo(float[] flat) {
        firstGradient.forEach(g -> g.addTo(flat));
        blockGradients.forEach(b -> b.forEach(g -> g.addTo(flat)));
        for (int i = 0; i < touched; i++) {
            final int from = touchedPositions[i] * width;
            HeadLayer.add(positionGradient, from, flat, weights.positionOffset + from, width);
        }
    }
}
