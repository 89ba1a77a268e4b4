package org.bbans.model;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.Bernoulli;
import org.bbans.codec.Categorical;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.model.kernel.Kernels;
import org.bbans.model.kernel.Table;

/**
 * The likelihood of a hurdle model: for one piece of pixels after the other, first which samples are zero, then the
 * levels of those that are not. Only these lanes go through the levels' head, its table and its search: where most
 * samples are zero, that head can be large at little cost.
 *
 * <p>Both directions take the same steps in the same order; pushing, which the stack needs in reverse, waits until all
 * intervals are known.
 */
final class HurdleLikelihood implements RecordLikelihood {

    /** There are no channels. */
    private static final float[][] NONE = {};

    private final Kernels kernels;
    private final CodedSamples samples;
    private final int dims;
    private final Optional<FeatureRows> features;
    private final HeadInputs headInputs;
    private final Trunk markTrunk;
    private final Tail markTail;
    private final Bernoulli mark;
    private final Trunk levelTrunk;
    private final Tail levelTail;
    private final Table table;
    private final Optional<Palette> palette;
    private final float[] logits;
    private final Categorical level;
    private final Piece piece;
    private final BatchCodec markBatch;
    private final BatchCodec levelBatch;
    /** The lanes whose sample is not zero. */
    private final int[] active;
    /** The inputs of those lanes alone. */
    private final InputRows compact;

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
    private InputRows inputs;

    /**
     * A workspace.
     *
     * @param rows the samples in raster order
     * @param capacity greatest number of records
     * @param lanes greatest number of lanes of a piece
     */
    HurdleLikelihood(Network network, Engine engine, PixelOrder order, SampleRows rows, int capacity, int lanes) {
        this.kernels = Kernels.of(engine);
        final ModelSpec spec = network.spec;
        dims = spec.dims();
        samples = CodedSamples.of(spec, order, rows, capacity);
        features = FeatureRows.of(network, kernels, order, capacity);
        headInputs = new HeadInputs(spec, samples, features, lanes);
        final Network.Head markHead = network.mark.orElseThrow();
        markTrunk = new Trunk(markHead, spec, kernels, order, capacity, lanes);
        markTail = new Tail(markHead.tails().get(0), kernels, lanes);
        mark = new Bernoulli(engine);
        final Network.Head levelHead = network.head.orElseThrow();
        levelTrunk = new Trunk(levelHead, spec, kernels, order, capacity, lanes);
        levelTail = new Tail(levelHead.tails().get(0), kernels, lanes);
        table = network.table.orElseThrow();
        palette = Palette.of(spec, kernels, lanes);
        logits = new float[table.levels() * lanes];
        level = new Categorical(table.levels(), engine);
        level.set(logits, 0);
        piece = new Piece(order);
        markBatch = new BatchCodec(mark, lanes);
        levelBatch = new BatchCodec(level, lanes);
        active = new int[lanes];
        compact = new InputRows(spec.headInputs(), lanes);
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
        features.orElseThrow().given(rows);
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
            final int n = select();
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
            predictMarks();
            markBatch.pop(stack, symbol, piece.used);
            final int n = select();
            if (n > 0) {
                predictLevels(n);
                levelBatch.pop(stack, coded, n);
                for (int s = 0; s < n; s++) {
                    symbol[active[s]] = coded[s];
                }
            }
            piece.scatter(symbol, x, off, 1, 0);
            known();
        }
    }

    @Override
    public void intervals(int[] x, int off, int[] starts, int[] freqs) {
        Arrays.fill(starts, 0, 2 * size(), 0);
        Arrays.fill(freqs, 0, 2 * size(), 1 << level.precision());
        begin();
        for (int i = 0; i < pieces.length - 1; i++) {
            piece.set(pieces[i], pieces[i + 1]);
            predictMarks();
            piece.gather(x, off, 1, 0, symbol);
            final int n = select();
            for (int j = 0; j < piece.used; j++) {
                coded[j] = Math.min(symbol[j], 1);
            }
            mark.intervals(coded, 0, piece.used, stepStart, stepFreq);
            piece.scatter(stepStart, starts, 0, 2, 0);
            piece.scatter(stepFreq, freqs, 0, 2, 0);
            if (n > 0) {
                predictLevels(n);
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
            known();
        }
    }

    private void begin() {
        features.ifPresent(f -> f.begin(records));
        palette.ifPresent(Palette::begin);
    }

    /** Takes the levels of the piece. */
    private void known() {
        samples.set(piece, 0, symbol);
        palette.ifPresent(p -> p.add(0, symbol, 0, piece.used));
    }

    /** Notes the lanes of the piece that are not zero and returns their number. */
    private int select() {
        int n = 0;
        for (int j = 0; j < piece.used; j++) {
            active[n] = j;
            n += -symbol[j] >>> 31;
        }
        return n;
    }

    private void predictMarks() {
        inputs = headInputs.gather(piece);
        mark.set(markTail.forward(markTrunk.forward(piece, inputs), NONE, 0, piece.lanes)[0], 0);
    }

    /** Parameters of the levels of the first {@code n} active lanes; the inputs are those of their marks. */
    private void predictLevels(int n) {
        compact.clear();
        for (int k = 0; k < inputs.count; k++) {
            final float[] from = inputs.rows[k];
            final float[] to = compact.spare();
            for (int s = 0; s < n; s++) {
                to[s] = from[active[s]];
            }
            compact.add(to, inputs.index[k]);
        }
        final float[][] out = levelTail.forward(levelTrunk.forward(piece, active, n, compact), NONE, 0,
            Kernels.lanesFor(n));
        kernels.logits(table, out, 0, n, logits);
        palette.ifPresent(p -> p.raise(0, out, table.rank(), active, n, logits));
    }
}
