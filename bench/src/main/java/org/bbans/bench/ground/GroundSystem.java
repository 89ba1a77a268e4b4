package org.bbans.bench.ground;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * A system whose ground state is sought, and what is known about it.
 *
 * @param name for the command line and the files
 * @param title for people
 * @param exact its energy, where it is known
 * @param hidden units of a hidden layer
 * @param steps of training
 * @param quantity whose density is drawn
 * @param extent where the picture ends; one of {@link Quantity#AXIS} begins at minus that
 * @param density the exact one, where it is known
 */
record GroundSystem(String name, String title, Hamiltonian hamiltonian, OptionalDouble exact, int hidden,
        int steps, Quantity quantity, double extent, Optional<DoubleUnaryOperator> density) {

    /** Bins of a density. */
    static final int BINS = 120;

    /** What has a density. */
    enum Quantity {
        /** The distance of a particle from the middle. */
        RADIUS("distance from the centre"),
        /** The distance of two particles. */
        DISTANCE("distance of two particles"),
        /** The last coordinate of a particle. */
        AXIS("place along the axis of the nuclei");

        private final String label;

        Quantity(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }

        /** Counts into bins; returns how many were counted, with those outside. */
        long count(Hamiltonian h, double[] r, int n, double extent, double[] bins) {
            final double[] c = new double[h.axes()];
            long counted = 0;
            for (int i = 0; i < h.particles(); i++) {
                for (int j = this == DISTANCE ? i + 1 : h.particles() - 1; j < h.particles(); j++) {
                    for (int b = 0; b < n; b++) {
                        final double d = this == DISTANCE ? h.difference(r, i, j, n, b, c)
                                : h.difference(r, i, new double[h.axes()], n, b, c);
                        final double at = this == AXIS ? (c[h.axes() - 1] / extent + 1) / 2 : d / extent;
                        if (at >= 0 && at < 1) {
                            bins[(int) (at * bins.length)]++;
                        }
                        counted++;
                    }
                }
            }
            return counted;
        }
    }

    double first() {
        return quantity == Quantity.AXIS ? -extent : 0;
    }

    double binWidth() {
        return (extent - first()) / BINS;
    }

    /** All systems; energies of helium and the molecule are those of Barr, Gispen and Lamacraft's references. */
    static List<GroundSystem> all() {
        final RelativeMotion bosons = RelativeMotion.of(6, 0.5);
        return List.of(
                new GroundSystem("oscillator", "oscillator, 3 dimensions", Hamiltonian.oscillator(1, 3),
                        OptionalDouble.of(1.5), 16, 150, Quantity.RADIUS, 3.5,
                        Optional.of(r -> 4 / Math.sqrt(Math.PI) * r * r * Math.exp(-r * r))),
                new GroundSystem("hydrogen", "hydrogen", Hamiltonian.atom(1, 1), OptionalDouble.of(-0.5), 32, 400,
                        Quantity.RADIUS, 7,
                        Optional.of(r -> 4 * r * r * Math.exp(-2 * r))),
                new GroundSystem("helium", "helium", Hamiltonian.atom(2, 2), OptionalDouble.of(-2.90372), 32, 800,
                        Quantity.RADIUS, 4, Optional.empty()),
                new GroundSystem("h2", "hydrogen molecule, R = 1.401", Hamiltonian.hydrogenMolecule(1.401),
                        OptionalDouble.of(-1.17448), 32, 800, Quantity.AXIS, 4, Optional.empty()),
                new GroundSystem("h2-far", "hydrogen molecule, R = 2.8", Hamiltonian.hydrogenMolecule(2.8),
                        OptionalDouble.of(-1.0714), 32, 3000, Quantity.AXIS, 5, Optional.empty()),
                new GroundSystem("bosons", "2 bosons, g = 6", Hamiltonian.bosons(2, 2, 6, 0.5),
                        OptionalDouble.of(bosons.energy()), 32, 600, Quantity.DISTANCE, 5,
                        Optional.of(bosons::density)),
                new GroundSystem("bosons-3", "3 bosons, g = 6", Hamiltonian.bosons(3, 2, 6, 0.5),
                        OptionalDouble.empty(), 32, 600, Quantity.DISTANCE, 5, Optional.empty()),
                new GroundSystem("bosons-4", "4 bosons, g = 6", Hamiltonian.bosons(4, 2, 6, 0.5),
                        OptionalDouble.empty(), 32, 600, Quantity.DISTANCE, 5, Optional.empty()));
    }
}
