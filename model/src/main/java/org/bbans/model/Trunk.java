package org.bbans.model;

import java.util.List;
import java.util.Optional;
import org.bbans.model.kernel.Dense;
import org.bbans.model.kernel.Kernels;

/**
 * What all channels of a pixel share: the head's first hidden layer and the residual convolutions over it. Pixels come
 * in order, so that a convolution finds what it needs of earlier ones among the activations that were kept. A
 * workspace.
 */
final class Trunk {

    private final Network.Head head;
    private final Kernels kernels;
    private final int width;
    private final int radius;
    private final int above;
    /** {@code [block][pixel % kept][unit][lane]}: the inputs of each convolution. */
    private final float[][][][] kept;
    private final float[][] last;
    private final InputRows taps;

    Trunk(Network.Head head, ModelSpec spec, Kernels kernels, int capacity) {
        this.head = head;
        this.kernels = kernels;
        final Optional<ModelSpec.Blocks> blocks = spec.likelihood().blocks();
        final int units = head.first().outputs();
        width = blocks.isPresent() ? spec.shape().get(1) : spec.pixels();
        radius = blocks.map(ModelSpec.Blocks::radius).orElse(0);
        above = blocks.map(ModelSpec.Blocks::rows).orElse(0);
        final int pixels = blocks.map(b -> b.kept(width, spec.pixels())).orElse(0);
        kept = new float[head.blocks().size()][pixels][units][capacity];
        last = new float[units][capacity];
        taps = new InputRows(blocks.map(ModelSpec.Blocks::taps).orElse(0) * units);
    }

    /** The last hidden layer of a pixel, with its activation, from the rows that go into the first. */
    float[][] forward(int pixel, InputRows inputs, int lanes) {
        float[][] hidden = place(0, pixel);
        final Dense first = head.first();
        kernels.dense(first, head.position(), pixel * first.outputs(), inputs.rows, inputs.index, inputs.count, lanes,
            hidden);
        kernels.elu(hidden, hidden.length, lanes);
        final List<Dense> blocks = head.blocks();
        for (int b = 0; b < blocks.size(); b++) {
            final float[][] next = place(b + 1, pixel);
            gather(kept[b], pixel);
            kernels.dense(blocks.get(b), taps.rows, taps.index, taps.count, lanes, next);
            kernels.elu(next, next.length, lanes);
            add(hidden, next, lanes);
            hidden = next;
        }
        return hidden;
    }

    private float[][] place(int block, int pixel) {
        return block < kept.length ? kept[block][pixel % kept[block].length] : last;
    }

    /** The activations of the pixels around one, in the order of the taps, itself last; outside the record is zero. */
    private void gather(float[][][] ring, int pixel) {
        taps.clear();
        final int x = pixel % width;
        for (int dy = -Math.min(above, pixel / width); dy <= 0; dy++) {
            final int right = dy < 0 ? Math.min(radius, width - 1 - x) : 0;
            for (int dx = -Math.min(radius, x); dx <= right; dx++) {
                final float[][] tap = ring[(pixel + dy * width + dx) % ring.length];
                taps.addAll(tap, 0, tap.length, ((dy + above) * (2 * radius + 1) + dx + radius) * tap.length);
            }
        }
    }

    private static void add(float[][] from, float[][] to, int lanes) {
        for (int u = 0; u < to.length; u++) {
            final float[] a = from[u];
            final float[] b = to[u];
            for (int j = 0; j < lanes; j++) {
                b[j] += a[j];
            }
        }
    }
}
