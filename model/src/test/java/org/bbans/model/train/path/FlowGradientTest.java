package org.bbans.model.train.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bbans.codec.math.Exact;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.FlowSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlowGradientTest {

    private static final int RECORDS = 10;

    /** Along the gradient of each tensor, against differences of the loss with the same noise. */
    @ParameterizedTest
    @EnumSource
    void gradientIsThatOfTheBound(Activation activation) {
        final FlowSpec spec = new FlowSpec("g", List.of(8, 12), List.of(2570, 62965, 0, 1), List.of(2570, 62965, 1, 2),
                5, 2, activation);
        final Parameters layout = new Parameters(spec);
        final FlowGradient loss = new FlowGradient(spec, layout, HeadKernels.scalar(), 1);
        final Random random = new Random(3);
        final byte[] records = records(spec, random);
        final float[] w = weights(layout, loss, random);
        final float[] gradient = new float[layout.size()];
        loss.load(w);
        loss.bounds(records, RECORDS, 7, 1, gradient);
        GradientChecks.gradientIsThatOf(layout, w, gradient, Set.of("edges", "plain"), 0.01, 0.02, at -> {
            loss.load(at);
            return Arrays.stream(loss.bounds(records, RECORDS, 7, 0, null)).sum();
        });
    }

    @Test
    void threadsDoNotChangeTheGradient() {
        final FlowSpec spec = new FlowSpec("g", List.of(8, 12), List.of(2570), List.of(1), 5, 1, Activation.SQLU);
        final Parameters layout = new Parameters(spec);
        final byte[] records = records(spec, new Random(3));
        final float[][] gradient = new float[2][layout.size()];
        for (int i = 0; i < 2; i++) {
            final FlowGradient loss = new FlowGradient(spec, layout, HeadKernels.best(), 1 + 2 * i);
            loss.load(weights(layout, loss, new Random(4)));
            loss.bounds(records, RECORDS, 7, 1, gradient[i]);
        }
        assertThat(gradient[1]).isEqualTo(gradient[0]);
    }

    @Test
    void quantilesAreThoseOfTheDistributionFunction() {
        for (double z = -8; z <= 5; z += 0.01) {
            assertThat(Normal.quantile(Exact.phi(z))).isEqualTo(z, within(1e-7));
        }
    }

    private static float[] weights(Parameters layout, FlowGradient loss, Random random) {
        final double[] histogram = new double[256];
        Arrays.setAll(histogram, v -> v == 0 ? 50 : 1);
        final float[] w = loss.first(histogram, 5);
        for (String name : layout.names()) {
            if (name.endsWith("position") || name.endsWith(".bias") || name.contains("output")) {
                for (int i = 0; i < layout.length(name); i++) {
                    w[layout.offset(name) + i] += (float) (0.1 * random.nextGaussian());
                }
            }
        }
        return w;
    }

    private static byte[] records(FlowSpec spec, Random random) {
        final byte[] records = new byte[RECORDS * spec.dims()];
        for (int i = 0; i < records.length; i++) {
            records[i] = (byte) (random.nextInt(2) * random.nextInt(256));
        }
        return records;
    }
}
