package org.bbans.model.causal;

import java.util.Optional;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.engine.Engine;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.spec.ModelSpec;

/**
 * The likelihood p(x | z) of a group of records in lockstep: for one piece of pixels after the other, channel by
 * channel, all records' distributions of its samples from their features and their already coded neighbours.
 *
 * <p>In raster order symbols are sample-major: all records' sample 0, then all records' sample 1. Both directions take
 * the same steps in the same order; pushing, which the stack needs in reverse, waits until all intervals are known.
 * Where pieces have several pixels, so that there are few records, what is known is looked at in larger pieces still.
 *
 * <p>A workspace: one for each thread.
 */
public final class CausalLikelihood implements RecordLikelihood {

    private final Network network;
    private final Kernels kernels;
    private final int capacity;
    private final int lanes;
    private final CodedSamples samples;
    private final int dims;
    private final int channels;
    private final Optional<Features> features;
    private final Optional<CausalHead> head;
    private final SampleDistribution output;
    private final Distribution distribution;
    private final BatchCodec batch;
    private final Piece piece;
    private final int[] symbol;
    private final int[] stepStart;
    private final int[] stepFreq;

    /** Made when it is needed: decoders never do. */
    private KnownOutputs known;
    private float[][] condition;
    private int records;
    private int[] pieces;
    private int[] start = {};
    private int[] freq = {};

    /**
     * A workspace.
     *
     * @param rows the samples in raster order
     * @param capacity greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    public CausalLikelihood(Network network, Engine engine, PixelOrder order, SampleRows rows, int capacity, int lanes) {
        this.network = network;
        this.capacity = capacity;
        this.lanes = lanes;
        kernels = Kernels.of(engine);
        final ModelSpec spec = network.spec;
        dims = spec.dims();
        channels = spec.channels();
        samples = CodedSamples.of(spec, order, rows, capacity);
        features = Features.of(network, kernels, order, capacity);
        head = network.head.map(h -> new CausalHead(network, kernels, new Context(spec, samples, features, lanes),
            order, capacity, lanes));
        output = SampleDistribution.of(network, engine, lanes);
        distribution = output.distribution();
        batch = new BatchCodec(distribution, lanes);
        piece = new Piece(order);
        symbol = new int[lanes];
        stepStart = new int[lanes];
        stepFreq = new int[lanes];
    }

    @Override
    public int precision() {
        return distribution.precision();
    }

    @Override
    public void group(int count) {
        if (count != records) {
            records = count;
            piece.records = count;
            pieces = piece.order.pieces(count);
            output.group(count);
        }
    }

    @Override
    public void given(float[][] rows) {
        condition = rows;
    }

    @Override
    public int intervalsPerSample() {
        return 1;
    }

    @Override
    public int size() {
        return dims * records;
    }

    @Override
    public void push(AnsStack stack, int[] x, int off) {
        if (start.length < size()) {
            start = new int[size()];
            freq = new int[size()];
        }
        intervals(x, off, start, freq);
        if (!piece.order.isJoint() && records % stack.heads() == 0) {
            stack.push(start, freq, 0, size(), distribution.precision());
            return;
        }
        for (int i = pieces.length - 2; i >= 0; i--) {
            piece.set(pieces[i], pieces[i + 1]);
            for (int channel = channels - 1; channel >= 0; channel--) {
                piece.gather(start, 0, channels, channel, stepStart);
                piece.gather(freq, 0, channels, channel, stepFreq);
                stack.push(stepStart, stepFreq, 0, piece.used, distribution.precision());
            }
        }
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        begin();
        for (int i = 0; i < pieces.length - 1; i++) {
            piece.set(pieces[i], pieces[i + 1]);
            for (int channel = 0; channel < channels; channel++) {
                predict(channel);
                batch.pop(stack, symbol, piece.used);
                piece.scatter(symbol, x, off, channels, channel);
                samples.set(piece, channel, symbol);
                output.coded(channel, symbol, piece.used);
            }
        }
    }

    @Override
    public void intervals(int[] x, int off, int[] starts, int[] freqs) {
        final boolean ahead = KnownRecords.pays(network.spec, piece.order, capacity);
        if (ahead) {
            compute(x, off);
        } else {
            begin();
        }
        for (int i = 0; i < pieces.length - 1; i++) {
            piece.set(pieces[i], pieces[i + 1]);
            for (int channel = 0; channel < channels; channel++) {
                if (ahead) {
                    output.set(known.outputs(piece, channel), 0, channel, known.reference(piece, channel), piece.used);
                } else {
                    predict(channel);
                }
                piece.gather(x, off, channels, channel, symbol);
                distribution.intervals(symbol, 0, piece.used, stepStart, stepFreq);
                piece.scatter(stepStart, starts, 0, channels, channel);
                piece.scatter(stepFreq, freqs, 0, channels, channel);
                if (!ahead) {
                    samples.set(piece, channel, symbol);
                }
                output.coded(channel, symbol, piece.used);
            }
        }
    }

    private void begin() {
        features.ifPresent(f -> f.begin(condition, records));
        output.begin();
    }

    private void compute(int[] x, int off) {
        if (known == null) {
            known = new KnownOutputs(network, kernels, capacity, lanes);
        }
        known.compute(condition, x, off, records);
        output.begin();
    }

    /** Gives the distribution its parameters for a channel of the piece; all samples that these depend on are set. */
    private void predict(int channel) {
        if (head.isEmpty()) {
            final Features outputs = features.orElseThrow();
            final int offset = outputs.offset(piece.pixel(0), piece.lanes);
            output.set(outputs.rows, offset, 0, null, piece.used);
        } else {
            output.set(head.get().forward(piece, channel), 0, channel, head.get().reference(channel), piece.used);
        }
    }
}
