package org.bbans.model.train;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bbans.model.ModelSpec;

/**
 * The likelihood's head: value and gradient of its cross-entropy at chosen positions of some records.
 *
 * <p>Nearly all the work of training is here: a network evaluated at every position, wide in rows and narrow in
 * columns. A general autodiff library spends most of such a step on memory traffic between operations, so this one is
 * written out: tiles of rows go through all layers forward and backward while they are in the processor's cache.
 * Not thread-safe: an instance owns its buffers.
 */
final class HeadGradient {

    private static final int TILE = 64;

    private final ModelSpec spec;
    private final Parameters layout;
    private final HeadKernels kernels;
    private final int features;
    private final int window;
    private final int layers;
    private final boolean categorical;
    private final boolean marks;
    private final LogisticMixtureLoss mixture;
    /** Widths from the inputs to the head's outputs; widths[l] goes into layer l. */
    private final int[] widths;
    /** Weights padded with zeros, as they are and transposed; the first transposed one only has the features. */
    private final float[][] weights;
    private final float[][] transposed;
    private final float[][] biases;
    private final float[][] weightGradients;
    private final float[][] biasGradients;
    private final float[][] values;
    private final float[][] gradients;
    private final float[] table;
    private final float[] tableTransposed;
    private final float[] tableBias;
    private final float[] tableGradient;
    private final float[] tableBiasGradient;
    private final float[] logits;
    private final int[] windowOffsets;
    private float[] canvas = new float[0];

    HeadGradient(ModelSpec spec, Parameters layout, HeadKernels kernels) {
        this.spec = spec;
        this.layout = layout;
        this.kernels = kernels;
        features = spec.features();
        window = spec.windowSize();
        final List<Integer> hidden = spec.likelihood().hidden();
        categorical = spec.likelihood() instanceof ModelSpec.Categorical;
        marks = spec.likelihood().window().map(ModelSpec.Window::marks).orElse(false);
        mixture = spec.likelihood() instanceof ModelSpec.LogisticMixture m ? new LogisticMixtureLoss(m.components())
            : null;
        layers = hidden.isEmpty() ? 0 : hidden.size() + 1;
        widths = new int[layers + 1];
        widths[0] = spec.headInputs();
        for (int l = 0; l < hidden.size(); l++) {
            widths[l + 1] = hidden.get(l);
        }
        widths[layers] = spec.likelihood().outputs();
        weights = new float[layers][];
        transposed = new float[layers][];
        biases = new float[layers][];
        weightGradients = new float[layers][];
        biasGradients = new float[layers][];
        values = new float[layers + 1][];
        gradients = new float[layers + 1][];
        for (int l = 0; l <= layers; l++) {
            values[l] = new float[TILE * pad(widths[l])];
            gradients[l] = new float[TILE * pad(l == 0 ? features : widths[l])];
            if (l < layers) {
                weights[l] = new float[pad(widths[l]) * pad(widths[l + 1])];
                weightGradients[l] = new float[weights[l].length];
                transposed[l] = new float[pad(widths[l + 1]) * pad(l == 0 ? features : widths[l])];
                biases[l] = new float[pad(widths[l + 1])];
                biasGradients[l] = new float[pad(widths[l + 1])];
            }
        }
        final int levels = categorical ? spec.levels() : 0;
        final int rank = pad(widths[layers]);
        table = new float[rank * levels];
        tableTransposed = new float[levels * rank];
        tableBias = new float[levels];
        tableGradient = new float[rank * levels];
        tableBiasGradient = new float[levels];
        logits = new float[TILE * levels];
        windowOffsets = spec.likelihood().window().map(this::offsets).orElse(new int[0]);
    }

    private int[] offsets(ModelSpec.Window w) {
        final int stride = canvasWidth();
        final int[] offsets = new int[w.size()];
        int n = 0;
        for (int dy = -w.rows(); dy <= 0; dy++) {
            for (int dx = -w.radius(); dx <= (dy < 0 ? w.radius() : -1); dx++) {
                offsets[n++] = dy * stride + dx;
            }
        }
        return offsets;
    }

    private int canvasWidth() {
        return spec.shape().get(1) + 2 * spec.likelihood().window().orElseThrow().radius();
    }

    private int canvasSize() {
        return canvasWidth() * (spec.shape().get(0) + spec.likelihood().window().orElseThrow().rows());
    }

    private static int pad(int width) {
        return (width + HeadKernels.COLUMNS - 1) / HeadKernels.COLUMNS * HeadKernels.COLUMNS;
    }

