package org.bbans.model.image;

import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Decisions;

/**
 * What samples of a plane take as the coder codes them in decisions: mixtures of one's own are joined with the counts
 * that adapt to the samples. Nothing is decoded: an estimate, for comparisons.
 */
public final class DecisionCost {

    private static final int LEVELS = 256;
    /** A photograph's, about; counts lie in tables for so many. */
    private static final long SAMPLES = 1 << 20;

    private final BitStack stack = new BitStack();
    private final DecisionCoder coder;
    private final HeadLearner row;

    /**
     * Counts that have seen nothing, for samples of 8 bits.
     *
     * @param shape the number of logistics, and of contexts, which must be 1
     */
    public DecisionCost(ImageShape shape) {
        if (shape.contexts() != 1) {
            throw new IllegalArgumentException("contexts must be 1: " + shape.contexts());
        }
        coder = new DecisionCoder(stack, false, LEVELS, 1, 1, SAMPLES, shape);
        final int inputs = ImageHead.GREY.paddedInputs();
        row = new HeadLearner(new float[HeadLearner.size(inputs, shape)], inputs, shape, LEVELS, 1,
                Engine.SCALAR);
    }

    /**
     * The next sample's bits.
     *
     * @param mixture weights, means in levels, and inverse scales of the logistics
     * @param prediction level about which the mixture lies
     * @param scale the local error, in levels
     * @param west the sample to the left
     * @param north the sample above
     */
    public double bits(float[] mixture, float prediction, float scale, int west, int north, int sample) {
        final int n = mixture.length / 3;
        for (int k = 0; k < n; k++) {
            final float slope = mixture[2 * n + k] * 32f;
            row.weight[k] = mixture[k];
            row.slope[k] = slope;
            row.offset[k] = (prediction - mixture[n + k]) * slope + 512f;
        }
        row.prediction[0] = prediction;
        coder.context[0] = Decisions.hash(west << 16 | north, 1);
        stack.begin();
        coder.code(0, 0, sample, 0, PlaneCoder.scaleClass(scale), row, 0);
        return stack.cost(0);
    }
}
