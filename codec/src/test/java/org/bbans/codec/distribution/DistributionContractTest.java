package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bbans.codec.distribution.DistributionCases.Case;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Distribution} promises, for every implementation, engine and kind of parameters. */
class DistributionContractTest {

    private static final int MOST_LEVELS = 4096;

    static List<Case> cases() {
        return DistributionCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void intervalsTileTheSlotsAndEverySlotFindsItsSymbol(Case c) {
        final Distribution d = c.make();
        final int slots = 1 << Distribution.PRECISION;
        final int rows = DistributionCases.ROWS;
        final int[] x = new int[rows];
        final int[] start = new int[rows];
        final int[] freq = new int[rows];
        final int[] expected = new int[rows];
        final int[] slot = new int[rows];
        final int[] found = new int[rows];
        final int[] foundStart = new int[rows];
        final int[] foundFreq = new int[rows];
        final Random random = new Random(1);
        // All rows at once, symbol after symbol; a distribution with very many symbols is entered at intervals.
        final int step = Math.max(1, d.levels() / MOST_LEVELS);
        for (int symbol = 0; symbol < d.levels(); symbol += step) {
            Arrays.fill(x, symbol);
            d.intervals(x, 0, rows, start, freq);
            for (int j = 0; j < rows; j++) {
                // Plain comparisons first: there are millions.
                if (freq[j] < 1 || freq[j] > slots || step == 1 && start[j] != expected[j]) {
                    fail("row %d symbol %d: start %d freq %d, where the last symbol ends: %d",
                            j, symbol, start[j], freq[j], expected[j]);
                }
                expected[j] += freq[j];
            }
            // First and last slot of the symbol, and one between them unless there are many symbols.
            for (int which = 0; which < (d.levels() > 256 ? 2 : 3); which++) {
                for (int j = 0; j < rows; j++) {
                    slot[j] = start[j] + (which == 0 ? 0 : which == 1 ? freq[j] - 1 : random.nextInt(freq[j]));
                }
                d.search(slot, 0, rows, found, foundStart, foundFreq);
                assertThat(found).as("symbols found at place %d of symbol %d", which, symbol).isEqualTo(x);
                assertThat(foundStart).isEqualTo(start);
                assertThat(foundFreq).isEqualTo(freq);
            }
        }
        for (int j = 0; j < rows && step == 1; j++) {
            assertThat(expected[j]).as("end of row %d", j).isEqualTo(slots);
        }
    }

    /**
     * A part of a batch gives what the whole gives: rows go by the same index as symbols, and the rest is left alone.
     */
    @ParameterizedTest
    @MethodSource("cases")
    void anyPartOfABatchEqualsTheWhole(Case c) {
        final Distribution d = c.make();
        final int rows = DistributionCases.ROWS;
        final int[] slot = new Random(2).ints(rows, 0, 1 << Distribution.PRECISION).toArray();
        final int[][] whole = new int[3][rows];
        d.search(slot, 0, rows, whole[0], whole[1], whole[2]);
        for (int[] part : new int[][] {{0, 1}, {5, 1}, {3, 8}, {1, 16}, {2, 31}, {60, 7}, {67, 0}}) {
            final int[][] found = new int[3][rows];
            final int[][] coded = new int[2][rows];
            d.search(slot, part[0], part[1], found[0], found[1], found[2]);
            d.intervals(whole[0], part[0], part[1], coded[0], coded[1]);
            for (int j = 0; j < rows; j++) {
                final boolean inside = j >= part[0] && j < part[0] + part[1];
                for (int k = 0; k < 3; k++) {
                    assertThat(found[k][j]).as("row %d", j).isEqualTo(inside ? whole[k][j] : 0);
                }
                assertThat(coded[0][j]).isEqualTo(inside ? whole[1][j] : 0);
                assertThat(coded[1][j]).isEqualTo(inside ? whole[2][j] : 0);
            }
        }
    }
}
