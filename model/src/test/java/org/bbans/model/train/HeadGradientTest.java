package org.bbans.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.bbans.model.spec.ModelSpec;
import org.bbans.model.train.head.HeadBatch;
import org.bbans.model.train.head.HeadGradient;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The head's gradient against central differences along random directions, tensor by tensor. */
class HeadGradientTest {

    private static final int IMAGES = 5;
    private static final float[] STEPS = {4e-3f, 3e-4f, 3e-5f};
    private static final int[] POSITIONS = {0, 3, 8, 9, 20, 27, 33, 41};

    static List<ModelSpec> specs() {
        return TrainingSpecs.all();
    }

    @ParameterizedTest
    @MethodSource("specs")
    void agreesWithFiniteDifferences(ModelSpec spec) {
        for (HeadKernels kernels : List.of(HeadKernels.scalar(), HeadKernels.best())) {
            check(spec, kernels);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void isTheSameOnAnyNumberOfThreads(ModelSpec spec) {
        final int images = 13;
        final SplittableRandom random = new SplittableRandom(12);
        final Parameters layout = new Parameters(spec);
        final byte[] records = TrainingSpecs.records(images, spec, random);
        final float[] parameters = random(layout.size(), random);
        final int[] positions = positions(spec);
        final float[] features = random(images * positions.length * spec.features(), random);
        final float[] gradient = new float[layout.size()];
        final float[] featureGradient = new float[features.length];
        double value = 0;
        for (int threads = 1; threads <= 4; threads++) {
            final HeadGradient head = new HeadGradient(spec, layout, HeadKernels.best(), threads);
            head.load(parameters);
            for (int repetition = 0; repetition < 2; repetition++) {
                final float[] again = new float[gradient.length];
                final float[] featuresAgain = new float[features.length];
                final double same = head.gradient(new HeadBatch(records, images, positions, features), featuresAgain,
                        again, 0.3f);
                if (threads == 1 && repetition == 0) {
                    value = same;
                    System.arraycopy(again, 0, gradient, 0, again.length);
                    System.arraycopy(featuresAgain, 0, featureGradient, 0, featuresAgain.length);
                }
                assertThat(same).as("%d threads", threads).isEqualTo(value);
                assertThat(again).as("%d threads", threads).isEqualTo(gradient);
                assertThat(featuresAgain).as("%d threads", threads).isEqualTo(featureGradient);
            }
        }
    }

    private static int[] positions(ModelSpec spec) {
        return spec.likelihood().blocks().isEmpty() ? POSITIONS : IntStream.range(0, spec.pixels()).toArray();
    }

    private static void check(ModelSpec spec, HeadKernels kernels) {
        final SplittableRandom random = new SplittableRandom(11);
        final Parameters layout = new Parameters(spec);
        final byte[] records = TrainingSpecs.records(IMAGES, spec, random);
        final double[] histogram = new double[spec.levels()];
        Arrays.fill(histogram, 1);
        final float[] parameters = Initialiser.weights(spec, layout, histogram, 5);
        for (int i = 0; i < parameters.length; i++) {
            // Nothing stays at a special value such as a zero bias.
            parameters[i] += (float) (0.1 * (random.nextDouble() - 0.5));
        }
        final int[] positions = positions(spec);
        final float[] features = random(IMAGES * positions.length * spec.features(), random);
        final HeadGradient head = new HeadGradient(spec, layout, kernels, 2);
        final float[] gradient = new float[parameters.length];
        final float[] featureGradient = new float[features.length];
        head.load(parameters);
        final HeadBatch batch = new HeadBatch(records, IMAGES, positions, features);
        final double value = head.gradient(batch, featureGradient, gradient, 1);
        assertThat(value).isCloseTo(head.value(batch), within(1e-9));

        for (String name : layout.names()) {
            if (!name.startsWith("encoder.") && !name.startsWith("decoder.")) {
                final float[] direction = new float[parameters.length];
                final float[] part = random(layout.length(name), random);
                System.arraycopy(part, 0, direction, layout.offset(name), part.length);
                compare(name, step -> at(head, moved(parameters, direction, step), records, positions, features),
                        dot(gradient, direction), value);
            }
        }
        if (spec.features() > 0) {
            final float[] direction = random(features.length, random);
            compare("features", step -> at(head, parameters, records, positions, moved(features, direction, step)),
                    dot(featureGradient, direction), value);
        }
    }

    /** Agreement for one of the steps: too long ones err by the curvature, too short ones by rounding. */
    private static void compare(String what, ToDoubleFunction<Float> along, double actual, double value) {
        double closest = Double.POSITIVE_INFINITY;
        for (float step : STEPS) {
            final double expected = (along.applyAsDouble(step) - along.applyAsDouble(-step)) / (2 * step);
            closest = Math.abs(expected - actual) < Math.abs(closest - actual) ? expected : closest;
        }
        // Float rounding of the value, some 5e-8 of it, over the step.
        final double tolerance = 4e-3 * Math.abs(closest) + 5e-5 * value;
        assertThat(actual).as(what).isCloseTo(closest, within(tolerance));
        assertThat(Math.abs(actual)).as(what + " is tested at all").isGreaterThan(tolerance);
    }

    private static double at(HeadGradient head, float[] parameters, byte[] records, int[] positions,
            float[] features) {
        head.load(parameters);
        return head.value(new HeadBatch(records, IMAGES, positions, features));
    }

    static float[] random(int n, SplittableRandom random) {
        final float[] a = new float[n];
        for (int i = 0; i < n; i++) {
            a[i] = (float) (2 * random.nextDouble() - 1);
        }
        return a;
    }

    static float[] moved(float[] from, float[] direction, float step) {
        final float[] to = from.clone();
        for (int i = 0; i < to.length; i++) {
            to[i] += step * direction[i];
        }
        return to;
    }

    static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
