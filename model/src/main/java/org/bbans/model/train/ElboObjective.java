package org.bbans.model.train;

import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.head.HeadGradient;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;

/** The objective of an autoencoder, or of a causal model alone. */
final class ElboObjective implements Objective {

    /** Adam's memory of squared gradients: shorter where a step sees whole records, so that they have less noise. */
    private static final double STEADY = 0.99;
    private static final double NOISY = 0.999;

    private final ModelSpec spec;
    private final TrainingOptions options;
    private final Parameters layout;
    private final TrainingData data;
    private final ElboGradient loss;
    private final Validation validation;

    ElboObjective(ModelSpec spec, TrainingOptions options, HeadKernels kernels) {
        this.spec = spec;
        this.options = options;
        layout = new Parameters(spec);
        data = new TrainingData(options);
        final HeadGradient head = new HeadGradient(spec, layout, kernels, options.threads());
        loss = new ElboGradient(spec, options, layout, head, data);
        validation = new Validation(spec, layout, head, data.validation());
    }

    @Override
    public Parameters layout() {
        return layout;
    }

    @Override
    public float[] first() {
        return Initialiser.weights(spec, layout, data.histogram(spec.levels()), options.seed());
    }

    @Override
    public Safetensors.DType dtype() {
        return Safetensors.DType.F16;
    }

    @Override
    public double memory() {
        return spec.likelihood().blocks().isPresent() ? STEADY : NOISY;
    }

    @Override
    public double compute(float[] parameters, long step) {
        return loss.compute(parameters, step);
    }

    @Override
    public float[] gradient() {
        return loss.gradient();
    }

    @Override
    public TrainingData data() {
        return data;
    }

    @Override
    public Validation.Score score(float[] weights, int limit, long seed) {
        return validation.score(weights, limit, seed);
    }
}
