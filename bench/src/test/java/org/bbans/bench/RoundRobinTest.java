package org.bbans.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundRobinTest {

    @Test
    void tasksTakeTurnsAndEachRunIsPrepared() {
        final StringBuilder log = new StringBuilder();
        final Task a = new Task("a", 1, () -> log.append('('), () -> log.append('a'));
        final Task b = new Task("b", 1, () -> log.append('('), () -> log.append('b'));
        final List<double[]> times = new RoundRobin(0, 0, 3).measure(List.of(a, b), line -> {});
        assertThat(log.toString()).isEqualTo("(a(b".repeat(2 + 3));
        assertThat(times).hasSize(2).allSatisfy(t -> assertThat(t).hasSize(3));
    }

    /** Preparation is ten times as long as the work and not counted; twice the units, half the time for each. */
    @Test
    void timesAreThoseOfTheWorkForOneUnit() {
        final List<Task> tasks = new ArrayList<>();
        for (int units = 1; units <= 2; units++) {
            tasks.add(new Task("spin", units, () -> spin(10), () -> spin(1)));
        }
        final List<double[]> times = new RoundRobin(50_000_000, 2_000_000, 5).measure(tasks, line -> {});
        final double one = RoundRobin.median(times.get(0));
        final double two = RoundRobin.median(times.get(1));
        assertThat(two / one).isBetween(0.3, 0.8);
        final long begin = System.nanoTime();
        spin(10);
        assertThat(one).isLessThan(System.nanoTime() - begin);
    }

    @Test
    void medianIsTheMiddleOrTheMeanOfTheTwoMiddleOnes() {
        assertThat(RoundRobin.median(new double[] {9, 1, 5})).isEqualTo(5);
        assertThat(RoundRobin.median(new double[] {9, 1, 5, 6})).isEqualTo(5.5);
    }

    private static double sink;

    private static void spin(int times) {
        double v = 1;
        for (int i = 0; i < times * 20_000; i++) {
            v = Math.sqrt(v + i);
        }
        sink = v;
    }
}
