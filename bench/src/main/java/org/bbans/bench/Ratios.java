package org.bbans.bench;

import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.bbans.codec.engine.Engines;

/**
 * Prints the table of ratios: hot paths against their peers in one process, medians of rounds in which all take
 * turns, in CPU time of the one thread that does everything. Ratios carry over between machines; the times beside
 * them do not.
 *
 * <p>Usage: {@code Ratios [--json] [--rounds N] [--warm-up MILLISECONDS] [--sample MILLISECONDS] [--only GROUP]}; a
 * group is one of core, naive, engines, gemm, mnist.
 *
 * <p>The group gemm needs ND4J. Its matrix products come from OpenBLAS, whichever classifier is loaded; only that with
 * oneDNN has fast convolutions. So both are measured in
 *
 * <pre>
 * mvn package -DskipTests -Pnd4j -pl bench -am
 * OMP_NUM_THREADS=1 java --add-modules=jdk.incubator.vector \
 *   -Dorg.bytedeco.javacpp.platform.extension=-onednn-avx512 -cp bench/target/benchmarks.jar \
 *   org.bbans.bench.Ratios --only gemm
 * </pre>
 */
public final class Ratios {

    private static final String USAGE =
            "usage: Ratios [--json] [--rounds N] [--warm-up MILLISECONDS] [--sample MILLISECONDS] [--only GROUP]";
    private static final String LINE = "%-36s %-22s %11s  %-30s %11s  %-9s %8s %6s%n";

    private boolean json;
    private Set<Comparisons.Group> groups = EnumSet.allOf(Comparisons.Group.class);
    private int rounds = 15;
    private long warmUpMillis = 1000;
    private long sampleMillis = 30;

    private Ratios() {}

    /** A finished row. */
    private record Result(Comparison row, double ours, double peer) {

        double ratio() {
            return peer / ours;
        }
    }

    /** @param args see the class */
    public static void main(String[] args) {
        final Ratios ratios = new Ratios();
        try {
            ratios.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(2);
        }
        ratios.run(System.out);
    }

    private void parse(String[] args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--json")) {
                json = true;
                continue;
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException("unknown option or no value: " + args[i]);
            }
            final String value = args[++i];
            switch (args[i - 1]) {
                case "--rounds" -> rounds = Math.max(1, Integer.parseInt(value));
                case "--warm-up" -> warmUpMillis = Long.parseLong(value);
                case "--sample" -> sampleMillis = Long.parseLong(value);
                case "--only" -> groups = EnumSet.of(Comparisons.Group.valueOf(value.toUpperCase(Locale.ROOT)));
                default -> throw new IllegalArgumentException("unknown option: " + args[i - 1]);
            }
        }
    }

    private void run(PrintStream out) {
        // Before the rows are built: those that compare engines set the property that this depends on.
        final String engine = Engines.describe();
        final List<String> notes = new ArrayList<>();
        final List<Comparison> rows = Comparisons.of(groups, notes::add);
        final Set<Task> tasks = new LinkedHashSet<>();
        rows.forEach(r -> {
            tasks.add(r.ours());
            tasks.add(r.peer());
        });
        final List<Task> order = List.copyOf(tasks);
        final List<double[]> times =
                new RoundRobin(warmUpMillis * 1_000_000, sampleMillis * 1_000_000, rounds)
                        .measure(order, System.err::println);
        final List<Result> results = new ArrayList<>();
        for (Comparison row : rows) {
            results.add(new Result(row, RoundRobin.median(times.get(order.indexOf(row.ours()))),
                    RoundRobin.median(times.get(order.indexOf(row.peer())))));
        }
        if (json) {
            printJson(results, notes, engine, out);
        } else {
            printTable(results, notes, engine, out);
        }
    }

    private void printTable(List<Result> results, List<String> notes, String engine, PrintStream out) {
        out.println("Java " + Runtime.version() + ", " + System.getProperty("os.arch") + ", " + engine);
        out.println("thread CPU time, medians of " + rounds + " rounds in turns");
        out.println();
        out.printf(Locale.ROOT, LINE, "measure", "ours", "time", "peer", "time", "unit", "ratio", "goal");
        for (Result r : results) {
            final OptionalDouble goal = r.row().goal();
            final String missed = r.ratio() < goal.orElse(0) ? " !" : "";
            out.printf(Locale.ROOT, LINE, r.row().measure(), r.row().ours().name(), number(r.ours()),
                    r.row().peer().name(), number(r.peer()), r.row().unit(), number(r.ratio()),
                    goal.isEmpty() ? "" : number(goal.getAsDouble()) + missed);
        }
        out.println();
        notes.forEach(out::println);
        out.println("\"!\" marks a ratio below its goal.");
    }

    private void printJson(List<Result> results, List<String> notes, String engine, PrintStream out) {
        final List<Map<String, Object>> rows = new ArrayList<>();
        for (Result r : results) {
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("measure", r.row().measure());
            row.put("ours", r.row().ours().name());
            row.put("oursTime", r.ours());
            row.put("peer", r.row().peer().name());
            row.put("peerTime", r.peer());
            row.put("unit", r.row().unit());
            row.put("ratio", r.ratio());
            r.row().goal().ifPresent(g -> row.put("goal", g));
            rows.add(row);
        }
        final Map<String, Object> report = new LinkedHashMap<>();
        report.put("java", Runtime.version().toString());
        report.put("engine", engine);
        report.put("rounds", rounds);
        report.put("rows", rows);
        report.put("notes", notes);
        out.println(new GsonBuilder().setPrettyPrinting().create().toJson(report));
    }

    /** Three significant digits, as a plain number. */
    private static String number(double v) {
        final int digits = v <= 0 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(v)));
        return String.format(Locale.ROOT, "%." + digits + "f", v);
    }
}
