package org.bbans.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.bbans.codec.engine.Engines;
import org.bbans.model.spec.Activation;
import org.bbans.model.train.head.HeadKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fast kernels against plain loops. */
class HeadKernelsTest {

    private static final Offset<Float> CLOSE = within(1e-4f);

    private final HeadKernels plain = HeadKernels.scalar();
    private final HeadKernels best = HeadKernels.best();
    private final SplittableRandom random = new SplittableRandom(8);

    @Test
    void theChoiceOfEngineIsObeyed() {
        final String before = System.setProperty(Engines.PROPERTY, "scalar");
        try {
            assertThat(HeadKernels.best()).hasSameClassAs(plain);
        } finally {
            if (before == null) {
                System.clearProperty(Engines.PROPERTY);
            } else {
                System.setProperty(Engines.PROPERTY, before);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void activations(Activation activation) {
        final float[] x = HeadGradientTest.random(64, random);
        x[1] = -200;
        x[2] = 0;
        x[3] = 70;
        x[4] = -2;
        final float[] y = x.clone();
        plain.activate(activation, x, 0, 64);
        best.activate(activation, y, 0, 64);
        assertThat(y).containsExactly(x, CLOSE);
        final float[] g = HeadGradientTest.random(64, random);
        final float[] h = g.clone();
        plain.activationGradient(activation, x, 0, g, 0, 64);
        best.activationGradient(activation, x, 0, h, 0, 64);
        assertThat(h).containsExactly(g, CLOSE);
    }

    @Test
    void mixtures() {
        final int n = 1024;
        for (float gain : new float[] {32, 127.5f}) {
            final float[] outputs = HeadGradientTest.random(3 * 4 * n, random);
            final float[] distance = new float[n];
            final float[] end = new float[n];
            for (int i = 0; i < outputs.length; i++) {
                // Logits and means of some size, and scales over their whole range and beyond.
                outputs[i] *= i < 4 * n ? 3 : i < 8 * n ? 1.5f : 8;
            }
            for (int i = 0; i < n; i++) {
                final int level = i % 256;
                distance[i] = level - 127.5f - random.nextInt(60);
                end[i] = level == 0 ? -1 : level == 255 ? 1 : 0;
            }
            final float[] copy = outputs.clone();
            final float[] g = new float[outputs.length];
            final float[] h = new float[outputs.length];
            final float[] p = new float[n];
            final float[] q = new float[n];
            plain.logisticMixture(4, n, outputs, distance, end, gain, 1, g, p);
            best.logisticMixture(4, n, copy, distance, end, gain, 1, h, q);
            for (int i = 0; i < n; i++) {
                assertThat(q[i]).as("probability %d", i).isCloseTo(p[i], within(2e-5f * p[i]));
            }
            for (int i = 0; i < h.length; i++) {
                assertThat(h[i]).as("gradient %d", i).isCloseTo(g[i], within(1e-4f * Math.abs(g[i]) + 1e-4f));
            }
        }
    }

    @Test
    void softmax() {
        final float[] x = HeadGradientTest.random(256, random);
        x[7] = 12;
        x[9] = -150;
        final float[] y = x.clone();
        assertThat(best.softmaxCrossEntropy(y, 0, 256, 9, 0.5f))
                .isCloseTo(plain.softmaxCrossEntropy(x, 0, 256, 9, 0.5f), CLOSE);
        assertThat(y).containsExactly(x, CLOSE);
    }

    /** Loops that go on until they are compiled: sums whose order that changes would give other trainings. */
    @Test
    void theSameBeforeAndAfterItIsCompiled() {
        final float[] logits = HeadGradientTest.random(256, random);
        final float[] outputs = HeadGradientTest.random(3 * 4 * 64, random);
        final float[] distance = HeadGradientTest.random(64, random);
        final float[] first = computed(logits, outputs, distance);
        for (int i = 0; i < 20_000; i++) {
            assertThat(Arrays.equals(computed(logits, outputs, distance), first)).as("round %d", i).isTrue();
        }
    }

    private float[] computed(float[] logits, float[] outputs, float[] distance) {
        final float[] x = Arrays.copyOf(logits, 257);
        x[256] = best.softmaxCrossEntropy(x, 0, 256, 9, 0.5f);
        final float[] g = new float[outputs.length];
        best.logisticMixture(4, 64, outputs.clone(), distance, new float[64], 32, 1, g, new float[64]);
        final float[] y = Arrays.copyOf(g, 256);
        best.activate(Activation.ELU, y, 0, 256);
        return new float[] {Arrays.hashCode(x), Arrays.hashCode(g), Arrays.hashCode(y)};
    }
}
