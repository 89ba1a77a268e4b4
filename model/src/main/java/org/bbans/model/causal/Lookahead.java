package org.bbans.model.causal;

import org.bbans.model.spec.Blocks;
import org.bbans.model.spec.ModelSpec;

/**
 * The outputs of records whose samples are all known, as those are that are to be coded: they are computed for whole
 * rows of pixels at once, where a decoder has to go from front to front.
 */
final class Lookahead implements Predictor {

    /** Greatest number of numbers that are kept of a group, if it is as large as it may be: 16 MB. */
    private static final long MAX_KEPT = 1 << 22;

    /** Goes through rows, where those that ask go through fronts. */
    private final Piece rows;
    private final KnownSamples samples;
    private final LivePredictor live;
    private final boolean hurdle;
    private final int channels;
    /** Whether means are relative. */
    private final boolean relative;
    /** By channel; of a hurdle's levels, those of samples that are zero are stale. */
    private final PixelStore[] outputs;
    /** By channel, one row each. */
    private final PixelStore[] references;
    private final PixelStore marks;
    private final float[][] one = new float[1][];
    private final int[] symbol;
    private final int[] some;

    Lookahead(Workspace decoding) {
        final Workspace w = decoding.in(PixelOrder.rows(decoding.grid()));
        rows = new Piece(w);
        samples = KnownSamples.of(w);
        live = new LivePredictor(w, samples);
        hurdle = !w.network().markTail.isEmpty();
        channels = w.grid().channels();
        relative = w.spec().likelihood().window().orElseThrow().relative();
        outputs = new PixelStore[channels];
        references = new PixelStore[channels];
        for (int channel = 0; channel < channels; channel++) {
            outputs[channel] = new PixelStore(w, w.spec().likelihood().outputs());
            references[channel] = new PixelStore(w, relative ? 1 : 0);
        }
        marks = new PixelStore(w, hurdle ? 1 : 0);
        symbol = new int[w.lanes()];
        some = new int[w.lanes()];
    }

    /** Whether looking ahead fills more lanes than the order of decoding, and does not keep too much of a group. */
    static boolean pays(Workspace w) {
        if (!w.order().isJoint()) {
            return false;
        }
        final ModelSpec spec = w.spec();
        final int blocks = spec.likelihood().blocks().map(Blocks::count).orElse(0);
        final long kept = (long) blocks * spec.likelihood().hidden().get(0) + spec.features()
                + (long) w.grid().channels() * (spec.likelihood().outputs() + 1);
        return kept * w.grid().pixels() * w.records() <= MAX_KEPT;
    }

    /**
     * Computes the outputs of records.
     *
     * @param condition the decoder's last hidden layer
     * @param x levels from {@code off}, sample-major
     */
    void compute(float[][] condition, int[] x, int off, int records) {
        rows.group(records);
        live.begin(condition, records);
        for (int i = 0; i < rows.pieces(); i++) {
            rows.set(i);
            for (int channel = 0; channel < channels; channel++) {
                rows.gather(x, off, channels, channel, symbol);
                samples.set(rows, channel, symbol);
            }
        }
        for (int i = 0; i < rows.pieces(); i++) {
            rows.set(i);
            if (hurdle) {
                one[0] = live.marks(rows);
                marks.put(rows, one);
                rows.gather(x, off, 1, 0, symbol);
                final int n = SampleCoder.select(symbol, rows.used, some);
                if (n > 0) {
                    outputs[0].put(rows, some, n, live.levels(rows, some, n));
                }
            } else {
                for (int channel = 0; channel < channels; channel++) {
                    outputs[channel].put(rows, live.outputs(rows, channel));
                    one[0] = live.reference(rows, channel);
                    references[channel].put(rows, one);
                }
            }
        }
    }

    @Override
    public float[][] outputs(Piece piece, int channel) {
        return outputs[channel].get(piece);
    }

    @Override
    public float[] reference(Piece piece, int channel) {
        return relative ? references[channel].get(piece)[0] : null;
    }

    @Override
    public float[] marks(Piece piece) {
        return marks.get(piece)[0];
    }

    @Override
    public float[][] levels(Piece piece, int[] lanes, int n) {
        return outputs[0].get(piece, lanes, n);
    }
}
