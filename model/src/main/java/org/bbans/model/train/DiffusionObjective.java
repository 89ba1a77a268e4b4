package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.bbans.model.train.path.DiffusionGradient;

/** The objective of a diffusion model: a step looks at one term of the bound for each record, spread over all terms. */
final class DiffusionObjective implements Objective {

    private static final double LN2 = Math.log(2);
    private static final double MEMORY = 0.999;

    private final DiffusionSpec spec;
    private final TrainingOptions options;
    private final Parameters layout;
    private final TrainingData data;
    private final EpochOrder order;
    private final DiffusionGradient loss;
    private final byte[] records;
    private final int[] steps;
    private final float[] gradient;

    DiffusionObjective(DiffusionSpec spec, TrainingOptions options, HeadKernels kernels) {
        this.spec = spec;
        this.options = options;
        layout = new Parameters(spec);
        data = new TrainingData(options);
        order = new EpochOrder(options, data);
        loss = new DiffusionGradient(spec, layout, kernels, options.threads());
        records = new byte[options.batch() * spec.dims()];
        steps = new int[options.batch()];
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
        final int from = random.nextInt(spec.steps());
        Arrays.setAll(steps, i -> 1 + (from + i) % spec.steps());
        Arrays.fill(gradient, 0);
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

    @Override
    public float[] gradient() {
        return gradient;
    }

    @Override
    public TrainingData data() {
        return data;
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