    private static String layer(int l, int layers) {
        return "head." + (l < layers - 1 ? Integer.toString(l) : "out");
    }

    /** Takes the head's weights from the flat parameters; call after every change. */
    void load(float[] parameters) {
        for (int l = 0; l < layers; l++) {
            final int in = widths[l];
            final int out = widths[l + 1];
            final int back = l == 0 ? features : in;
            final int columns = pad(out);
            final int backColumns = pad(back);
            if (in > 0) {
                final int source = layout.offset(layer(l, layers) + ".weight");
                for (int i = 0; i < in; i++) {
                    System.arraycopy(parameters, source + i * out, weights[l], i * columns, out);
                }
                for (int i = 0; i < back; i++) {
                    for (int o = 0; o < out; o++) {
                        transposed[l][o * backColumns + i] = parameters[source + i * out + o];
                    }
                }
            }
            if (l > 0) {
                System.arraycopy(parameters, layout.offset(layer(l, layers) + ".bias"), biases[l], 0, out);
            }
        }
        if (categorical) {
            final int levels = spec.levels();
            final int rank = widths[layers];
            final int columns = pad(rank);
            final int source = layout.offset("table.weight");
            System.arraycopy(parameters, source, table, 0, rank * levels);
            for (int i = 0; i < rank; i++) {
                for (int v = 0; v < levels; v++) {
                    tableTransposed[v * columns + i] = table[i * levels + v];
                }
            }
            System.arraycopy(parameters, layout.offset("table.bias"), tableBias, 0, levels);
        }
    }

    /** The cross-entropy alone. See {@link #gradient}. */
    double value(float[] parameters, byte[] records, int images, int[] positions, float[] featureRows) {
        return run(parameters, records, images, positions, featureRows, null, null, 0);
    }

    /**
     * Draws records from the likelihood, sample by sample.
     *
     * @param parameters the flat parameters that {@link #load} has seen
     * @param featureRows {@code [images][dims][features]}
     * @param images at most {@link #TILE}
     * @param randoms one for each record; equal ones draw with equal luck
     * @return levels, {@code images * dims}
     */
    byte[] draw(float[] parameters, float[] featureRows, int images, SplittableRandom[] randoms) {
        final int dims = spec.dims();
        final byte[] records = new byte[images * dims];
        final float[] rows = new float[images * features];
        final int[] position = new int[1];
        if (window > 0) {
            paint(records, images);
        }
        for (int i = 0; i < dims; i++) {
            position[0] = i;
            for (int b = 0; b < images && features > 0; b++) {
                System.arraycopy(featureRows, (b * dims + i) * features, rows, b * features, features);
            }
            forward(parameters, position, rows, 0, images);
            for (int b = 0; b < images; b++) {
                final int level = drawOne(b, randoms[b].nextDouble());
                records[b * dims + i] = (byte) level;
                if (window > 0) {
                    canvas[canvasIndex(b, i)] = level / (spec.levels() - 1f);
                }
            }
        }
        return records;
    }

    /** The level where the running sum of the probabilities of this row passes {@code uniform}. */
    private int drawOne(int row, double uniform) {
        if (categorical) {
            final int levels = spec.levels();
            // The gradient with a scale of 1 is the softmax, but for the target.
            kernels.softmaxCrossEntropy(logits, row * levels, levels, 0, 1);
            logits[row * levels] += 1;
            double sum = 0;
            for (int v = 0; v < levels - 1; v++) {
                sum += logits[row * levels + v];
                if (uniform < sum) {
                    return v;
                }
            }
            return levels - 1;
        }
        final int at = row * pad(widths[layers]);
        if (mixture != null) {
            return mixture.quantile(values[layers], at, uniform);
        }
        return uniform < 1 / (1 + Math.exp(values[layers][at])) ? 0 : 1;
    }

    private int canvasIndex(int image, int position) {
        final int width = spec.shape().get(1);
        final ModelSpec.Window w = spec.likelihood().window().orElseThrow();
        return image * canvasSize() + (position / width + w.rows()) * canvasWidth() + w.radius() + position % width;
    }

