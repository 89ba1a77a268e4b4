package org.bbans.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradient is that of the code length, and both engines learn alike. */
class HeadLearnerTest {

    private static final long SEED = 7;
    private static final int ROWS = 37;
    private static final int INPUTS = 48;

    private static HeadLearner head(Engine engine, int logistics) {
        final SplittableRandom random = new SplittableRandom(SEED);
        final ImageShape shape = new ImageShape(16, logistics, 2, 1, 6, 1);
        final float[] p = new float[HeadLearner.size(INPUTS, shape)];
        for (int i = 0; i < p.length; i++) {
            p[i] = (float) (0.6 * (random.nextDouble() - 0.5));
        }
        final HeadLearner head = new HeadLearner(p, INPUTS, shape, 256, ROWS + 3, engine);
        for (int i = 0; i < head.x.length; i++) {
            head.x[i] = (float) (4 * (random.nextDouble() - 0.5));
        }
        for (int i = 0; i < ROWS; i++) {
            head.prediction[i] = (float) (255 * random.nextDouble());
            head.scale[i] = (float) (0.4 + 6 * random.nextDouble());
            head.value[i] = Math.max(0, Math.min(255, Math.round(head.prediction[i] + random.nextInt(21) - 10)));
        }
        head.value[0] = 0;
        head.value[1] = 255;
        return head;
    }

    private static double loss(HeadLearner head) {
        head.forward(0, ROWS);
        head.gradient(ROWS);
        double sum = 0;
        for (int i = 0; i < ROWS; i++) {
            sum -= Math.log(head.likelihood[i]);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void gradientIsTheSlopeOfTheCodeLength(int logistics) {
        final HeadLearner head = head(Engine.SCALAR, logistics);
        head.forward(0, ROWS);
        final float[] gradient = head.gradient(ROWS).clone();
        final SplittableRandom random = new SplittableRandom(SEED);
        final float[] p = head.parameters();
        int steep = 0;
        for (int i = 0; i < 200; i++) {
            final int at = random.nextInt(p.length);
            final float old = p[at];
            final float step = 0.004f;
            p[at] = old + step;
            final double more = loss(head);
            p[at] = old - step;
            final double less = loss(head);
            p[at] = old;
            final double slope = (more - less) / (2 * step);
            assertThat((double) gradient[at]).as("seed %d, parameter %d", SEED, at)
                    .isCloseTo(slope, Offset.offset(0.04 + 0.02 * Math.abs(slope)));
            steep += Math.abs(slope) > 0.5 ? 1 : 0;
        }
        assertThat(steep).isGreaterThan(50);
    }

    @Test
    void learningShortensTheCode() {
        final HeadLearner head = head(Engine.SCALAR, 8);
        final double before = loss(head);
        for (int i = 0; i < 50; i++) {
            head.forward(0, ROWS);
            head.learn(ROWS, 2e-3f);
        }
        assertThat(loss(head)).isLessThan(0.8 * before);
    }

    @Test
    void bothEnginesLearnAlike() {
        if (!Engines.vectorAvailable()) {
            return;
        }
        final HeadLearner scalar = head(Engine.SCALAR, 8);
        final HeadLearner vector = head(Engine.VECTOR, 8);
        for (int i = 0; i < 5; i++) {
            scalar.forward(0, ROWS);
            vector.forward(0, ROWS);
            scalar.learn(ROWS, 1e-3f);
            vector.learn(ROWS, 1e-3f);
        }
        assertThat(Arrays.equals(scalar.parameters(), vector.parameters())).isTrue();
    }
}
