package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bbans.codec.engine.Engine;
import org.junit.jupiter.api.Test;

class BernoulliTest {

    /** The closed form is the categorical distribution of logits (0, logit). */
    @Test
    void equalsACategoricalOfTwoLevels() {
        final int n = 100_000;
        final Random random = new Random(1);
        final float[] logits = new float[n];
        final float[] pairs = new float[2 * n];
        for (int j = 0; j < n; j++) {
            logits[j] = j % 2 == 0
                    ? (float) (random.nextGaussian() * 8)
                    : Float.intBitsToFloat(random.nextInt());
            pairs[2 * j + 1] = logits[j];
        }
        final Bernoulli bernoulli = Bernoulli.of(Engine.SCALAR);
        bernoulli.set(logits, 0);
        final Categorical categorical = Categorical.of(2, Engine.SCALAR);
        categorical.set(pairs, 0);
        final int[] slot = random.ints(n, 0, 1 << 24).toArray();
        final int[][] expected = new int[3][n];
        final int[][] actual = new int[3][n];
        categorical.search(slot, 0, n, expected[0], expected[1], expected[2]);
        bernoulli.search(slot, 0, n, actual[0], actual[1], actual[2]);
        assertThat(actual).isDeepEqualTo(expected);
        bernoulli.intervals(expected[0], 0, n, actual[1], actual[2]);
        assertThat(actual).isDeepEqualTo(expected);
    }

    @Test
    void frequenciesFollowTheSigmoid() {
        final Bernoulli bernoulli = Bernoulli.of(Engine.SCALAR);
        for (float logit = -14; logit < 14; logit += 0.01f) {
            bernoulli.set(new float[] {logit}, 0);
            final int[] freq = new int[1];
            bernoulli.intervals(new int[] {1}, 0, 1, new int[1], freq);
            final double p = 1 / (1 + Math.exp(-logit));
            assertThat(freq[0] / 0x1p24).as("logit %s", logit).isCloseTo(p, within(1.5e-4 * p + 0x1p-20));
        }
    }
}
