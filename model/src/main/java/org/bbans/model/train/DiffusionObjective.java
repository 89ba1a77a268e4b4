package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.path.DiffusionGradient;

/** The objective of a diffusion model: a step looks at one term of the bound for each record, spread over all terms. */
final class DiffusionObjective extends PathObjective {

    private final DiffusionSpec spec;
    private final DiffusionGradient loss;
    private final int[] steps;

    DiffusionObjective(DiffusionSpec spec, TrainingOptions options, HeadKernels kernels) {
        super(spec, options);
        this.spec = spec;
        loss = new DiffusionGradient(spec, layout, kernels, options.threads());
        steps = new int[options.batch()];
    }

    @Override
    public float[] first() {
        return loss.first(data.histogram(spec.levels()), options.seed());
    }

    @Override
    double loss(float[] parameters, long step, SplittableRandom random) {
        final int from = random.nextInt(spec.steps());
        Arrays.setAll(steps, i -> 1 + (from + i) % spec.steps());
        loss.load(parameters);
        // In nats for each sample, so that its size does not depend on the records' size.
        final double terms = (double) spec.steps() / steps.length;
        final double[] nats = loss.terms(records, steps, random.nextLong(), (float) (terms / spec.dims()), gradient);
        return (Arrays.stream(nats).sum() * terms + prior(records, steps.length)) / spec.dims() / LN2;
    }

    private double prior(byte[] some, int count) {
        double nats = 0;
        for (int i = 0; i < count; i++) {
            nats += loss.prior(some, i * spec.dims());
        }
        return nats / count;
    }

    /** With one term for each record, all of them equally often; at least as many records as there are terms. */
    @Override
    public Validation.Score score(float[] weights, int limit, long seed) {
        loss.load(weights);
        final int all = validationRecords();
        final int looked = Math.max(spec.steps(), Math.min(limit, all) / spec.steps() * spec.steps());
        final byte[] some = new byte[looked * spec.dims()];
        final int[] term = new int[looked];
        for (int i = 0; i < looked; i++) {
            System.arraycopy(data.validation(), i % all * spec.dims(), some, i * spec.dims(), spec.dims());
            term[i] = 1 + i % spec.steps();
        }
        final double[] nats = loss.terms(some, term, seed, 0, null);
        final double[] bits = new double[spec.steps() + 1];
        bits[0] = prior(some, looked) / LN2;
        for (int i = 0; i < looked; i++) {
            bits[spec.steps() + 1 - term[i]] += nats[i] * spec.steps() / looked / LN2;
        }
        final double total = Arrays.stream(bits).sum();
        final double[] states = Arrays.copyOf(bits, spec.steps());
        return new Validation.Score(total / spec.dims(), total - bits[spec.steps()], states);
    }
}
