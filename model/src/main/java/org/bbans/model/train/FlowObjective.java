package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.bbans.model.train.path.FlowGradient;

/** The objective of a flow: the likelihood of dequantised records, less the entropy of the noise. */
final class FlowObjective implements Objective {

    private static final double LN2 = Math.log(2);
    private static final double MEMORY = 0.999;

    private final FlowSpec spec;
    private final TrainingOptions options;
    private final Parameters layout;
    private final TrainingData data;
    private final EpochOrder order;
    private final FlowGradient loss;
    private final byte[] records;
    private final float[] gradient;

    FlowObjective(FlowSpec spec, TrainingOptions options, HeadKernels kernels) {
        this.spec = spec;
        this.options = options;
        layout = new Parameters(spec);
        data = new TrainingData(options);
        order = new EpochOrder(options, data);
        loss = new FlowGradient(spec, layout, kernels, options.threads());
        records = new byte[options.batch() * spec.dims()];
        gradient = new float[layout.size()];
    }

    @Override
    public Parameters layout() {
        return layout;
    }

    @Override
    public float[] first() {
        return loss.first(data.histogram(spec.levels()), options.seed());
    }

    @Override
    public Safetensors.DType dtype() {
        return Safetensors.DType.F32;
    }

    @Override
    public double memory() {
        return MEMORY;
    }

    @Override
    public double compute(float[] parameters, long step) {
        final SplittableRandom random = order.random(step);
        order.draw(step, random, records);
        Arrays.fill(gradient, 0);
        loss.load(parameters);
        // In nats for each sample, so that its size does not depend on the records' size.
        final double samples = (double) options.batch() * spec.dims();
        final double[] nats = loss.bounds(records, options.batch(), random.nextLong(), (float) (1 / samples), gradient);
        return Arrays.stream(nats).sum() / samples / LN2;
    }

    @Override
    public float[] gradient() {
        return gradient;
    }

    @Override
    public TrainingData data() {
        return data;
    }

    @Override
    public Validation.Score score(float[] weights, int limit, long seed) {
        loss.load(weights);
        final int looked = Math.min(limit, validationRecords());
        final double[] nats = loss.bounds(data.validation(), looked, seed, 0, null);
        final double bits = Arrays.stream(nats).sum() / looked / LN2;
        return new Validation.Score(bits / spec.dims(), bits, new double[] {bits});
    }
}
