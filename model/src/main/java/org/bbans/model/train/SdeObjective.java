package org.bbans.model.train;

import java.util.SplittableRandom;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.path.SdeGradient;

/**
 * The objective of a model in continuous time: one path for each record, in a number of steps of time that is drawn for
 * each batch, so that the weights suit none of them but what all of them approach.
 */
final class SdeObjective extends PathObjective {

    /** Steps of time in training. */
    private static final int LEAST_STEPS = 16;
    private static final int MOST_STEPS = 64;
    /** One in so many samples is looked at in a step. */
    private static final int STRIDE = 4;

    private final SdeSpec spec;
    private final SdeGradient loss;

    SdeObjective(SdeSpec spec, TrainingOptions options, HeadKernels kernels) {
        super(spec, options);
        this.spec = spec;
        loss = new SdeGradient(spec, layout, kernels, MOST_STEPS, STRIDE, options.threads());
    }

    @Override
    public float[] first() {
        return loss.first(data.histogram(spec.levels()), options.seed());
    }

    @Override
    double loss(float[] parameters, long step, SplittableRandom random) {
        final int steps = random.nextInt(LEAST_STEPS, MOST_STEPS + 1);
        loss.load(parameters);
        // In nats for each sample, so that its size does not depend on the records' size.
        final double each = 1.0 / options.batch() / spec.dims();
        return loss.terms(records, options.batch(), steps, STRIDE, random.nextLong(),
                (float) options.schedule().klWeight(step), (float) each, gradient).mean() / spec.dims() / LN2;
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
