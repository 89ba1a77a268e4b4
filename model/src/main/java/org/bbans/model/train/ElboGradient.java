package org.bbans.model.train;

import java.util.Arrays;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.head.HeadBatch;
import org.bbans.model.train.head.HeadGradient;
import org.bbans.model.train.head.Parameters;

/** The negative ELBO of what a step sees, and its gradient. */
final class ElboGradient {

    private static final double LN2 = Math.log(2);

    private final ModelSpec spec;
    private final TrainingOptions.Schedule schedule;
    private final Sampler sampler;
    private final HeadGradient head;
    private final VaeGraph graph;
    private final HeadBatch batch;
    private final float[] featureGradient;
    private final float[] gradient;
    private final double[] klPerLatent;

    ElboGradient(ModelSpec spec, TrainingOptions options, Parameters layout, HeadGradient head, TrainingData data) {
        this.spec = spec;
        schedule = options.schedule();
        sampler = new Sampler(spec, options, data);
        this.head = head;
        graph = spec.latents() > 0 ? new VaeGraph(spec, layout, options.batch(), options.positions()) : null;
        batch = new HeadBatch(sampler.records, options.batch(), sampler.positions,
                new float[options.batch() * options.positions() * spec.features()]);
        featureGradient = new float[batch.features().length];
        gradient = new float[layout.size()];
        klPerLatent = new double[spec.latents()];
    }

    /** The gradient that {@link #compute} has left, flat as the parameters. */
    float[] gradient() {
        return gradient;
    }

    /**
     * Computes the gradient of a step's loss.
     *
     * @return the negative ELBO in bits/dim
     */
    double compute(float[] parameters, long step) {
        sampler.draw(step);
        Arrays.fill(gradient, 0);
        double kl = 0;
        if (graph != null) {
            graph.load(parameters, sampler.positions);
            kl = graph.features(sampler.x01, sampler.eps, batch.features(), klPerLatent);
        }
        head.load(parameters);
        // The loss is in nats for each sample, so that its size does not depend on the records' size.
        final int rows = batch.images() * batch.positions().length * spec.channels();
        final double nats = head.gradient(batch, featureGradient, gradient, 1f / rows);
        if (graph != null) {
            graph.gradient(featureGradient, (float) (schedule.klWeight(step) / spec.dims()),
                    (float) (schedule.freeBits() * LN2), sampler.positions, gradient);
        }
        return (nats / rows + kl / batch.images() / spec.dims()) / LN2;
    }
}
