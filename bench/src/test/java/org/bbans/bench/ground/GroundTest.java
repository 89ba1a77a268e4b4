package org.bbans.bench.ground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The functional by the oscillator's exact drift, the gradients by finite differences, and a short training. */
class GroundTest {

    private static final int WALKERS = 64;
    private static final long SEED = 4;

    private static Hamiltonian hamiltonian(String name) {
        return switch (name) {
            case "trap" -> Hamiltonian.bosons(3, 2, 6, 0.5);
            case "hydrogen" -> Hamiltonian.atom(1, 1);
            case "helium" -> Hamiltonian.atom(2, 2);
            default -> Hamiltonian.hydrogenMolecule(1.401);
        };
    }

    /** All weights of the last layer are 0: the drift is the known part, -r. */
    private static double[] exact(Hamiltonian h, DriftNet net) {
        final double[] p = new double[net.size()];
        final double[] r = new SplittableRandom(1).doubles(h.coordinates() * 2L, -2, 2).toArray();
        final double[] v = new double[r.length];
        net.forward(p, r, 2, v, net.trace(2));
        for (int k = 0; k < r.length; k++) {
            assertThat(v[k]).isCloseTo(-r[k], within(1e-12));
        }
        return p;
    }

    /** With v = grad log psi, l_T less the growth of log psi is E_0 T for every walker, but for terms in sqrt(dt). */
    @Test
    void theExactDriftOfTheOscillatorHasNoVariance() {
        final Hamiltonian h = Hamiltonian.oscillator(1, 3);
        final DriftNet net = new DriftNet(h, 8);
        final double[] p = exact(h, net);
        for (int steps : new int[] {200, 800, 3200}) {
            final Walkers walkers = new Walkers(h, net, WALKERS, SEED);
            walkers.warmUp(p, 0.01);
            final double[] from = walkers.r().clone();
            final double time = 2;
            walkers.walk(p, steps, time / steps);
            double mean = 0;
            double square = 0;
            for (int b = 0; b < WALKERS; b++) {
                double growth = 0;
                for (int x = 0; x < 3; x++) {
                    final int k = x * WALKERS + b;
                    growth += (from[k] * from[k] - walkers.r()[k] * walkers.r()[k]) / 2;
                }
                final double energy = (walkers.costs()[b] - growth) / time;
                mean += energy / WALKERS;
                square += (energy - 1.5) * (energy - 1.5) / WALKERS;
            }
            // The sum of 3/2 dB^2 varies by 3/2 T dt.
            final double dt = time / steps;
            assertThat(square).as("%d steps", steps).isCloseTo(1.5 * dt / time, within(0.75 * dt / time));
            assertThat(mean).as("%d steps", steps).isCloseTo(1.5, within(3 * dt + 4 * Math.sqrt(square / WALKERS)));
        }
    }

    /** Of {@code (l_T - v(r_T) . r_T) / T}, v(r_T) held fixed, by some parameters of each layer. */
    @ParameterizedTest
    @ValueSource(strings = {"trap", "hydrogen", "helium", "molecule"})
    void theGradientOfAnEpisodeIsThatOfFiniteDifferences(String name) {
        final Hamiltonian h = hamiltonian(name);
        final DriftNet net = new DriftNet(h, 6);
        final double[] p = net.initial(new SplittableRandom(SEED));
        final int steps = 12;
        final double dt = 0.01;
        final double[] gradient = new double[p.length];
        final double[] end = new double[h.coordinates() * WALKERS];
        final Walkers walkers = new Walkers(h, net, WALKERS, SEED);
        walkers.limitAdjoints(Double.POSITIVE_INFINITY);
        walkers.learn(p, steps, dt, true, gradient);
        net.forward(p, walkers.r(), WALKERS, end, net.trace(WALKERS));
        final double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < p.length; i += 5) {
            final double eps = 1e-6;
            final double slope = (loss(h, net, p, i, eps, steps, dt, end) - loss(h, net, p, i, -eps, steps, dt, end))
                    / (2 * eps);
            assertThat(gradient[i]).as("%s, parameter %d", name, i).isCloseTo(slope, within(1e-5 * largest));
        }
    }

    private static double loss(Hamiltonian h, DriftNet net, double[] p, int i, double by, int steps, double dt,
            double[] end) {
        final double[] moved = p.clone();
        moved[i] += by;
        final Walkers walkers = new Walkers(h, net, WALKERS, SEED);
        double loss = walkers.walk(moved, steps, dt);
        for (int k = 0; k < end.length; k++) {
            loss -= end[k] * walkers.r()[k] / WALKERS / (steps * dt);
        }
        return loss;
    }

    @Test
    void theExactEnergyOfTwoBosonsIsThePublishedOne() {
        // Mujal et al., Phys. Rev. A 96, 043614 (2017), for g / 2 = 3, 0.5 and 8.
        assertThat(RelativeMotion.of(6, 0.5).energy()).isCloseTo(2.4842, within(5e-4));
        assertThat(RelativeMotion.of(1, 0.5).energy()).isCloseTo(2.1270, within(5e-4));
        assertThat(RelativeMotion.of(16, 0.5).energy()).isCloseTo(2.7304, within(5e-4));
        assertThat(RelativeMotion.of(0, 0.5).energy()).isCloseTo(2, within(1e-6));
    }

    @Test
    void aShortTrainingFindsTheOscillator() {
        final GroundSystem system = GroundSystem.all().get(0);
        final DriftNet net = new DriftNet(system.hamiltonian(), 16);
        final double[] energies = new double[120];
        final double[] p = new DriftTraining(system.hamiltonian(), net, SEED).run(energies.length,
                (step, energy) -> energies[step - 1] = energy);
        assertThat(Arrays.stream(energies, 0, 5).average().orElseThrow()).as("at the beginning").isGreaterThan(1.53);
        final EnergyMeasurement measured = EnergyMeasurement.of(system, net, p, 10, 0.01, part -> {});
        assertThat(measured.energy()).isCloseTo(1.5, within(0.02 + 3 * measured.error()));
    }
}
