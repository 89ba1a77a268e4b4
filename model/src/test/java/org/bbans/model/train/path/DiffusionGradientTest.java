package org.bbans.model.train.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.DiffusionSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiffusionGradientTest {

    private static final int RECORDS = 10;

    /** Along random directions in each tensor, against differences of the loss with the same states. */
    @ParameterizedTest
    @EnumSource
    void gradientIsThatOfTheTerms(Activation activation) {
        final DiffusionSpec spec = new DiffusionSpec("g", List.of(6, 8), 5, 5, 2, 3, activation);
        final Parameters layout = new Parameters(spec);
        final DiffusionGradient loss = new DiffusionGradient(spec, layout, HeadKernels.scalar(), 1);
        final Random random = new Random(3);
        final byte[] records = records(spec, random);
        final float[] w = weights(layout, loss, random);
        final int[] steps = steps(spec);
        final float[] gradient = new float[layout.size()];
        loss.load(w);
        loss.terms(records, steps, 7, 1, gradient);
        GradientChecks.gradientIsThatOf(layout, w, gradient, Set.of("schedule", "values", "plain"), 0.01, 0.02, at -> {
            loss.load(at);
            return Arrays.stream(loss.terms(records, steps, 7, 0, null)).sum();
        });
    }

    @Test
    void threadsDoNotChangeTheGradient() {
        final DiffusionSpec spec = new DiffusionSpec("g", List.of(6, 8), 5, 5, 1, 3, Activation.SQLU);
        final Parameters layout = new Parameters(spec);
        final float[][] gradient = new float[2][layout.size()];
        for (int threads : new int[] {1, 3}) {
            final DiffusionGradient loss = new DiffusionGradient(spec, layout, HeadKernels.best(), threads);
            final Random random = new Random(3);
            final byte[] records = records(spec, random);
            loss.load(weights(layout, loss, random));
            loss.terms(records, steps(spec), 7, 1, gradient[threads / 2]);
        }
        assertThat(gradient[0]).isEqualTo(gradient[1]);
    }

    /** The constants say the closed form of q(x_(t-1) | x_t, x_0), and make states of variance 1. */
    @Test
    void scheduleIsThatOfTheClosedForm() {
        final int steps = 9;
        final NoiseSchedule schedule = NoiseSchedule.geometric(steps);
        final float[] constants = new float[steps * DiffusionSpec.CONSTANTS];
        schedule.write(constants, 0);
        final NoiseSchedule read = NoiseSchedule.of(constants, 0, steps);
        for (int t = 1; t <= steps; t++) {
            assertThat(Math.pow(schedule.scale[t], 2) + Math.pow(schedule.noise[t], 2)).isEqualTo(1, within(1e-12));
            assertThat(read.scale[t]).isEqualTo(schedule.scale[t], within(1e-6));
            assertThat(read.noise[t]).isEqualTo(schedule.noise[t], within(1e-6));
            if (t > 1) {
                // Bayes: the precisions and the precision-weighted means of q(x_(t-1) | x_0) and q(x_t | x_(t-1)).
                final double precision = 1 / Math.pow(schedule.noise[t - 1], 2)
                        + Math.pow(schedule.fade(t), 2) / schedule.variance(t);
                assertThat(Math.pow(schedule.deviation(t), 2)).isEqualTo(1 / precision, within(1e-12));
                assertThat(schedule.ofState(t))
                        .isEqualTo(schedule.fade(t) / schedule.variance(t) / precision, within(1e-12));
                assertThat(schedule.ofRecord(t)).isEqualTo(
                        schedule.scale[t - 1] / Math.pow(schedule.noise[t - 1], 2) / precision, within(1e-12));
            }
        }
    }

    private static float[] weights(Parameters layout, DiffusionGradient loss, Random random) {
        final double[] histogram = new double[256];
        Arrays.setAll(histogram, v -> v == 0 ? 50 : 1);
        final float[] w = loss.first(histogram, 5);
        for (String name : layout.names()) {
            if (name.startsWith("step.") || name.startsWith("last.") || name.contains(".bias")) {
                for (int i = 0; i < layout.length(name); i++) {
                    w[layout.offset(name) + i] += (float) (0.1 * random.nextGaussian());
                }
            }
        }
        return w;
    }

    private static byte[] records(DiffusionSpec spec, Random random) {
        final byte[] records = new byte[RECORDS * spec.dims()];
        for (int i = 0; i < records.length; i++) {
            records[i] = (byte) (random.nextInt(2) * random.nextInt(256));
        }
        return records;
    }

    private static int[] steps(DiffusionSpec spec) {
        final int[] steps = new int[RECORDS];
        Arrays.setAll(steps, i -> 1 + i % spec.steps());
        return steps;
    }
}
