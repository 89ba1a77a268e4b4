package org.bbans.model.causal;

import java.util.Optional;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;

/**
 * Records whose samples are all known, as those are that are to be coded: the heads can look at whole rows of pixels at
 * once, where a decoder has to go from front to front. A workspace.
 */
final class KnownRecords {

    /** Greatest number of numbers that are kept of a group, if it is as large as it may be: 16 MB. */
    private static final long MAX_KEPT = 1 << 22;

    private final Piece piece;
    private final CodedSamples samples;
    private final Optional<Features> features;
    private final Context inputs;
    private final int channels;
    private final int[] symbol;
    private int[] pieces = {};

    /** What is done with a piece. */
    @FunctionalInterface
    interface Visitor {

        void visit(Piece piece);
    }

    /**
     * A workspace.
     *
     * @param records greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    KnownRecords(Network network, Kernels kernels, int records, int lanes) {
        final ModelSpec spec = network.spec;
        final PixelOrder order = PixelOrder.rows(spec);
        piece = new Piece(order);
        samples = CodedSamples.of(spec, order, null, records);
        features = Features.of(network, kernels, order, records);
        inputs = new Context(spec, samples, features, lanes);
        channels = spec.channels();
        symbol = new int[lanes];
    }

    /**
     * Whether that fills more lanes than the order of decoding, and a group of records is not too large for it.
     *
     * @param records greatest number of records
     */
    static boolean pays(ModelSpec spec, PixelOrder decoding, int records) {
        if (!decoding.isJoint()) {
            return false;
        }
        final int blocks = spec.likelihood().blocks().map(ModelSpec.Blocks::count).orElse(0);
        final long kept = (long) blocks * spec.likelihood().hidden().get(0) + spec.features()
            + (long) spec.channels() * (spec.likelihood().outputs() + 1);
        return kept * spec.pixels() * records <= MAX_KEPT;
    }

    PixelOrder order() {
        return piece.order;
    }

    /** The inputs of the heads for the piece in hand. */
    Context inputs() {
        return inputs;
    }

    /**
     * Takes records and visits all their pixels.
     *
     * @param given the condition, as {@link RecordLikelihood#given} has it
     * @param x levels from {@code off}, sample-major
     */
    void visit(float[][] given, int[] x, int off, int records, Visitor visitor) {
        if (piece.records != records) {
            piece.records = records;
            pieces = piece.order.pieces(records);
        }
        features.ifPresent(f -> f.begin(given, records));
        for (int i = 0; i < pieces.length - 1; i++) {
            piece.set(pieces[i], pieces[i + 1]);
            for (int channel = 0; channel < channels; channel++) {
                piece.gather(x, off, channels, channel, symbol);
                samples.set(piece, channel, symbol);
            }
        }
        for (int i = 0; i < pieces.length - 1; i++) {
            piece.set(pieces[i], pieces[i + 1]);
            visitor.visit(piece);
        }
    }
}
