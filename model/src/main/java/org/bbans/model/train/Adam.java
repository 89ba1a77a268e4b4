package org.bbans.model.train;

/** Adam with clipping by the global norm, and an exponential moving average of the parameters. */
final class Adam {

    private static final float BETA1 = 0.9f;
    private static final float EPSILON = 1e-8f;

    final float[] parameters;
    final float[] average;
    final float[] first;
    final float[] second;
    private final double decay;
    private final double clip;
    private final float beta2;
    long steps;

    /**
     * An optimiser before its first step.
     *
     * @param beta2 decay of the mean of the squared gradients
     * @param decay of the average of the parameters
     * @param clip largest norm of a gradient
     */
    Adam(float[] parameters, double beta2, double decay, double clip) {
        this.beta2 = (float) beta2;
        this.parameters = parameters;
        this.decay = decay;
        this.clip = clip;
        average = parameters.clone();
        first = new float[parameters.length];
        second = new float[parameters.length];
    }

    /**
     * One step.
     *
     * @return the gradient's norm before clipping
     */
    double step(float[] gradient, double rate) {
        steps++;
        final double norm = norm(gradient);
        final float shrink = (float) (norm > clip ? clip / norm : 1);
        // The bias corrections of both moments, folded into the rate and epsilon.
        final double root = Math.sqrt(1 - Math.pow(beta2, steps));
        final float alpha = (float) (rate * root / (1 - Math.pow(BETA1, steps)));
        final float epsilon = (float) (EPSILON * root);
        final float keep = (float) Math.min(decay, (1.0 + steps) / (10.0 + steps));
        update(gradient, shrink, alpha, epsilon, keep);
        return norm;
    }

    private void update(float[] gradient, float shrink, float alpha, float epsilon, float keep) {
        final float[] p = parameters;
        final float[] a = average;
        final float[] m = first;
        final float[] v = second;
        for (int i = 0; i < p.length; i++) {
            final float g = gradient[i] * shrink;
            m[i] = BETA1 * m[i] + (1 - BETA1) * g;
            v[i] = beta2 * v[i] + (1 - beta2) * g * g;
            p[i] -= alpha * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
            a[i] += (1 - keep) * (p[i] - a[i]);
        }
    }

    private static double norm(float[] gradient) {
        double total = 0;
        int i = 0;
        for (; i + 4096 <= gradient.length; i += 4096) {
            total += blockNorm(gradient, i, i + 4096);
        }
        return Math.sqrt(total + blockNorm(gradient, i, gradient.length));
    }

    private static double blockNorm(float[] g, int from, int to) {
        // Four chains, because one chain of additions is slow.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            s0 += g[i] * g[i];
            s1 += g[i + 1] * g[i + 1];
            s2 += g[i + 2] * g[i + 2];
            s3 += g[i + 3] * g[i + 3];
        }
        double sum = (double) s0 + s1 + s2 + s3;
        for (; i < to; i++) {
            sum += (double) g[i] * g[i];
        }
        return sum;
    }
}
