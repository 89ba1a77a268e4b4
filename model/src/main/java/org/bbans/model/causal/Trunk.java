package org.bbans.model.causal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.PredictorLayers;
import org.bbans.model.net.SparseInputs;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.Blocks;

/**
 * What all channels of a pixel share: the predictor's first hidden layer and the residual convolutions over it. Pixels
 * come in order, so that a convolution finds what it needs of earlier ones among the activations that were kept.
 */
final class Trunk {

    private final PredictorLayers layers;
    private final Activation activation;
    private final Kernels kernels;
    private final int radius;
    private final int above;
    /** The inputs of each convolution. */
    private final List<ActivationCache> kept = new ArrayList<>();
    private final float[][] last;
    private final SparseInputs taps;
    /** {@code [unit][lane]}: the biases of the first layer where the pixels of a piece differ; empty if it has one. */
    private final float[][] start;
    private final int[] everyLane;

    Trunk(Workspace w, PredictorLayers layers) {
        this.layers = layers;
        activation = w.spec().activation();
        kernels = w.kernels();
        final Optional<Blocks> blocks = w.spec().likelihood().blocks();
        final int units = layers.first().outputs();
        radius = blocks.map(Blocks::radius).orElse(0);
        above = blocks.map(Blocks::rows).orElse(0);
        final int back = blocks.map(b -> b.kept(w.grid().width(), w.grid().pixels())).orElse(0);
        for (int b = 0; b < layers.blocks().size(); b++) {
            kept.add(ActivationCache.of(w, units, back));
        }
        last = new float[units][w.lanes()];
        taps = new SparseInputs(blocks.map(Blocks::taps).orElse(0) * units, w.lanes());
        start = new float[w.order().isJoint() ? units : 0][w.lanes()];
        everyLane = new int[w.lanes()];
        Arrays.setAll(everyLane, j -> j);
    }

    /** The last hidden layer of a piece, with its activation, from the rows that go into the first. */
    float[][] forward(Piece piece, SparseInputs inputs) {
        float[][] hidden = place(0, piece);
        first(piece, everyLane, piece.used, inputs, hidden);
        final List<Dense> blocks = layers.blocks();
        for (int b = 0; b < blocks.size(); b++) {
            final float[][] next = place(b + 1, piece);
            kept.get(b).keep(piece);
            gather(kept.get(b), piece, hidden);
            kernels.dense(blocks.get(b), taps.rows, taps.index, taps.count, piece.lanes, next);
            kernels.activate(activation, next, next.length, piece.lanes);
            add(hidden, next, piece.lanes);
            hidden = next;
        }
        return hidden;
    }

    /** The hidden layer of some lanes of a piece alone, {@code some[0 .. n)}, of a trunk without convolutions. */
    float[][] forward(Piece piece, int[] some, int n, SparseInputs inputs) {
        first(piece, some, n, inputs, last);
        return last;
    }

    private void first(Piece piece, int[] some, int n, SparseInputs inputs, float[][] out) {
        final int lanes = Kernels.lanesFor(n);
        if (piece.count == 1) {
            kernels.dense(layers.first(), layers.position(), piece.pixel(0) * out.length, inputs.rows, inputs.index,
                    inputs.count, lanes, out);
        } else {
            for (int j = 0; j < n; j++) {
                final int bias = piece.pixelOf(some[j]) * out.length;
                for (int u = 0; u < out.length; u++) {
                    start[u][j] = layers.position()[bias + u];
                }
            }
            kernels.dense(layers.first(), start, inputs.rows, inputs.index, inputs.count, lanes, out);
        }
        kernels.activate(activation, out, out.length, lanes);
    }

    private float[][] place(int block, Piece piece) {
        return block < kept.size() ? kept.get(block).rows(piece) : last;
    }

    /** The activations of the pixels around a piece, in the order of the taps, its own last; 0 outside the record. */
    private void gather(ActivationCache rows, Piece piece, float[][] own) {
        taps.clear();
        for (int dy = -above; dy <= 0; dy++) {
            for (int dx = -radius; dx <= (dy < 0 ? radius : -1); dx++) {
                if (piece.look(dy, dx)) {
                    rows.add(piece, taps, ((dy + above) * (2 * radius + 1) + dx + radius) * own.length);
                }
            }
        }
        taps.addAll(own, 0, own.length, (above * (2 * radius + 1) + radius) * own.length);
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
