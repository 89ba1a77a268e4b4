package org.bbans.model.causal;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Bernoulli;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.engine.Engine;
import org.bbans.model.net.Kernels;
import org.bbans.model.net.Network;
import org.bbans.model.net.Table;
import org.bbans.model.spec.ModelSpec;

/**
 * The likelihood of a hurdle model: for one piece of pixels after the other, first which samples are zero, then the
 * levels of those that are not. Only these lanes go through the levels' head, or what follows the trunk that it shares
 * with the marks, through its table and its search: where most samples are zero, these can be large at little cost.
 *
 * <p>Both directions take the same steps in the same order; pushing, which the stack needs in reverse, waits until all
 * intervals are known. Where pieces have several pixels, so that there are few records, what is known is looked at in
 * larger pieces still.
 */
public final class HurdleLikelihood implements RecordLikelihood {

    private final Network network;
    private final Kernels kernels;
    private final int capacity;
    private final int lanes;
    private final CodedSamples samples;
    private final int dims;
    private final Optional<Features> features;
    private final HurdleHeads heads;
    private final Bernoulli mark;
    private final Table table;
    private final Optional<Palette> palette;
    private final float[] logits;
    private final Categorical level;
    private final Piece piece;
    private final BatchCodec markBatch;
    private final BatchCodec levelBatch;
    /** The lanes whose sample is not zero. */
    private final int[] active;

    /** By lane. */
    private final int[] symbol;
    /** Those of one batch. */
    private final int[] coded;
    private final int[] stepStart;
    private final int[] stepFreq;
    private int[] start = {};
    private int[] freq = {};
    private int records;
    private int[] pieces;
    /** Made when it is needed: decoders never do. */
    private KnownHurdle known;
    private float[][] condition;

    /**
     * A workspace.
     *
     * @param rows the samples in raster order
     * @param capacity greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    public HurdleLikelihood(Network network, Engine engine, PixelOrder order, SampleRows rows, int capacity, int lanes) {
        this.network = network;
        this.capacity = capacity;
        this.lanes = lanes;
        kernels = Kernels.of(engine);
        final ModelSpec spec = network.spec;
        dims = spec.dims();
        samples = CodedSamples.of(spec, order, rows, capacity);
        features = Features.of(network, kernels, order, capacity);
        heads = HurdleHeads.of(network, kernels, new Context(spec, samples, features, lanes), order, capacity,
            lanes);
        mark = new Bernoulli(engine);
        table = network.table.orElseThrow();
        palette = Palette.of(spec, kernels, lanes);
        logits = new float[table.levels() * lanes];
        level = new Categorical(table.levels(), engine);
        level.set(logits, 0);
        piece = new Piece(order);
        markBatch = new BatchCodec(mark, lanes);
        levelBatch = new BatchCodec(level, lanes);
        active = new int[lanes];
        symbol = new int[lanes];
        coded = new int[lanes];
        stepStart = new int[lanes];
        stepFreq = new int[lanes];
    }

    @Override
    public int precision() {
        return level.precision();
    }

    @Override
    public void group(int count) {
        if (count != records) {
            records = count;
            piece.records = count;
            pieces = piece.order.pieces(count);
            palette.ifPresent(p -> p.group(count));
        }
    }

    @Override
    public void given(float[][] rows) {
        condition = rows;
    }

    @Override
    public int size() {
        return dims * records;
    }

    @Override
    public int intervalsPerSample() {
        return 2;
    }

    @Override
    public void push(AnsStack stack, int[] x, int off) {
        if (start.length < 2 * size()) {
            start = new int[2 * size()];
            freq = new int[2 * size()];
        }
        intervals(x, off, start, freq);
        for (int i = pieces.length - 2; i >= 0; i--) {
            piece.set(pieces[i], pieces[i + 1]);
            piece.gather(x, off, 1, 0, symbol);
            final int n = HurdleHeads.select(symbol, piece.used, active);
            piece.gather(start, 0, 2, 1, stepStart);
            piece.gather(freq, 0, 2, 1, stepFreq);
            for (int s = 0; s < n; s++) {
                stepStart[s] = stepStart[active[s]];
                stepFreq[s] = stepFreq[active[s]];
            }
            stack.push(stepStart, stepFreq, 0, n, level.precision());
            piece.gather(start, 0, 2, 0, stepStart);
            piece.gather(freq, 0, 2, 0, stepFreq);
            stack.push(stepStart, stepFreq, 0, piece.used, mark.precision());
        }
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        begin();
        for (int i = 0; i < pieces.length - 1; i++) {
            piece.set(pieces[i], pieces[i + 1]);
            mark.set(heads.marks(piece)[0], 0);
            markBatch.pop(stack, symbol, piece.used);
            final int n = HurdleHeads.select(symbol, piece.used, active);
            if (n > 0) {
                setLevels(heads.levels(piece, active, n), n);
                levelBatch.pop(stack, coded, n);
                for (int s = 0; s < n; s++) {
                    symbol[active[s]] = coded[s];
                }
            }
            piece.scatter(symbol, x, off, 1, 0);
            samples.set(piece, 0, symbol);
            count();
        }
    }

    @Override
    public void intervals(int[] x, int off, int[] starts, int[] freqs) {
        Arrays.fill(starts, 0, 2 * size(), 0);
        Arrays.fill(freqs, 0, 2 * size(), 1 << level.precision());
        final boolean ahead = KnownRecords.pays(network.spec, piece.order, capacity);
        if (ahead) {
            compute(x, off);
        } else {
            begin();
        }
        for (int i = 0; i < pieces.length - 1; i++) {
            piece.set(pieces[i], pieces[i + 1]);
            mark.set((ahead ? known.marks(piece) : heads.marks(piece))[0], 0);
            piece.gather(x, off, 1, 0, symbol);
            final int n = HurdleHeads.select(symbol, piece.used, active);
            for (int j = 0; j < piece.used; j++) {
                coded[j] = Math.min(symbol[j], 1);
            }
            mark.intervals(coded, 0, piece.used, stepStart, stepFreq);
            piece.scatter(stepStart, starts, 0, 2, 0);
            piece.scatter(stepFreq, freqs, 0, 2, 0);
            if (n > 0) {
                setLevels(ahead ? known.levels(piece, active, n) : heads.levels(piece, active, n), n);
                for (int s = 0; s < n; s++) {
                    coded[s] = symbol[active[s]];
                }
                level.intervals(coded, 0, n, stepStart, stepFreq);
                for (int s = 0; s < n; s++) {
                    final int to = (2 * piece.pixelOf(active[s]) + 1) * records + active[s] % records;
                    starts[to] = stepStart[s];
                    freqs[to] = stepFreq[s];
                }
            }
            if (!ahead) {
                samples.set(piece, 0, symbol);
            }
            count();
        }
    }

    private void begin() {
        features.ifPresent(f -> f.begin(condition, records));
        palette.ifPresent(Palette::begin);
    }

    private void compute(int[] x, int off) {
        if (known == null) {
            known = new KnownHurdle(network, kernels, capacity, lanes);
        }
        known.compute(condition, x, off, records);
        palette.ifPresent(Palette::begin);
    }

    /** Counts the levels of the piece. */
    private void count() {
        palette.ifPresent(p -> p.add(0, symbol, 0, piece.used));
    }

    /** Parameters of the levels of the first {@code n} active lanes from their outputs. */
    private void setLevels(float[][] out, int n) {
        kernels.logits(table, out, 0, n, logits);
        palette.ifPresent(p -> p.raise(0, out, table.rank(), active, n, logits));
    }
}
