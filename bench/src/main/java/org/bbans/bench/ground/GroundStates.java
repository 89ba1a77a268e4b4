package org.bbans.bench.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Finds ground states, and prints their energies beside the exact ones; a picture of each density goes to a folder.
 *
 * <p>Usage: {@code GroundStates [--steps N] [--time T] [--out DIR] [NAME...]}: so many steps of training in place of
 * each system's own; the energy is measured over the time T (default: 40) with steps of 0.0025 and 0.00125; names are
 * those of {@link GroundSystem#all}.
 */
public final class GroundStates {

    private static final double[] STEPS = {0.0025, 0.00125};
    private static final long SEED = 1;
    private static final int MILLIS = 1000;
    private static final double FORGET = 0.05;

    private final Path out;
    private final int steps;
    private final double time;
    private long told;
    private double running = Double.NaN;

    private GroundStates(Path out, int steps, double time) {
        this.out = out;
        this.steps = steps;
        this.time = time;
    }

    /** @param args see above */
    public static void main(String[] args) throws IOException {
        Path out = Path.of(".");
        int steps = 0;
        double time = 40;
        final List<String> names = new ArrayList<>();
        try {
            for (int i = 0; i < args.length; i++) {
                switch (args[i]) {
                    case "--steps" -> steps = Integer.parseInt(args[++i]);
                    case "--time" -> time = Double.parseDouble(args[++i]);
                    case "--out" -> out = Path.of(args[++i]);
                    default -> names.add(args[i]);
                }
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            names.add("--help");
        }
        final List<GroundSystem> all = GroundSystem.all();
        final List<String> known = all.stream().map(GroundSystem::name).toList();
        if (!known.containsAll(names) || steps < 0 || !(time > 0)) {
            System.err.println("usage: GroundStates [--steps N] [--time T] [--out DIR] [NAME...]; names: "
                    + String.join(", ", known));
            System.exit(2);
        }
        Files.createDirectories(out);
        final GroundStates command = new GroundStates(out, steps, time);
        System.out.println("| system | exact | dt = 0.0025 | dt = 0.00125 | standard error | parameters | training | "
                + "measuring |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (GroundSystem system : all) {
            if (names.isEmpty() || names.contains(system.name())) {
                command.find(system);
            }
        }
    }

    private void find(GroundSystem system) throws IOException {
        final DriftNet net = new DriftNet(system.hamiltonian(), system.hidden());
        final int wanted = steps > 0 ? steps : system.steps();
        running = Double.NaN;
        final long begin = System.nanoTime();
        final double[] p = new DriftTraining(system.hamiltonian(), net, SEED).run(wanted, (step, energy) -> {
            running = Double.isNaN(running) ? energy : running + FORGET * (energy - running);
            tell(step == wanted, "%s: step %d of %d, energy %.4f, %.0f s", system.name(), step, wanted, running,
                    seconds(begin));
        });
        final double trained = seconds(begin);
        final long measuring = System.nanoTime();
        final List<EnergyMeasurement> measured = new ArrayList<>();
        for (double dt : STEPS) {
            measured.add(EnergyMeasurement.of(system, net, p, time, dt, part -> tell(false,
                    "%s: measuring with steps of %s, part %d, %.0f s", system.name(), dt, part, seconds(measuring))));
        }
        final EnergyMeasurement finest = measured.get(measured.size() - 1);
        DensityPicture.write(system, finest, out.resolve(system.name() + ".png"));
        System.out.printf(Locale.ROOT, "| %s | %s | %s | %.4f | %,d | %.0f s | %.0f s |%n", system.title(),
                system.exact().isPresent() ? String.format(Locale.ROOT, "%.4f", system.exact().getAsDouble()) : "",
                measured.stream().map(m -> String.format(Locale.ROOT, "%.4f", m.energy()))
                        .collect(Collectors.joining(" | ")),
                finest.error(), net.size(), trained, seconds(measuring));
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void tell(boolean always, String format, Object... values) {
        final long now = System.nanoTime() / 1_000_000;
        if (always || now - told > MILLIS) {
            told = now;
            System.err.printf(Locale.ROOT, format + "%n", values);
        }
    }
}
