package org.bbans.bench;

import java.util.OptionalDouble;

/**
 * A row of the table: what this project does, and a peer that does the same.
 *
 * @param measure what is done
 * @param unit what {@link Task#units} counts
 * @param ours this project
 * @param peer the other
 * @param goal how many times the peer's time should be ours, at least; absent where there is none
 */
record Comparison(String measure, String unit, Task ours, Task peer, OptionalDouble goal) {}
