package org.bbans.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Bernoulli;
import org.bbans.codec.distribution.Distribution;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.distribution.Stacks;
import org.bbans.codec.distribution.Uniform;
import org.bbans.codec.engine.Engine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A toy model: eight latents, each of which decides the logits of eight two-valued symbols. */
class BitsBackTest {

    private static final int LATENTS = 8;
    private static final int SYMBOLS = 64;
    private static final int RECORDS = 400;

    private final GaussianBuckets posterior = GaussianBuckets.of(Engine.SCALAR);
    private final Bernoulli likelihood = Bernoulli.of(Engine.SCALAR);
    private final DistributionCodec posteriorCodec = new DistributionCodec(posterior, LATENTS);
    private final DistributionCodec likelihoodCodec = new DistributionCodec(likelihood, SYMBOLS);
    private int[] lastLatents;
    private final BitsBack model = new BitsBack(SYMBOLS,
            new DistributionCodec(new Uniform(GaussianBuckets.BITS), LATENTS),
            (z, off) -> {
                lastLatents = Arrays.copyOfRange(z, off, off + LATENTS);
                setLikelihood(z, off);
                return likelihoodCodec;
            },
            (x, off) -> {
                setPosterior(x, off);
                return posteriorCodec;
            });

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 32})
    void recordsComeBackAndSoDoTheBits(int heads) {
        final Random random = new Random(heads);
        final AnsStack stack = Stacks.random(random, heads, LATENTS);
        final byte[] before = stack.toBytes();
        final double held = Stacks.information(stack);
        final Deque<int[]> records = new ArrayDeque<>();
        double elbo = 0;
        for (int r = 0; r < RECORDS; r++) {
            final int[] x = new int[SYMBOLS];
            for (int i = 0; i < SYMBOLS; i++) {
                x[i] = random.nextInt(8) == 0 ? 0 : i / 8 % 2;
            }
            model.push(stack, x, 0);
            elbo += negativeElboOfSample(x, lastLatents);
            records.push(x);
        }
        // Rounding of a head moves its logarithm by a little both ways.
        assertThat(Stacks.information(stack) - held).as("bits spent").isCloseTo(elbo, within(1.0));

        final int[] y = new int[SYMBOLS];
        for (int[] x : records) {
            model.pop(stack, y, 0);
            assertThat(y).isEqualTo(x);
        }
        assertThat(stack.toBytes()).isEqualTo(before);
    }

    private double negativeElboOfSample(int[] x, int[] z) {
        setLikelihood(z, 0);
        setPosterior(x, 0);
        return LATENTS * GaussianBuckets.BITS + bits(likelihood, x) - bits(posterior, z);
    }

    private static double bits(Distribution d, int[] x) {
        final int[] freq = new int[x.length];
        d.intervals(x, 0, x.length, new int[x.length], freq);
        double sum = 0;
        for (int f : freq) {
            sum += Distribution.PRECISION - Math.log(f) / Math.log(2);
        }
        return sum;
    }

    private void setLikelihood(int[] z, int off) {
        final float[] logits = new float[SYMBOLS];
        for (int i = 0; i < SYMBOLS; i++) {
            logits[i] = 2 * GaussianBuckets.centre(z[off + i / 8]);
        }
        likelihood.set(logits, 0);
    }

    private void setPosterior(int[] x, int off) {
        final float[] mean = new float[LATENTS];
        final float[] sigma = new float[LATENTS];
        for (int k = 0; k < LATENTS; k++) {
            for (int i = 0; i < 8; i++) {
                mean[k] += (x[off + 8 * k + i] - 0.5f) / 3;
            }
            sigma[k] = 0.4f;
        }
        posterior.set(mean, sigma, 0);
    }
}
