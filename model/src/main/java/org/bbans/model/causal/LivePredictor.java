package org.bbans.model.causal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bbans.model.net.Dense;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.PredictorLayers;
import org.bbans.model.net.SparseInputs;

/** Evaluates the network from the features of the pixels of a piece and their neighbourhoods, when it is asked. */
final class LivePredictor implements Predictor {

    private final Features features;
    private final Neighbourhood neighbours;
    private final SparseInputs inputs;
    /** Absent without hidden layers: then the features are the outputs. */
    private final Trunk trunk;
    private final List<Tail> tails = new ArrayList<>();
    /** By channel, what the pixel's later channels see of it. */
    private final float[][] own;
    /** The trunk of a hurdle's marks, which may be that of its levels. */
    private final Trunk markTrunk;
    private final Tail markTail;
    /** Inputs of the lanes alone whose levels are asked for. */
    private final SparseInputs someInputs;
    /** The trunk's outputs of those lanes. */
    private final float[][] someHidden;
    private float[][] hidden;

    /** @param samples which are known, among them those that the outputs depend on */
    LivePredictor(Workspace w, KnownSamples samples) {
        features = new Features(w);
        neighbours = Neighbourhood.of(w, samples);
        inputs = new SparseInputs(w.spec().predictorInputs(), w.lanes());
        final Optional<PredictorLayers> layers = w.network().predictor;
        trunk = layers.map(l -> new Trunk(w, l)).orElse(null);
        layers.ifPresent(l -> l.tails().forEach(t -> tails.add(new Tail(w, t))));
        own = new float[w.grid().channels()][];
        final List<Dense> mark = w.network().markTail;
        markTrunk = w.network().mark.map(m -> new Trunk(w, m)).orElse(trunk);
        markTail = mark.isEmpty() ? null : new Tail(w, mark);
        final boolean separate = markTrunk != trunk;
        someInputs = new SparseInputs(separate ? w.spec().predictorInputs() : 0, w.lanes());
        someHidden = new float[mark.isEmpty() || separate ? 0 : layers.orElseThrow().first().outputs()][w.lanes()];
    }

    /** Begins with the first piece of records, given the decoder's last hidden layer. */
    void begin(float[][] condition, int records) {
        features.begin(condition, records);
    }

    @Override
    public float[][] outputs(Piece piece, int channel) {
        if (trunk == null) {
            return features.rows(piece);
        }
        if (channel == 0) {
            gather(piece);
            hidden = trunk.forward(piece, inputs);
        } else {
            own[channel - 1] = neighbours.own(piece, channel - 1);
        }
        return tails.get(channel).forward(hidden, own, channel, piece.lanes);
    }

    @Override
    public float[] reference(Piece piece, int channel) {
        return neighbours.reference(channel);
    }

    @Override
    public float[] marks(Piece piece) {
        gather(piece);
        hidden = markTrunk.forward(piece, inputs);
        return markTail.forward(hidden, own, 0, piece.lanes)[0];
    }

    @Override
    public float[][] levels(Piece piece, int[] some, int n) {
        final float[][] rows;
        if (markTrunk == trunk) {
            for (int u = 0; u < someHidden.length; u++) {
                compact(hidden[u], some, n, someHidden[u]);
            }
            rows = someHidden;
        } else {
            someInputs.clear();
            for (int k = 0; k < inputs.count; k++) {
                final float[] row = someInputs.spare();
                compact(inputs.rows[k], some, n, row);
                someInputs.add(row, inputs.index[k]);
            }
            rows = trunk.forward(piece, some, n, someInputs);
        }
        return tails.get(0).forward(rows, own, 0, Kernels.lanesFor(n));
    }

    private void gather(Piece piece) {
        inputs.clear();
        features.add(piece, inputs);
        neighbours.gather(piece, inputs);
    }

    private static void compact(float[] from, int[] some, int n, float[] to) {
        for (int s = 0; s < n; s++) {
            to[s] = from[some[s]];
        }
    }
}
