package org.bbans.bench;

import org.bbans.bench.coder.RoundTrip;

/**
 * Work to be timed.
 *
 * @param name what does it, for people
 * @param units symbols, bytes or calls in one run: times are given for one of them
 * @param prepare what must precede each run; not timed
 * @param work the run
 */
record Task(String name, double units, Runnable prepare, Runnable work) {

    /** Pushes a sequence of symbols. */
    static Task push(String name, RoundTrip trip) {
        return new Task(name, trip.symbols(), trip::rewindForPush, trip::push);
    }

    /** Pops a sequence of symbols. */
    static Task pop(String name, RoundTrip trip) {
        return new Task(name, trip.symbols(), trip::rewindForPop, trip::pop);
    }

    /** Work that needs no preparation. */
    static Task of(String name, double units, Runnable work) {
        return new Task(name, units, () -> {}, work);
    }
}
