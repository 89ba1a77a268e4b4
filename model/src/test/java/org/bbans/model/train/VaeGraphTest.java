package org.bbans.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.head.Parameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Encoder, latents, decoder and KL divergence: autodiff against central differences, tensor by tensor. */
class VaeGraphTest {

    private static final int BATCH = 3;
    private static final int[] POSITIONS = {1, 4, 17, 30};
    private static final float STEP = 2e-3f;
    private static final float KL_WEIGHT = 0.3f;

    static List<Arguments> specs() {
        return List.of(Arguments.of(TrainingSpecs.all().get(0), false), Arguments.of(DeepLatentsTest.SPEC, false),
                Arguments.of(DeepLatentsTest.SPEC, true),
                Arguments.of(DeepLatentsTest.SPEC.withActivation(Activation.SQLU), false));
    }

    @ParameterizedTest(name = "{0}, free bits: {1}")
    @MethodSource("specs")
    void gradientAgreesWithFiniteDifferences(ModelSpec spec, boolean free) {
        final Parameters layout = new Parameters(spec);
        final SplittableRandom random = new SplittableRandom(3);
        final float[] parameters = HeadGradientTest.random(layout.size(), random);
        final float[] x01 = HeadGradientTest.random(BATCH * spec.dims(), random);
        final float[] eps = HeadGradientTest.random(BATCH * spec.latents(), random);
        final float[] features = new float[BATCH * POSITIONS.length * spec.features()];
        final float[] featureGradient = HeadGradientTest.random(features.length, random);
        for (int i = 0; i < featureGradient.length; i++) {
            // Large enough that layers far from the features are felt.
            featureGradient[i] *= 4;
        }
        try (VaeGraph graph = new VaeGraph(spec, layout, BATCH, POSITIONS.length)) {
            final float[] gradient = new float[layout.size()];
            graph.load(parameters, POSITIONS);
            final double[] divergences = new double[spec.latents()];
            graph.features(x01, eps, features, divergences);
            // Some latents cost something, others nothing, and none is near the edge.
            final double[] sorted = Arrays.stream(divergences).sorted().toArray();
            final double freeNats = free ? (sorted[0] + sorted[1]) / 2 / BATCH : 0;
            graph.gradient(featureGradient, KL_WEIGHT, (float) freeNats, POSITIONS, gradient);
            for (String name : layout.names()) {
                if (!name.startsWith("head.") && !name.startsWith("table.")) {
                    final float[] part = HeadGradientTest.random(layout.length(name), random);
                    final float[] direction = new float[layout.size()];
                    System.arraycopy(part, 0, direction, layout.offset(name), part.length);
                    final double[] ends = new double[2];
                    for (int i = 0; i < 2; i++) {
                        graph.load(HeadGradientTest.moved(parameters, direction, i == 0 ? STEP : -STEP), POSITIONS);
                        Arrays.fill(divergences, 0);
                        graph.features(x01, eps, features, divergences);
                        ends[i] = HeadGradientTest.dot(features, featureGradient)
                                + KL_WEIGHT * Arrays.stream(divergences).map(d -> Math.max(d / BATCH, freeNats)).sum();
                    }
                    final double expected = (ends[0] - ends[1]) / (2 * STEP);
                    assertThat(Math.abs(expected)).as(name + " is tested at all").isGreaterThan(0.05);
                    assertThat(HeadGradientTest.dot(gradient, direction)).as(name)
                            .isCloseTo(expected, within(1e-2 * Math.abs(expected) + 5e-3));
                }
            }
        }
    }
}
