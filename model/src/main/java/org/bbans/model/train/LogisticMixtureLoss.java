package org.bbans.model.train;

import java.util.Arrays;
import org.bbans.model.ModelSpec;

/**
 * Cross-entropy of one sample under a mixture of logistic distributions over 256 levels, whose first and last level
 * take the tails.
 *
 * <p>The probability of a level is a difference of two values of the logistic function. It is taken on the side of the
 * mean where both are small, so that it keeps its relative precision however far out the level is.
 */
final class LogisticMixtureLoss {

    private static final int TOP = 255;
    private static final double FLOOR = 1e-60;
    private static final double LOG_HALF_RANGE = Math.log(ModelSpec.LogisticMixture.HALF_RANGE);

    private final int components;
    private final double[] weight;
    private final double[] mass;
    private final double[] byMean;
    private final double[] byLogScale;

    LogisticMixtureLoss(int components) {
        this.components = components;
        weight = new double[components];
        mass = new double[components];
        byMean = new double[components];
        byLogScale = new double[components];
    }

    /**
     * Value and gradient.
     *
     * @param outputs the head's outputs of this sample at {@code off}: logits, means, logarithms of scales
     * @param gradient receives the gradient by them, scaled, at {@code off}
     * @return the cross-entropy in nats, not scaled
     */
    double crossEntropy(float[] outputs, float[] gradient, int off, int level, float scale) {
        final int n = components;
        double max = outputs[off];
        for (int k = 1; k < n; k++) {
            max = Math.max(max, outputs[off + k]);
        }
        double total = 0;
        for (int k = 0; k < n; k++) {
            weight[k] = Math.exp(outputs[off + k] - max);
            total += weight[k];
        }
        double p = FLOOR;
        for (int k = 0; k < n; k++) {
            weight[k] /= total;
            component(k, outputs[off + n + k], outputs[off + 2 * n + k], level);
            p += weight[k] * mass[k];
        }
        for (int k = 0; k < n; k++) {
            final double share = weight[k] / p;
            gradient[off + k] = (float) (scale * (weight[k] - share * mass[k]));
            gradient[off + n + k] = (float) (-scale * share * byMean[k]);
            gradient[off + 2 * n + k] = (float) (-scale * share * byLogScale[k]);
        }
        return -Math.log(p);
    }

    /** The level where the running sum of the probabilities passes {@code uniform}. */
    int quantile(float[] outputs, int off, double uniform) {
        final float[] copy = Arrays.copyOfRange(outputs, off, off + 3 * components);
        final float[] scratch = new float[copy.length];
        double sum = 0;
        for (int level = 0; level < TOP; level++) {
            sum += Math.exp(-crossEntropy(copy, scratch, 0, level, 0));
            if (uniform < sum) {
                return level;
            }
        }
        return TOP;
    }

    private void component(int k, double mean, double logScale, int level) {
        final double shifted = logScale + ModelSpec.LogisticMixture.LOG_SCALE_SHIFT;
        final double clamped = Math.max(ModelSpec.LogisticMixture.LOG_SCALE_LOW,
            Math.min(ModelSpec.LogisticMixture.LOG_SCALE_HIGH, shifted));
        final double inverse = Math.exp(-clamped - LOG_HALF_RANGE);
        final double centre = level - ModelSpec.LogisticMixture.HALF_RANGE * (mean + 1);
        final boolean mirror = centre > 0;
        // Mirrored, "above" and "below" change places and both arguments become negative or small.
        final double above = mirror ? (0.5 - centre) * inverse : (centre + 0.5) * inverse;
        final double below = mirror ? (-0.5 - centre) * inverse : (centre - 0.5) * inverse;
        final boolean openAbove = level == (mirror ? 0 : TOP);
        final boolean openBelow = level == (mirror ? TOP : 0);
        final double cdfAbove = openAbove ? 1 : logistic(above);
        final double cdfBelow = openBelow ? 0 : logistic(below);
        final double slopeAbove = openAbove ? 0 : cdfAbove * (1 - cdfAbove);
        final double slopeBelow = openBelow ? 0 : cdfBelow * (1 - cdfBelow);
        mass[k] = cdfAbove - cdfBelow;
        final double byCentre = (slopeAbove - slopeBelow) * inverse * (mirror ? -1 : 1);
        byMean[k] = -byCentre * ModelSpec.LogisticMixture.HALF_RANGE;
        byLogScale[k] = clamped == shifted ? slopeBelow * below - slopeAbove * above : 0;
    }

    private static double logistic(double x) {
        if (x > 0) {
            return 1 / (1 + Math.exp(-x));
        }
        final double e = Math.exp(x);
        return e / (1 + e);
    }
}
