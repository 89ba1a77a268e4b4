package org.bbans.bench.ground;

import java.util.function.IntConsumer;

/**
 * The energy and a density of a drift that is no longer changed, by fresh walkers and Heun's steps.
 *
 * @param dt the step
 * @param energy the mean of {@code l_T / T}
 * @param error its standard error, by the differences of the walkers
 * @param density of the system's {@linkplain GroundSystem.Quantity quantity}, by bin; its integral is 1 but for what
 *     lies outside of the picture
 */
record EnergyMeasurement(double dt, double energy, double error, double[] density) {

    private static final int WALKERS = 512;
    private static final int PARTS = 200;
    private static final long SEED = 12_345;

    /**
     * Measures.
     *
     * @param time T
     * @param progress is told how many of {@value #PARTS} parts are done
     */
    static EnergyMeasurement of(GroundSystem system, DriftNet net, double[] p, double time, double dt,
            IntConsumer progress) {
        final Hamiltonian h = system.hamiltonian();
        final Walkers walkers = new Walkers(h, net, WALKERS, SEED);
        walkers.warmUp(p, 0.01);
        final int steps = (int) Math.ceil(time / dt / PARTS);
        final double[] costs = new double[WALKERS];
        final double[] density = new double[GroundSystem.BINS];
        long counted = 0;
        for (int part = 1; part <= PARTS; part++) {
            walkers.walkByHeun(p, steps, dt);
            for (int b = 0; b < WALKERS; b++) {
                costs[b] += walkers.costs()[b] / (steps * dt * PARTS);
            }
            counted += system.quantity().count(h, walkers.r(), WALKERS, system.extent(), density);
            progress.accept(part);
        }
        double mean = 0;
        for (double cost : costs) {
            mean += cost / WALKERS;
        }
        double variance = 0;
        for (double cost : costs) {
            variance += (cost - mean) * (cost - mean) / (WALKERS - 1);
        }
        for (int i = 0; i < density.length; i++) {
            density[i] /= counted * system.binWidth();
        }
        return new EnergyMeasurement(dt, mean, Math.sqrt(variance / WALKERS), density);
    }
}
