package org.bbans.model.train.head;

import org.bbans.model.spec.MixtureLikelihood;
import org.bbans.model.spec.Window;

/** Mixtures of logistic distributions over 256 levels, whose first and last level take the tails. */
final class LogisticMixtureLoss implements HeadLoss {

    private static final int LEVELS = 256;
    private static final int TOP = LEVELS - 1;

    private final HeadKernels kernels;
    private final int components;
    private final float gain;
    private final float[] columns;
    private final float[] gradients;
    private final float[] distance = new float[LEVELS];
    private final float[] end = new float[LEVELS];
    private final float[] probability = new float[LEVELS];

    LogisticMixtureLoss(HeadKernels kernels, MixtureLikelihood likelihood) {
        this.kernels = kernels;
        components = likelihood.components();
        gain = likelihood.window().filter(Window::relative).isPresent()
                ? MixtureLikelihood.RELATIVE_UNIT : MixtureLikelihood.HALF_RANGE;
        columns = new float[3 * components * LEVELS];
        gradients = new float[columns.length];
    }

    private void sample(int i, int level, float origin) {
        distance[i] = level - origin;
        end[i] = level == 0 ? -1 : level == TOP ? 1 : 0;
    }

    @Override
    public double crossEntropy(Tile tile, int channel, float[] outputs, float[] gradient, int row, float scale) {
        final int n = tile.rows();
        final int rows = HeadLayer.pad(n);
        final int width = 3 * components;
        for (int r = 0; r < n; r++) {
            sample(r, tile.level(r, channel), tile.canvas().origin(tile.pixel(r), channel));
            for (int j = 0; j < width; j++) {
                columns[j * rows + r] = outputs[r * row + j];
            }
        }
        kernels.logisticMixture(components, rows, columns, distance, end, gain, scale, gradients, probability);
        double sum = 0;
        for (int r = 0; r < n; r++) {
            sum -= Math.log(probability[r]);
            for (int j = 0; j < width; j++) {
                gradient[r * row + j] = gradients[j * rows + r];
            }
        }
        return sum;
    }

    @Override
    public int draw(Tile tile, int channel, float[] outputs, double uniform) {
        for (int level = 0; level < LEVELS; level++) {
            sample(level, level, tile.canvas().origin(tile.pixel(0), channel));
            for (int j = 0; j < 3 * components; j++) {
                columns[j * LEVELS + level] = outputs[j];
            }
        }
        kernels.logisticMixture(components, LEVELS, columns, distance, end, gain, 0, gradients, probability);
        double sum = 0;
        for (int level = 0; level < TOP; level++) {
            sum += probability[level];
            if (uniform < sum) {
                return level;
            }
        }
        return TOP;
    }
}
