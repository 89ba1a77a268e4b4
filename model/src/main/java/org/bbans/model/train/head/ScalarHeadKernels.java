package org.bbans.model.train.head;

import org.bbans.codec.engine.Engine;
import org.bbans.model.net.MatrixProduct;
import org.bbans.model.spec.MixtureLikelihood;

/** The kernels as plain loops: the reference, and what runs without the Vector API. */
final class ScalarHeadKernels implements HeadKernels {

    private final MatrixProduct product = MatrixProduct.of(Engine.SCALAR);

    @Override
    public MatrixProduct product() {
        return product;
    }

    @Override
    public void elu(float[] x, int off, int n) {
        for (int i = off; i < off + n; i++) {
            if (x[i] <= 0) {
                x[i] = (float) Math.expm1(x[i]);
            }
        }
    }

    @Override
    public void eluGradient(float[] y, int yOff, float[] gradient, int off, int n) {
        for (int i = 0; i < n; i++) {
            gradient[off + i] *= y[yOff + i] > 0 ? 1 : y[yOff + i] + 1;
        }
    }

    @Override
    public void sqlu(float[] x, int off, int n) {
        for (int i = off; i < off + n; i++) {
            final float v = Math.max(x[i], -2);
            final float m = Math.min(v, 0);
            x[i] = v + 0.25f * m * m;
        }
    }

    @Override
    public void sqluGradient(float[] y, int yOff, float[] gradient, int off, int n) {
        for (int i = 0; i < n; i++) {
            gradient[off + i] *= y[yOff + i] > 0 ? 1 : (float) Math.sqrt(y[yOff + i] + 1);
        }
    }

    @Override
    public float softmaxCrossEntropy(float[] logits, int off, int n, int target, float scale) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = off; i < off + n; i++) {
            max = Math.max(max, logits[i]);
        }
        final float chosen = logits[off + target] - max;
        float sum = 0;
        for (int i = off; i < off + n; i++) {
            logits[i] = (float) Math.exp(Math.max(logits[i] - max, LEAST_LOGIT));
            sum += logits[i];
        }
        final float factor = scale / sum;
        for (int i = off; i < off + n; i++) {
            logits[i] *= factor;
        }
        logits[off + target] -= scale;
        return (float) Math.log(sum) - chosen;
    }

    @Override
    public void logisticMixture(int components, int n, float[] outputs, float[] distance, float[] end, float gain,
            float scale, float[] gradient, float[] probability) {
        final double[] weight = new double[components];
        final double[] mass = new double[components];
        final double[] byMean = new double[components];
        final double[] byLogScale = new double[components];
        for (int i = 0; i < n; i++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < components; k++) {
                max = Math.max(max, outputs[k * n + i]);
            }
            double total = 0;
            for (int k = 0; k < components; k++) {
                weight[k] = Math.exp(outputs[k * n + i] - max);
                total += weight[k];
            }
            double p = FLOOR;
            for (int k = 0; k < components; k++) {
                final double shifted = outputs[(2 * components + k) * n + i]
                        + MixtureLikelihood.LOG_SCALE_SHIFT;
                final double clamped = Math.max(MixtureLikelihood.LOG_SCALE_LOW,
                        Math.min(MixtureLikelihood.LOG_SCALE_HIGH, shifted));
                final double inverse = Math.exp(-clamped) / MixtureLikelihood.HALF_RANGE;
                final double centre = distance[i] - gain * (double) outputs[(components + k) * n + i];
                // The difference of two values of the logistic function, on the side where both are small.
                final boolean mirror = centre > 0;
                final double sign = mirror ? -1 : 1;
                final double above = (sign * centre + 0.5) * inverse;
                final double below = (sign * centre - 0.5) * inverse;
                final double cdfAbove = end[i] == sign ? 1 : logistic(above);
                final double cdfBelow = end[i] == -sign ? 0 : logistic(below);
                final double slopeAbove = end[i] == sign ? 0 : cdfAbove * (1 - cdfAbove);
                final double slopeBelow = end[i] == -sign ? 0 : cdfBelow * (1 - cdfBelow);
                weight[k] /= total;
                mass[k] = cdfAbove - cdfBelow;
                byMean[k] = -gain * sign * (slopeAbove - slopeBelow) * inverse;
                byLogScale[k] = clamped == shifted ? slopeBelow * below - slopeAbove * above : 0;
                p += weight[k] * mass[k];
            }
            for (int k = 0; k < components; k++) {
                final double share = weight[k] / p;
                // With the floor, the shares sum to a little less than 1.
                gradient[k * n + i] = (float) (scale * (weight[k] * (p - FLOOR) / p - share * mass[k]));
                gradient[(components + k) * n + i] = (float) (-scale * share * byMean[k]);
                gradient[(2 * components + k) * n + i] = (float) (-scale * share * byLogScale[k]);
            }
            probability[i] = (float) p;
        }
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
