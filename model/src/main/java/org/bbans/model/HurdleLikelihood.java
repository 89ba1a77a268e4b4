package org.bbans.model;

import java.util.Arrays;
import java.util.Optional;
import org.bbans.codec.Bernoulli;
import org.bbans.codec.Categorical;
import org.bbans.codec.DistributionCodec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.model.kernel.Kernels;
import org.bbans.model.kernel.Table;

/**
 * The likelihood of a hurdle model: for one sample after the other, first whether it is zero for all records, then the
 * levels of those that are not. Only these records go through the levels' head, its table and its search: where most
 * samples are zero, that head can be large at little cost.
 *
 * <p>Both directions take the same steps in the same order; pushing, which the stack needs in reverse, waits until all
 * intervals are known.
 */
final class HurdleLikelihood implements RecordLikelihood {

    /** There are no channels. */
    private static final float[][] NONE = {};

    private final Kernels kernels;
    private final SampleRows samples;
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
    /** The lanes whose sample is not zero. */
    private final int[] active;
    /** The inputs of those lanes alone. */
    private final float[][] compact;
    private final InputRows compactInputs;
    /** By number of active lanes. */
    private final DistributionCodec[] levelCodecs;

    private final int[] symbol;
    private final int[] stepStart;
    private final int[] stepFreq;
    private int[] start = {};
    private int[] freq = {};
    private int records;
    private int lanes;
    private InputRows inputs;
    private DistributionCodec markCodec;

    HurdleLikelihood(Network network, Engine engine, SampleRows samples, int capacity) {
        this.kernels = Kernels.of(engine);
        this.samples = samples;
        final ModelSpec spec = network.spec;
        dims = spec.dims();
        features = spec.features() > 0 ? Optional.of(new FeatureRows(network, kernels, capacity)) : Optional.empty();
        headInputs = new HeadInputs(spec, samples, features, capacity);
        final Network.Head markHead = network.mark.orElseThrow();
        markTrunk = new Trunk(markHead, spec, kernels, capacity);
        markTail = new Tail(markHead.tails().get(0), kernels, capacity);
        mark = new Bernoulli(engine);
        final Network.Head levelHead = network.head.orElseThrow();
        levelTrunk = new Trunk(levelHead, spec, kernels, capacity);
        levelTail = new Tail(levelHead.tails().get(0), kernels, capacity);
        table = network.table.orElseThrow();
        palette = Palette.of(spec, capacity);
        logits = new float[table.levels() * capacity];
        level = new Categorical(table.levels(), engine);
        level.set(logits, 0);
        active = new int[capacity];
        compact = new float[spec.headInputs()][capacity];
        compactInputs = new InputRows(compact.length);
        levelCodecs = new DistributionCodec[capacity + 1];
        symbol = new int[capacity];
        stepStart = new int[capacity];
        stepFreq = new int[capacity];
    }

    @Override
    public int precision() {
        return level.precision();
    }

    @Override
    public void group(int count) {
        if (count != records) {
            records = count;
            lanes = Kernels.lanesFor(count);
            markCodec = new DistributionCodec(mark, count);
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
        for (int i = dims - 1; i >= 0; i--) {
            final int marks = 2 * i * records;
            final int n = select(x, off + i * records);
            for (int s = 0; s < n; s++) {
                stepStart[s] = start[marks + records + active[s]];
                stepFreq[s] = freq[marks + records + active[s]];
            }
            stack.push(stepStart, stepFreq, 0, n, level.precision());
            stack.push(start, freq, marks, records, mark.precision());
        }
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        begin();
        for (int i = 0; i < dims; i++) {
            final int at = off + i * records;
            predictMarks(i);
            markCodec.pop(stack, x, at);
            final int n = select(x, at);
            if (n > 0) {
                predictLevels(i, n);
                levelCodec(n).pop(stack, symbol, 0);
                for (int s = 0; s < n; s++) {
                    x[at + active[s]] = symbol[s];
                }
            }
            known(i, x, at);
        }
    }

    private DistributionCodec levelCodec(int n) {
        if (levelCodecs[n] == null) {
            levelCodecs[n] = new DistributionCodec(level, n);
        }
        return levelCodecs[n];
    }

    @Override
    public void intervals(int[] x, int off, int[] starts, int[] freqs) {
        begin();
        for (int i = 0; i < dims; i++) {
            final int at = off + i * records;
            final int to = 2 * i * records;
            predictMarks(i);
            for (int j = 0; j < records; j++) {
                symbol[j] = x[at + j] != 0 ? 1 : 0;
            }
            mark.intervals(symbol, 0, records, stepStart, stepFreq);
            System.arraycopy(stepStart, 0, starts, to, records);
            System.arraycopy(stepFreq, 0, freqs, to, records);
            Arrays.fill(starts, to + records, to + 2 * records, 0);
            Arrays.fill(freqs, to + records, to + 2 * records, 1 << level.precision());
            final int n = select(x, at);
            if (n > 0) {
                predictLevels(i, n);
                for (int s = 0; s < n; s++) {
                    symbol[s] = x[at + active[s]];
                }
                level.intervals(symbol, 0, n, stepStart, stepFreq);
                for (int s = 0; s < n; s++) {
                    starts[to + records + active[s]] = stepStart[s];
                    freqs[to + records + active[s]] = stepFreq[s];
                }
            }
            known(i, x, at);
        }
    }

    private void begin() {
        features.ifPresent(FeatureRows::begin);
        palette.ifPresent(Palette::begin);
    }

    /** Takes the levels of sample {@code i} of all records. */
    private void known(int i, int[] x, int at) {
        samples.set(i, x, at, records);
        palette.ifPresent(p -> p.add(0, x, at, records));
    }

    /** Notes the lanes of {@code x[at ..]} that are not zero and returns their number. */
    private int select(int[] x, int at) {
        int n = 0;
        for (int j = 0; j < records; j++) {
            active[n] = j;
            n += -x[at + j] >>> 31;
        }
        return n;
    }

    private void predictMarks(int i) {
        inputs = headInputs.gather(i, lanes);
        mark.set(markTail.forward(markTrunk.forward(i, inputs, lanes), NONE, 0, lanes)[0], 0);
    }

    /** Parameters of the levels of the first {@code n} active lanes; the inputs are those of their marks. */
    private void predictLevels(int i, int n) {
        compactInputs.clear();
        for (int k = 0; k < inputs.count; k++) {
            final float[] from = inputs.rows[k];
            final float[] to = compact[k];
            for (int s = 0; s < n; s++) {
                to[s] = from[active[s]];
            }
            compactInputs.add(to, inputs.index[k]);
        }
        final int width = Kernels.lanesFor(n);
        final float[][] out = levelTail.forward(levelTrunk.forward(i, compactInputs, width), NONE, 0, width);
        kernels.logits(table, out, 0, n, logits);
        palette.ifPresent(p -> p.raise(0, out, table.rank(), active, n, logits));
    }
}
