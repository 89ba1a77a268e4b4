package org.bbans.bench.ground;

import java.util.SplittableRandom;
import java.util.function.ObjDoubleConsumer;

/** Fits a drift to a ground state with Adam; the rate falls along a cosine, and the parameters are averaged. */
final class DriftTraining {

    private static final int WALKERS = 256;
    private static final int EPISODE = 64;
    /** Falls, for nuclei want small steps, and what is far off is reached by large ones. */
    private static final double DT = 0.01;
    private static final double LAST_DT = 0.002;
    private static final double RATE = 0.004;
    private static final double MEAN = 0.9;
    private static final double SQUARE = 0.99;
    private static final double EPSILON = 1e-8;
    private static final double CLIP = 1;

    private final DriftNet net;
    private final Walkers walkers;
    private final double[] p;
    private final double[] average;
    private final double[] gradient;
    private final double[] first;
    private final double[] second;

    DriftTraining(Hamiltonian h, DriftNet net, long seed) {
        this.net = net;
        final SplittableRandom random = new SplittableRandom(seed);
        p = net.initial(random);
        walkers = new Walkers(h, net, WALKERS, random.nextLong());
        average = new double[p.length];
        gradient = new double[p.length];
        first = new double[p.length];
        second = new double[p.length];
    }

    /**
     * Trains.
     *
     * @param steps steps of Adam, an episode each
     * @param progress is told the step and its energy
     * @return the parameters, averaged over the last quarter of the steps
     */
    double[] run(int steps, ObjDoubleConsumer<Integer> progress) {
        walkers.warmUp(p, DT);
        final int from = steps * 3 / 4;
        for (int step = 1; step <= steps; step++) {
            final double dt = Math.max(LAST_DT, DT * Math.pow(LAST_DT / DT, 1.5 * step / steps));
            final double energy = walkers.learn(p, EPISODE, dt, false, gradient);
            adam(step, RATE * 0.5 * (1 + Math.cos(Math.PI * step / steps)));
            for (int i = 0; i < p.length && step > from; i++) {
                average[i] += (p[i] - average[i]) / (step - from);
            }
            progress.accept(step, energy);
        }
        return average.clone();
    }

    private void adam(int step, double rate) {
        double square = 0;
        for (double g : gradient) {
            square += g * g;
        }
        final double shrink = Math.min(1, CLIP / Math.sqrt(square));
        final double meanBias = 1 - Math.pow(MEAN, step);
        final double squareBias = 1 - Math.pow(SQUARE, step);
        for (int i = 0; i < net.size(); i++) {
            final double g = gradient[i] * shrink;
            first[i] = MEAN * first[i] + (1 - MEAN) * g;
            second[i] = SQUARE * second[i] + (1 - SQUARE) * g * g;
            p[i] -= rate * (first[i] / meanBias) / (Math.sqrt(second[i] / squareBias) + EPSILON);
        }
    }
}
