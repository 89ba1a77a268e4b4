package org.bbans.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Times tasks in turns, in the CPU time of the calling thread: on a machine that is busy or changes its clock, all
 * tasks of a round suffer alike, and time spent waiting for a processor does not count.
 */
final class RoundRobin {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final long warmUpNanos;
    private final long sampleNanos;
    private final int rounds;

    /**
     * A schedule.
     *
     * @param warmUpNanos CPU time of each task before the first round
     * @param sampleNanos least CPU time of each task in a round
     * @param rounds number of rounds
     */
    RoundRobin(long warmUpNanos, long sampleNanos, int rounds) {
        this.warmUpNanos = warmUpNanos;
        this.sampleNanos = sampleNanos;
        this.rounds = rounds;
    }

    /**
     * Times of the tasks: nanoseconds for one unit in each round.
     *
     * @param progress receives a line for each pass over the tasks
     */
    List<double[]> measure(List<Task> tasks, Consumer<String> progress) {
        // Two passes: what one task compiled with few types in sight is compiled again once the others have run.
        for (int pass = 0; pass < 2; pass++) {
            progress.accept("warming up " + tasks.size() + " tasks");
            for (Task task : tasks) {
                sample(task, warmUpNanos / 2);
            }
        }
        final List<double[]> times = new ArrayList<>();
        tasks.forEach(t -> times.add(new double[rounds]));
        for (int round = 0; round < rounds; round++) {
            progress.accept("round " + (round + 1) + " of " + rounds);
            for (int i = 0; i < tasks.size(); i++) {
                times.get(i)[round] = sample(tasks.get(i), sampleNanos);
            }
        }
        return times;
    }

    static double median(double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double sample(Task task, long nanos) {
        long spent = 0;
        long runs = 0;
        while (spent < nanos || runs == 0) {
            task.prepare().run();
            final long begin = THREADS.getCurrentThreadCpuTime();
            task.work().run();
            spent += THREADS.getCurrentThreadCpuTime() - begin;
            runs++;
        }
        return spent / (runs * task.units());
    }
}
