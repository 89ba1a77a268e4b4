package org.bbans.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.engine.Engines;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Catches what a compiler's change of mind does to vector code: an operation that is no longer compiled to an
 * instruction costs a factor of ten to a thousand, and no other test would notice. Ratios within one process only,
 * with wide margins: half of what a good day gives.
 */
@Tag("slow")
class PerformanceGuardTest {

    private static final double NEVER_MUCH_SLOWER = 0.7;
    private static final String STACK = "engines, stack";
    private static final String GAUSSIAN = "engines, gaussian";
    /** Least ratio of the scalar engine's time to the vector engine's, by the start of the row's name. */
    private static final Map<String, Double> LEAST = new LinkedHashMap<>();

    static {
        LEAST.put(STACK, 1.7);
        LEAST.put("engines, dense", 2.5);
        LEAST.put("engines, categorical", 1.4);
        LEAST.put(GAUSSIAN, 2.0);
        LEAST.put("engines, mixture", 2.8);
        LEAST.put("engines, compress", 1.7);
        LEAST.put("engines, decompress", 1.7);
    }

    @Test
    void vectorEngineIsFasterThanTheScalarOne() {
        assumeTrue(Engines.vectorAvailable(), Engines::describe);
        final List<Comparison> rows = Comparisons.of(EnumSet.of(Comparisons.Group.ENGINES), note -> {});
        for (String start : LEAST.keySet()) {
            // Not every JVM has vector loops for all of them.
            if ((AnsStack.hasVectorLoops() || !start.equals(STACK))
                    && (GaussianBuckets.hasVectorLoops() || !start.equals(GAUSSIAN))) {
                assertThat(rows).extracting(Comparison::measure).as("rows of %s", start)
                        .anyMatch(measure -> measure.startsWith(start));
            }
        }
        final List<Task> tasks = new ArrayList<>();
        rows.forEach(r -> {
            tasks.add(r.ours());
            tasks.add(r.peer());
        });
        final List<double[]> times = new RoundRobin(1_000_000_000, 10_000_000, 7)
                .measure(tasks, line -> {});
        final SoftAssertions soft = new SoftAssertions();
        for (int i = 0; i < rows.size(); i++) {
            // The least time of each: what others on the machine do makes times longer, never shorter.
            final double ratio = Arrays.stream(times.get(2 * i + 1)).min().orElseThrow()
                    / Arrays.stream(times.get(2 * i)).min().orElseThrow();
            soft.assertThat(ratio).as(rows.get(i).measure()).isGreaterThan(least(rows.get(i).measure()));
        }
        soft.assertAll();
    }

    private static double least(String measure) {
        return LEAST.entrySet().stream().filter(e -> measure.startsWith(e.getKey())).mapToDouble(Map.Entry::getValue)
                .findFirst().orElse(NEVER_MUCH_SLOWER);
    }
}
