package org.bbans.model.train.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bbans.model.spec.Activation;
import org.bbans.model.spec.SdeSpec;
import org.bbans.model.train.head.HeadKernels;
import org.bbans.model.train.head.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SdeGradientTest {

    private static final int RECORDS = 40;
    private static final int STEPS = 7;
    private static final int STRIDE = 3;

    /** Along the gradient of each tensor, against differences of the loss with the same noise. */
    @ParameterizedTest
    @EnumSource
    void gradientIsThatOfTheLossThroughTheSolver(Activation activation) {
        final SdeSpec spec = new SdeSpec("g", List.of(5, 7), 3, List.of(9), List.of(6, 5), List.of(8), 3, activation);
        final Parameters layout = new Parameters(spec);
        final SdeGradient loss = new SdeGradient(spec, layout, HeadKernels.scalar(), STEPS, STRIDE, 1);
        final Random random = new Random(3);
        final byte[] records = records(spec, random);
        final float[] w = weights(layout, loss, random);
        final float[] gradient = new float[layout.size()];
        final float weight = 0.7f;
        loss.load(w);
        loss.terms(records, RECORDS, STEPS, STRIDE, 7, weight, 1, gradient);
        GradientChecks.gradientIsThatOf(layout, w, gradient, Set.of("plain"), 0.003, 0.01, at -> {
            loss.load(at);
            final SdeGradient.Terms terms = loss.terms(records, RECORDS, STEPS, STRIDE, 7, 1, 0, null);
            return Arrays.stream(terms.samples()).sum() + weight * Arrays.stream(terms.ratio()).sum();
        });
    }

    @Test
    void threadsDoNotChangeTheGradient() {
        final SdeSpec spec = new SdeSpec("g", List.of(6, 8), 5, List.of(), List.of(6), List.of(8), 3, Activation.SQLU);
        final Parameters layout = new Parameters(spec);
        final float[][] gradient = new float[2][layout.size()];
        for (int threads : new int[] {1, 3}) {
            final SdeGradient loss = new SdeGradient(spec, layout, HeadKernels.best(), STEPS, 1, threads);
            final Random random = new Random(3);
            final byte[] records = records(spec, random);
            loss.load(weights(layout, loss, random));
            loss.terms(records, RECORDS, 5, 1, 7, 1, 1, gradient[threads / 2]);
        }
        assertThat(gradient[0]).isEqualTo(gradient[1]);
    }

    /**
     * Without their networks both processes are the stationary one with variance 1, which runs the same forward and
     * backward: whatever the path, log q/p is that of z(1) alone, the more exactly the shorter the steps are.
     */
    @Test
    void processesThatMirrorEachOtherCostTheDivergenceOfTheirEnds() {
        final double[] mean = {0.8, -1.5, 0};
        final double[] logSigma = {-1, -0.2, -2.5};
        double divergence = 0;
        for (int d = 0; d < mean.length; d++) {
            divergence += 0.5 * (mean[d] * mean[d] + Math.exp(2 * logSigma[d]) - 1) - logSigma[d];
        }
        double before = Double.POSITIVE_INFINITY;
        for (int steps : new int[] {2, 8, 32, 128}) {
            final double error = Math.abs(meanRatio(mean, logSigma, steps) - divergence);
            assertThat(error).as("%d steps", steps).isLessThan(0.25 / steps + 0.015);
            assertThat(error).isLessThan(before + 0.01);
            before = error;
        }
    }

    private static double meanRatio(double[] mean, double[] logSigma, int steps) {
        final int latents = mean.length;
        final SdeSpec spec =
                new SdeSpec("g", List.of(4), latents, List.of(), List.of(), List.of(), 1, Activation.ELU);
        final Parameters layout = new Parameters(spec);
        final float[] w = new float[layout.size()];
        for (int d = 0; d < latents; d++) {
            w[layout.offset("encoder.out.bias") + d] = (float) mean[d];
            w[layout.offset("encoder.out.bias") + latents + d] = (float) logSigma[d];
        }
        final SdeGradient loss = new SdeGradient(spec, layout, HeadKernels.best(), steps, 1, 1);
        loss.load(w);
        final int count = 6000;
        return loss.terms(new byte[count * spec.dims()], count, steps, 1, 5, 1, 0, null).meanRatio();
    }

    /**
     * The mean of log q/p over paths is the integral of |F + B|^2 / 2 + div F, whose integrand is computed on its own:
     * here with drifts that are linear in z and t, whose divergence is the trace of their matrices.
     */
    @Test
    void logRatioIsTheIntegralOfGirsanov() {
        final int latents = 3;
        final int steps = 256;
        final int count = 4000;
        final SdeSpec spec =
                new SdeSpec("g", List.of(4), latents, List.of(), List.of(), List.of(), 1, Activation.ELU);
        final Parameters layout = new Parameters(spec);
        final Random random = new Random(11);
        final float[] w = new float[layout.size()];
        for (String name : List.of("forward.out.weight", "forward.out.bias", "backward.out.weight",
                "backward.out.bias", "encoder.out.bias")) {
            for (int i = 0; i < layout.length(name); i++) {
                w[layout.offset(name) + i] = (float) (0.4 * random.nextGaussian());
            }
        }
        final SdeGradient loss = new SdeGradient(spec, layout, HeadKernels.best(), steps, 1, 1);
        loss.load(w);
        final double ratio = loss.terms(new byte[count * spec.dims()], count, steps, 1, 5, 1, 0, null).meanRatio();
        double integral = 0;
        for (int path = 0; path < count; path++) {
            integral += integral(layout, w, latents, steps, random) / count;
        }
        assertThat(ratio).isCloseTo(integral, within(0.08));
        assertThat(Math.abs(integral)).isGreaterThan(0.5);
    }

    /** Of one path of the backward process: its end's parts of the ratio, and the integral along it. */
    private static double integral(Parameters layout, float[] w, int latents, int steps, Random random) {
        final double h = 1.0 / steps;
        final double[] z = new double[latents];
        double sum = 0;
        for (int d = 0; d < latents; d++) {
            final double e = random.nextGaussian();
            final double log = w[layout.offset("encoder.out.bias") + latents + d];
            z[d] = w[layout.offset("encoder.out.bias") + d] + Math.exp(log) * e;
            sum -= log + 0.5 * e * e;
        }
        for (int n = steps; n >= 1; n--) {
            final double[] f = drift(layout, w, "forward", z, n * h);
            final double[] b = drift(layout, w, "backward", z, n * h);
            for (int d = 0; d < latents; d++) {
                sum += h * (0.5 * (f[d] + b[d]) * (f[d] + b[d]) - 0.5
                        + w[layout.offset("forward.out.weight") + d * latents + d]);
                z[d] += h * b[d] + Math.sqrt(h) * random.nextGaussian();
            }
        }
        return sum + 0.5 * Arrays.stream(z).map(v -> v * v).sum();
    }

    private static double[] drift(Parameters layout, float[] w, String name, double[] z, double t) {
        final int latents = z.length;
        final double[] out = new double[latents];
        for (int d = 0; d < latents; d++) {
            out[d] = w[layout.offset(name + ".out.bias") + d] - 0.5 * z[d];
            for (int i = 0; i < latents + 2; i++) {
                final double x = i < latents ? z[i] : i == latents ? t : t * t;
                out[d] += x * w[layout.offset(name + ".out.weight") + i * latents + d];
            }
        }
        return out;
    }

    private static float[] weights(Parameters layout, SdeGradient loss, Random random) {
        final double[] histogram = new double[256];
        Arrays.setAll(histogram, v -> v == 0 ? 50 : 1);
        final float[] w = loss.first(histogram, 5);
        for (int i = 0; i < w.length; i++) {
            w[i] += (float) (0.1 * random.nextGaussian());
        }
        return w;
    }

    private static byte[] records(SdeSpec spec, Random random) {
        final byte[] records = new byte[RECORDS * spec.dims()];
        for (int i = 0; i < records.length; i++) {
            records[i] = (byte) (random.nextInt(2) * random.nextInt(256));
        }
        return records;
    }
}
