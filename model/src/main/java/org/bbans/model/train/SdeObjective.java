package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.bbans.model.train.path.SdeGradient;

/**
 * The objective of a model in continuous time: one path for each record, in a number of steps of time that is drawn for
 * each batch, so that the weights suit none of them but what all of them approach.
 */
final class SdeObjective implements Objective {

    private static final double LN2 = Math.log(2);
    private static final double MEMORY = 0.999;
    /** Steps of time in training. */
    private static final int LEAST_STEPS = 16;
    private static final int MOST_STEPS = 64;
    /** One in so many samples is looked at in a step. */
    private static final int STRIDE = 4;

    private final SdeSpec spec;
    private final TrainingOptions options;
    private final Parameters layout;
    private final TrainingData data;
    private final EpochOrder order;
    private final SdeGradient loss;
    private final byte[] records;
    private final float[] gradient;

    SdeObjective(SdeSpec spec, TrainingOptions options, HeadKernels kernels) {
        this.spec = spec;
        this.options = options;
        layout = new Parameters(spec);
        data = new TrainingData(options);
        order = new EpochOrder(options, data);
        loss = new SdeGradient(spec, layout, kernels, MOST_STEPS, STRIDE, options.threads());
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
        final int steps = random.nextInt(LEAST_STEPS, MOST_STEPS + 1);
        Arrays.fill(gradient, 0);
        loss.load(parameters);
        // In nats for each sample, so that its size does not depend on the records' size.
        final double each = 1.0 / options.batch() / spec.dims();
        return loss.terms(records, options.batch(), steps, STRIDE, random.nextLong(),
                (float) options.schedule().klWeight(step), (float) each, gradient).mean() / spec.dims() / LN2;
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
        final SdeGradient.Terms terms = loss.terms(data.validation(), looked, MOST_STEPS, 1, seed, 1, 0, null);
        final double kl = terms.meanRatio() / LN2;
        return new Validation.Score(terms.mean() / spec.dims() / LN2, kl, new double[] {kl});
    }
}