    /**
     * The cross-entropy of the samples at the same positions of every record, and its gradient.
     *
     * @param parameters the flat parameters that {@link #load} has seen (the position biases are read from them)
     * @param records levels, {@code images * dims}
     * @param positions sample indices without repeats
     * @param featureRows {@code [images][positions][features]}
     * @param featureGradient receives the gradient by the features, same shape
     * @param gradient flat, as the parameters; the head's part is added to
     * @param scale factor of the gradients
     * @return sum of the cross-entropies in nats, not scaled
     */
    double gradient(float[] parameters, byte[] records, int images, int[] positions, float[] featureRows,
                    float[] featureGradient, float[] gradient, float scale) {
        for (int l = 0; l < layers; l++) {
            Arrays.fill(weightGradients[l], 0);
            Arrays.fill(biasGradients[l], 0);
        }
        Arrays.fill(tableGradient, 0);
        Arrays.fill(tableBiasGradient, 0);
        final double sum = run(parameters, records, images, positions, featureRows, featureGradient, gradient, scale);
        for (int l = 0; l < layers; l++) {
            final int out = widths[l + 1];
            if (widths[l] > 0) {
                final int target = layout.offset(layer(l, layers) + ".weight");
                for (int i = 0; i < widths[l]; i++) {
                    add(weightGradients[l], i * pad(out), gradient, target + i * out, out);
                }
            }
            if (l > 0) {
                add(biasGradients[l], 0, gradient, layout.offset(layer(l, layers) + ".bias"), out);
            }
        }
        if (categorical) {
            add(tableGradient, 0, gradient, layout.offset("table.weight"), widths[layers] * spec.levels());
            add(tableBiasGradient, 0, gradient, layout.offset("table.bias"), spec.levels());
        }
        return sum;
    }

    private static void add(float[] from, int fromOff, float[] to, int toOff, int n) {
        for (int i = 0; i < n; i++) {
            to[toOff + i] += from[fromOff + i];
        }
    }

    private double run(float[] parameters, byte[] records, int images, int[] positions, float[] featureRows,
                       float[] featureGradient, float[] gradient, float scale) {
        if (window > 0) {
            paint(records, images);
        }
        final int rows = images * positions.length;
        double sum = 0;
        for (int start = 0; start < rows; start += TILE) {
            final int n = Math.min(TILE, rows - start);
            forward(parameters, positions, featureRows, start, n);
            sum += loss(records, positions, start, n, scale);
            if (gradient != null) {
                backward(positions, featureGradient, gradient, start, n);
            }
        }
        return sum;
    }

    /** Writes the records' x01 into frames with margins of zeros, so that a window needs no checks. */
    private void paint(byte[] records, int images) {
        final int size = canvasSize();
        if (canvas.length < images * size) {
            canvas = new float[images * size];
        }
        final int height = spec.shape().get(0);
        final int width = spec.shape().get(1);
        final ModelSpec.Window w = spec.likelihood().window().orElseThrow();
        final float top = spec.levels() - 1;
        for (int b = 0; b < images; b++) {
            for (int y = 0; y < height; y++) {
                final int to = b * size + (y + w.rows()) * canvasWidth() + w.radius();
                final int from = (b * height + y) * width;
                for (int x = 0; x < width; x++) {
                    canvas[to + x] = (records[from + x] & 0xff) / top;
                }
            }
        }
    }

    private void forward(float[] parameters, int[] positions, float[] featureRows, int start, int n) {
        final float[] inputs = values[0];
        final int stride = pad(widths[0]);
        final int tileRows = roundRows(n);
        for (int r = 0; r < n; r++) {
            final int row = start + r;
            final int to = r * stride;
            if (features > 0) {
                System.arraycopy(featureRows, row * features, inputs, to, features);
            }
            if (window > 0) {
                final int image = row / positions.length;
                final int position = positions[row - image * positions.length];
                final int at = canvasIndex(image, position);
                final int first = to + features;
                for (int k = 0; k < windowOffsets.length; k++) {
                    inputs[first + k] = canvas[at + windowOffsets[k]];
                }
                if (marks) {
                    for (int k = 0; k < windowOffsets.length; k++) {
                        inputs[first + window + k] = inputs[first + k] > 0 ? 1 : 0;
                    }
                }
            }
        }
        for (int l = 0; l < layers; l++) {
            final int out = widths[l + 1];
            final int columns = pad(out);
            final float[] y = values[l + 1];
            for (int r = 0; r < n; r++) {
                if (l == 0) {
                    System.arraycopy(parameters, layout.offset("head.position")
                        + positions[(start + r) % positions.length] * out, y, r * columns, out);
                } else {
                    System.arraycopy(biases[l], 0, y, r * columns, columns);
                }
            }
            kernels.multiplyAdd(tileRows, columns, widths[l], values[l], 0, pad(widths[l]), 1, weights[l], 0, columns,
                y, 0, columns);
            if (l < layers - 1) {
                kernels.elu(y, 0, tileRows * columns);
            }
        }
        if (categorical) {
            final int levels = spec.levels();
            for (int r = 0; r < n; r++) {
                System.arraycopy(tableBias, 0, logits, r * levels, levels);
            }
            kernels.multiplyAdd(tileRows, levels, widths[layers], values[layers], 0, pad(widths[layers]), 1, table, 0,
                levels, logits, 0, levels);
        }
    }

