package org.bbans.bench.latent;

import java.util.List;
import java.util.SplittableRandom;
import org.bbans.bench.ground.Layer;

/**
 * A {@link ModulatedHead} and an encoder, a network with one hidden layer that makes of a unit's statistics the means
 * and the logarithms of the deviations of its latents. Their prior is N(0, 1).
 */
final class LatentModel {

    private static final int HIDDEN = 32;
    private static final double FIT_RATE = 0.05;
    /** Samples that a step of fitting looks at, at most. */
    private static final int FIT_SAMPLES = 4096;

    final ModulatedHead head;
    final double[] parameters;
    private final Layer encoder1;
    private final Layer encoder2;

    LatentModel(int inputs, int hidden2, int latents, long seed) {
        head = new ModulatedHead(inputs, 16, hidden2, latents);
        encoder1 = new Layer(head.size(), ImageUnit.statistics(inputs), latents > 0 ? HIDDEN : 0);
        encoder2 = new Layer(encoder1.end(), encoder1.outputs(), 2 * latents);
        parameters = new double[encoder2.end()];
        final SplittableRandom random = new SplittableRandom(seed);
        head.initialize(parameters, random);
        for (int i = encoder1.from(); i < encoder1.bias(); i++) {
            parameters[i] = random.nextGaussian() / Math.sqrt(encoder1.inputs());
        }
        for (int i = encoder2.from(); i < encoder2.bias(); i++) {
            parameters[i] = 0.3 * random.nextGaussian() / Math.sqrt(encoder2.inputs());
        }
    }

    int latents() {
        return head.latents();
    }

    /** What the encoder makes of units; arrays are by number and unit. */
    final class Encoding {

        /** Means, then logarithms of the deviations. */
        final double[] q;
        private final int n;
        private final double[] statistics;
        private final double[] hidden;
        private final double[] noise;

        Encoding(List<ImageUnit> units) {
            n = units.size();
            q = new double[2 * latents() * n];
            hidden = new double[encoder1.outputs() * n];
            noise = new double[latents() * n];
            statistics = new double[encoder1.inputs() * n];
            for (int i = 0; i < encoder1.inputs(); i++) {
                for (int u = 0; u < n; u++) {
                    statistics[i * n + u] = units.get(u).statistics()[i];
                }
            }
            if (latents() > 0) {
                encoder1.forward(parameters, statistics, hidden, n);
                for (int i = 0; i < hidden.length; i++) {
                    hidden[i] = Math.tanh(hidden[i]);
                }
                encoder2.forward(parameters, hidden, q, n);
            }
        }

        /** The encoding of one unit: means, then logarithms of the deviations. */
        double[] of(int unit) {
            final double[] one = new double[2 * latents()];
            for (int k = 0; k < one.length; k++) {
                one[k] = q[k * n + unit];
            }
            return one;
        }

        void sample(double[] z, SplittableRandom random) {
            for (int u = 0; u < n; u++) {
                for (int k = 0; k < latents(); k++) {
                    final int at = k * n + u;
                    noise[at] = random.nextGaussian();
                    z[u * latents() + k] = q[at] + Math.exp(q[latents() * n + at]) * noise[at];
                }
            }
        }

        /** Divergence from the prior, in nats: the sum over units of their weight times their own. */
        double divergence(double[] weight) {
            double sum = 0;
            for (int u = 0; u < n; u++) {
                sum += weight[u] * LatentModel.divergence(of(u));
            }
            return sum;
        }

        /** Adds derivatives by the encoder's parameters: those through samples, and those of the divergences. */
        void backward(double[] dz, double[] weight, double[] gp) {
            final double[] gq = new double[q.length];
            for (int u = 0; u < n; u++) {
                for (int k = 0; k < latents(); k++) {
                    final int at = k * n + u;
                    final int of = latents() * n + at;
                    final double deviation = Math.exp(q[of]);
                    final double g = dz[u * latents() + k];
                    gq[at] = g + weight[u] * q[at];
                    gq[of] = g * noise[at] * deviation + weight[u] * (deviation * deviation - 1);
                }
            }
            final double[] gh = new double[hidden.length];
            encoder2.backward(parameters, gq, gh, n);
            encoder2.gradient(gq, hidden, gp, n);
            for (int i = 0; i < gh.length; i++) {
                gh[i] *= 1 - hidden[i] * hidden[i];
            }
            encoder1.gradient(gh, statistics, gp, n);
        }
    }

    /** KL divergence from N(0, 1) in nats, of a posterior as means and then logarithms of deviations. */
    static double divergence(double[] q) {
        final int n = q.length / 2;
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += 0.5 * (q[k] * q[k] + Math.exp(2 * q[n + k]) - 1) - q[n + k];
        }
        return sum;
    }

    /** Moves a posterior by gradient steps to where the unit's bound is best, by the parameters as they are. */
    void fit(ImageUnit unit, double[] q, int steps, SplittableRandom random) {
        final int count = Math.min(FIT_SAMPLES, unit.rows().length);
        final ModulatedHead.Batch batch = head.batch(count, 1);
        final AdamStep adam = new AdamStep(q.length, AdamStep.MEAN);
        final double[] gradient = new double[q.length];
        final double[] noise = new double[latents()];
        final double weight = (double) unit.samples() / count;
        for (int step = 0; step < steps; step++) {
            if (step == 0 || count < unit.rows().length) {
                batch.clear();
                unit.draw(batch, count, random);
            }
            for (int k = 0; k < noise.length; k++) {
                noise[k] = random.nextGaussian();
                batch.z[k] = q[k] + Math.exp(q[noise.length + k]) * noise[k];
            }
            batch.forward(parameters);
            batch.backward(parameters, null);
            for (int k = 0; k < noise.length; k++) {
                final double deviation = Math.exp(q[noise.length + k]);
                final double g = weight * batch.dz[k];
                gradient[k] = g + q[k];
                gradient[noise.length + k] = g * noise[k] * deviation + deviation * deviation - 1;
            }
            adam.take(q, gradient, FIT_RATE * (1 + Math.cos(Math.PI * step / steps)) / 2);
        }
    }
}
