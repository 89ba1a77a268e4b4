package org.bbans.model;

import java.util.Optional;
import org.bbans.codec.Distribution;
import org.bbans.codec.DistributionCodec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.bbans.model.kernel.Kernels;

/**
 * The likelihood p(x | z) of a group of records in lockstep: for one sample after the other, all records' distributions
 * of that sample from their features and their already coded neighbours.
 *
 * <p>Symbols are sample-major: all records' sample 0, then all records' sample 1. Both directions take the same
 * steps in the same order; pushing, which the stack needs in reverse, waits until all intervals are known.
 *
 * <p>A workspace: one for each thread.
 */
final class CausalLikelihood implements RecordLikelihood {

    private final SampleRows samples;
    private final int dims;
    private final int channels;
    private final Optional<FeatureRows> features;
    private final Optional<CausalHead> head;
    private final SampleDistribution output;
    private final Distribution distribution;

    private int records;
    private int lanes;
    private DistributionCodec step;
    private int[] symbol;
    private int[] stepStart;
    private int[] stepFreq;
    private int[] start = {};
    private int[] freq = {};

    CausalLikelihood(Network network, Engine engine, SampleRows samples, int capacity) {
        this.samples = samples;
        final Kernels kernels = Kernels.of(engine);
        final ModelSpec spec = network.spec;
        dims = spec.dims();
        channels = spec.channels();
        features = spec.features() > 0 ? Optional.of(new FeatureRows(network, kernels, capacity)) : Optional.empty();
        head = network.head.map(h -> new CausalHead(network, kernels, samples, features, capacity));
        output = SampleDistribution.of(network, engine, capacity);
        distribution = output.distribution();
    }

    @Override
    public int precision() {
        return distribution.precision();
    }

    @Override
    public void group(int count) {
        if (count != records) {
            records = count;
            lanes = Kernels.lanesFor(count);
            step = new DistributionCodec(distribution, count);
            symbol = new int[count];
            stepStart = new int[count];
            stepFreq = new int[count];
        }
    }

    @Override
    public void given(float[][] rows) {
        features.orElseThrow().given(rows);
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
        if (records % stack.heads() == 0) {
            stack.push(start, freq, 0, size(), distribution.precision());
        } else {
            for (int i = dims - 1; i >= 0; i--) {
                stack.push(start, freq, i * records, records, distribution.precision());
            }
        }
    }

    @Override
    public void pop(AnsStack stack, int[] x, int off) {
        begin();
        for (int i = 0; i < dims; i++) {
            predict(i);
            step.pop(stack, x, off + i * records);
            known(i, x, off + i * records);
        }
    }

    @Override
    public void intervals(int[] x, int off, int[] starts, int[] freqs) {
        begin();
        for (int i = 0; i < dims; i++) {
            predict(i);
            System.arraycopy(x, off + i * records, symbol, 0, records);
            distribution.intervals(symbol, 0, records, stepStart, stepFreq);
            System.arraycopy(stepStart, 0, starts, i * records, records);
            System.arraycopy(stepFreq, 0, freqs, i * records, records);
            known(i, symbol, 0);
        }
    }

    private void begin() {
        features.ifPresent(FeatureRows::begin);
        output.begin();
    }

    /** Gives the distribution its parameters for sample {@code i} of all records; samples below i have been set. */
    private void predict(int i) {
        if (head.isEmpty()) {
            final FeatureRows outputs = features.orElseThrow();
            final int offset = outputs.offset(i, lanes);
            output.set(outputs.rows, offset, 0, null, records);
        } else {
            final int pixel = i / channels;
            final int channel = i - pixel * channels;
            output.set(head.get().forward(pixel, channel, lanes), 0, channel, head.get().reference(channel), records);
        }
    }

    /** Takes the levels of sample {@code i} of all records. */
    private void known(int i, int[] x, int off) {
        samples.set(i, x, off, records);
        output.coded(i % channels, x, off, records);
    }
}
