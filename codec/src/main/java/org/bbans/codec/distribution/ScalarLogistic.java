package org.bbans.codec.distribution;

import org.bbans.codec.math.Exact;

/** One row at a time. */
final class ScalarLogistic extends LogisticMixture {

    private final float[] weight;
    private final float[] mean;
    private final float[] inverse;

    ScalarLogistic(int components, int levels) {
        super(components, levels);
        weight = new float[components];
        mean = new float[components];
        inverse = new float[components];
    }

    @Override
    public void intervals(int[] x, int off, int n, int[] start, int[] freq) {
        final float[][] parameters = this.parameters;
        for (int j = off; j < off + n; j++) {
            prepare(parameters, j);
            start[j] = first(x[j]);
            freq[j] = first(x[j] + 1) - start[j];
        }
    }

    @Override
    public void search(int[] slot, int off, int n, int[] x, int[] start, int[] freq) {
        final float[][] parameters = this.parameters;
        for (int j = off; j < off + n; j++) {
            prepare(parameters, j);
            int low = 0;
            int high = levels;
            int lowFirst = 0;
            int highFirst = 1 << PRECISION;
            while (high - low > 1) {
                final int middle = low + high >>> 1;
                final int middleFirst = first(middle);
                if (middleFirst <= slot[j]) {
                    low = middle;
                    lowFirst = middleFirst;
                } else {
                    high = middle;
                    highFirst = middleFirst;
                }
            }
            x[j] = low;
            start[j] = lowFirst;
            freq[j] = highFirst - lowFirst;
        }
    }

    /** Clamps the parameters of row {@code j} and takes the softmax. */
    private void prepare(float[][] parameters, int j) {
        float max = -LogisticMixture.LOGIT_MAX;
        for (int k = 0; k < components; k++) {
            weight[k] = clamp(parameters[k][j], -LogisticMixture.LOGIT_MAX, LogisticMixture.LOGIT_MAX);
            max = weight[k] > max ? weight[k] : max;
            mean[k] = clamp(parameters[components + k][j], -LogisticMixture.MEAN_MAX, LogisticMixture.MEAN_MAX);
            inverse[k] = Exact.LOG2_E
                    / clamp(parameters[2 * components + k][j], LogisticMixture.SCALE_MIN, LogisticMixture.SCALE_MAX);
        }
        float sum = 0;
        for (int k = 0; k < components; k++) {
            weight[k] = Exact.exp(weight[k] - max);
            sum += weight[k];
        }
        for (int k = 0; k < components; k++) {
            weight[k] = weight[k] / sum * slots;
        }
    }

    /** F(i) of the prepared row. */
    private int first(int i) {
        if (i == 0) {
            return 0;
        }
        if (i == levels) {
            return 1 << PRECISION;
        }
        final float border = i - 0.5f;
        int sum = i;
        for (int k = 0; k < components; k++) {
            sum += (int) (weight[k] / (1f + Exact.exp2((mean[k] - border) * inverse[k])));
        }
        return sum;
    }

    private static float clamp(float v, float low, float high) {
        final float w = v > low ? v : low;
        return w < high ? w : high;
    }
}