    private static int roundRows(int n) {
        return (n + HeadKernels.ROWS - 1) / HeadKernels.ROWS * HeadKernels.ROWS;
    }

    /** Sums the cross-entropies and leaves their gradient by the logits where the logits were. */
    private double loss(byte[] records, int[] positions, int start, int n, float scale) {
        final int dims = spec.dims();
        double sum = 0;
        for (int r = 0; r < n; r++) {
            final int row = start + r;
            final int image = row / positions.length;
            final int level = records[image * dims + positions[row - image * positions.length]] & 0xff;
            if (categorical) {
                sum += kernels.softmaxCrossEntropy(logits, r * spec.levels(), spec.levels(), level, scale);
            } else if (mixture != null) {
                final int at = r * pad(widths[layers]);
                sum += mixture.crossEntropy(values[layers], gradients[layers], at, level, scale);
            } else {
                final int at = r * HeadKernels.COLUMNS;
                final double logit = values[layers][at];
                final double e = Math.exp(-Math.abs(logit));
                sum += Math.max(logit, 0) - level * logit + Math.log1p(e);
                final double one = logit >= 0 ? 1 / (1 + e) : e / (1 + e);
                gradients[layers][at] = (float) (scale * (one - level));
            }
        }
        final int padded = roundRows(n);
        if (categorical) {
            Arrays.fill(logits, n * spec.levels(), padded * spec.levels(), 0);
        } else {
            final int columns = pad(widths[layers]);
            Arrays.fill(gradients[layers], n * columns, padded * columns, 0);
        }
        return sum;
    }

    private void backward(int[] positions, float[] featureGradient, float[] gradient, int start, int n) {
        final int tileRows = roundRows(n);
        if (categorical) {
            final int levels = spec.levels();
            final int columns = pad(widths[layers]);
            kernels.multiplyAdd(roundRows(widths[layers]), levels, tileRows, values[layers], 0, 1, columns, logits, 0,
                levels, tableGradient, 0, levels);
            addRows(logits, tileRows, levels, tableBiasGradient);
            Arrays.fill(gradients[layers], 0, tileRows * columns, 0);
            kernels.multiplyAdd(tileRows, columns, levels, logits, 0, levels, 1, tableTransposed, 0, columns,
                gradients[layers], 0, columns);
        }
        for (int l = layers - 1; l >= 0; l--) {
            final int out = widths[l + 1];
            final int columns = pad(out);
            final int back = l == 0 ? features : widths[l];
            final int backColumns = pad(back);
            if (l < layers - 1) {
                kernels.eluGradient(values[l + 1], gradients[l + 1], 0, tileRows * columns);
            }
            if (widths[l] > 0) {
                kernels.multiplyAdd(roundRows(widths[l]), columns, tileRows, values[l], 0, 1, pad(widths[l]),
                    gradients[l + 1], 0, columns, weightGradients[l], 0, columns);
            }
            if (l > 0) {
                addRows(gradients[l + 1], tileRows, columns, biasGradients[l]);
            } else {
                for (int r = 0; r < n; r++) {
                    add(gradients[1], r * columns, gradient,
                        layout.offset("head.position") + positions[(start + r) % positions.length] * out, out);
                }
            }
            if (back > 0) {
                Arrays.fill(gradients[l], 0, tileRows * backColumns, 0);
                kernels.multiplyAdd(tileRows, backColumns, out, gradients[l + 1], 0, columns, 1, transposed[l], 0,
                    backColumns, gradients[l], 0, backColumns);
            }
        }
        if (features > 0) {
            for (int r = 0; r < n; r++) {
                System.arraycopy(gradients[0], r * pad(features), featureGradient, (start + r) * features, features);
            }
        }
    }

    private static void addRows(float[] rows, int n, int columns, float[] sum) {
        for (int r = 0; r < n; r++) {
            add(rows, r * columns, sum, 0, columns);
        }
    }
}
