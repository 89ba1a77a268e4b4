package org.bbans.model.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.model.file.Safetensors;
import org.bbans.model.spec.Description;
import org.bbans.model.train.head.Parameters;

/** What the objectives of chains of states have in common: a batch in order, a gradient, weights as floats. */
abstract class PathObjective implements Objective {

    static final double LN2 = Math.log(2);

    private static final double MEMORY = 0.999;

    final TrainingOptions options;
    final Parameters layout;
    final TrainingData data;
    /** Those of a step. */
    final byte[] records;
    /** Where the loss adds its gradient. */
    final float[] gradient;
    private final EpochOrder order;

    PathObjective(Description description, TrainingOptions options) {
        this.options = options;
        layout = new Parameters(description);
        data = new TrainingData(options);
        order = new EpochOrder(options, data);
        records = new byte[options.batch() * description.dims()];
        gradient = new float[layout.size()];
    }

    @Override
    public final Parameters layout() {
        return layout;
    }

    @Override
    public final Safetensors.DType dtype() {
        return Safetensors.DType.F32;
    }

    @Override
    public final double memory() {
        return MEMORY;
    }

    @Override
    public final double compute(float[] parameters, long step) {
        final SplittableRandom random = order.random(step);
        order.draw(step, random, records);
        Arrays.fill(gradient, 0);
        return loss(parameters, step, random);
    }

    /**
     * Adds the gradient of the records' loss.
     *
     * @return the loss in bits/dim
     */
    abstract double loss(float[] parameters, long step, SplittableRandom random);

    @Override
    public final float[] gradient() {
        return gradient;
    }

    @Override
    public final TrainingData data() {
        return data;
    }
}
