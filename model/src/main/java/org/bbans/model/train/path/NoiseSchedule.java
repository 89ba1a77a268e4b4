package org.bbans.model.train.path;

import org.bbans.model.spec.DiffusionSpec;

/**
 * The constants of a diffusion's kernels, as they stand in the model. The states are x_t = scale_t x_0 + noise_t e,
 * with scale_t^2 + noise_t^2 = 1 and signal-to-noise ratios scale_t^2 / noise_t^2 that fall geometrically.
 */
final class NoiseSchedule {

    /** The ratio of the first state: noise of a tenth of the standard deviation of samples. */
    private static final double FIRST_RATIO = 100;
    /** The ratio of the last state, which is then as good as noise alone. */
    private static final double LAST_RATIO = 0.005;

    /** {@code scale[t]}, for t from 0 to T. */
    final double[] scale;
    /** {@code noise[t]}, for t from 0 to T. */
    final double[] noise;

    private NoiseSchedule(int steps) {
        scale = new double[steps + 1];
        noise = new double[steps + 1];
        scale[0] = 1;
    }

    /** The schedule of so many steps. */
    static NoiseSchedule geometric(int steps) {
        final NoiseSchedule s = new NoiseSchedule(steps);
        for (int t = 1; t <= steps; t++) {
            final double ratio = FIRST_RATIO * Math.pow(LAST_RATIO / FIRST_RATIO, (t - 1.0) / (steps - 1));
            s.scale[t] = Math.sqrt(ratio / (1 + ratio));
            s.noise[t] = Math.sqrt(1 / (1 + ratio));
        }
        return s;
    }

    /** The schedule that a model has. */
    static NoiseSchedule of(float[] parameters, int offset, int steps) {
        final NoiseSchedule s = new NoiseSchedule(steps);
        for (int t = 1; t <= steps; t++) {
            final int at = offset + (t - 1) * DiffusionSpec.CONSTANTS;
            s.scale[t] = s.scale[t - 1] * parameters[at];
            s.noise[t] = Math.hypot(s.noise[t - 1] * parameters[at], parameters[at + 1]);
        }
        return s;
    }

    int steps() {
        return scale.length - 1;
    }

    /** The factor of x_(t-1) in the mean of x_t. */
    double fade(int t) {
        return scale[t] / scale[t - 1];
    }

    /** The variance of x_t given x_(t-1). */
    double variance(int t) {
        return noise[t] * noise[t] - fade(t) * fade(t) * noise[t - 1] * noise[t - 1];
    }

    /** The factor of x_t in the mean of q(x_(t-1) given x_t, x_0). */
    double ofState(int t) {
        return fade(t) * noise[t - 1] * noise[t - 1] / (noise[t] * noise[t]);
    }

    /** The factor of x_0 in that mean. */
    double ofRecord(int t) {
        return scale[t - 1] * variance(t) / (noise[t] * noise[t]);
    }

    /** The standard deviation of that. */
    double deviation(int t) {
        return Math.sqrt(variance(t)) * noise[t - 1] / noise[t];
    }

    /**
     * Writes the constants of every step: fade and standard deviation of the noise that x_t adds to x_(t-1); then what
     * the mean of p(x_(t-1) given x_t) takes of x_t and of the network's output, and the least standard deviation. An
     * output of 0 says that x_0 is as likely to lie on one side of scale_t x_t as on the other.
     */
    void write(float[] parameters, int offset) {
        for (int t = 1; t <= steps(); t++) {
            final int at = offset + (t - 1) * DiffusionSpec.CONSTANTS;
            parameters[at] = (float) fade(t);
            parameters[at + 1] = (float) Math.sqrt(variance(t));
            parameters[at + 2] = t == 1 ? 0 : (float) (ofState(t) + ofRecord(t) * scale[t]);
            parameters[at + 3] = t == 1 ? 0 : (float) (ofRecord(t) * noise[t]);
            parameters[at + 4] = t == 1 ? 1 : (float) deviation(t);
        }
    }
}
