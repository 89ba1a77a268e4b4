package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import org.bbans.codec.distribution.DistributionCases.Case;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engines agree in every bit. */
class EngineEqualityTest {

    @BeforeEach
    void needsTheVectorEngine() {
        assumeTrue(Engines.vectorAvailable(), Engines::describe);
    }

    /** All distributions that depend on the engine. */
    static List<Case> cases() {
        return DistributionCases.scalar().stream().filter(c -> !c.name().startsWith("uniform")).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void enginesAgree(Case c) {
        assumeTrue(!c.name().startsWith("gaussian") || GaussianBuckets.hasVectorLoops(),
                "on this JVM both engines have the same loops for Gaussians");
        final int n = DistributionCases.ROWS;
        for (long seed = 0; seed < 3; seed++) {
            final Case seeded = new Case(c.name(), Engine.SCALAR, c.maker(), seed);
            final Distribution scalar = seeded.make();
            final Distribution vector = seeded.with(Engine.VECTOR).make();
            assumeTrue(scalar.getClass() != vector.getClass(), "both engines have the same loops for it");
            final Random random = new Random(seed);
            final int[] slot = random.ints(n, 0, 1 << Distribution.PRECISION).toArray();
            final int[][] expected = new int[3][n];
            final int[][] actual = new int[3][n];
            scalar.search(slot, 0, n, expected[0], expected[1], expected[2]);
            vector.search(slot, 0, n, actual[0], actual[1], actual[2]);
            assertThat(actual).as("search, seed %d", seed).isDeepEqualTo(expected);
            final int[] x = random.ints(n, 0, scalar.levels()).toArray();
            scalar.intervals(x, 0, n, expected[1], expected[2]);
            vector.intervals(x, 0, n, actual[1], actual[2]);
            assertThat(actual).as("intervals, seed %d", seed).isDeepEqualTo(expected);
        }
    }
}
