package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.path.FlowGradient;

/** The objective of a flow: the likelihood of dequantised records, less the entropy of the noise. */
final class FlowObjective extends PathObjective {

    private final FlowSpec spec;
    private final FlowGradient loss;

    FlowObjective(FlowSpec spec, TrainingOptions options, HeadKernels kernels) {
        super(spec, options);
        this.spec = spec;
        loss = new FlowGradient(spec, layout, kernels, options.threads());
    }

    @Override
    public float[] first() {
        return loss.first(data.histogram(spec.levels()), options.seed());
    }

    @Override
    double loss(float[] parameters, long step, SplittableRandom random) {
        loss.load(parameters);
        // In nats for each sample, so that its size does not depend on the records' size.
        final double samples = (double) options.batch() * spec.dims();
        final double[] nats = loss.bounds(records, options.batch(), random.nextLong(), (float) (1 / samples), gradient);
        return Arrays.stream(nats).sum() / samples / LN2;
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
