package org.bbans.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Stream;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Bernoulli;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.distribution.GaussianBuckets;
import org.bbans.codec.distribution.Stacks;
import org.bbans.codec.distribution.Uniform;
import org.bbans.codec.engine.Engine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Codecs made of codecs, several deep, keep the contract: either order of push and pop restores the stack. */
class CodecsTest {

    private static final int PIXELS = 12;
    private static final int LEVELS = 6;

    /** A codec, and the number of levels of each of its symbols. */
    private record Case(String name, Codec codec, int[] levels) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        final Codec bits = coin(4, 0.7f);
        final Codec levels = softmax(3, new float[] {0, 1, 2, 3, -1, 0.5f});
        final Codec markov = Codecs.given(bits, 3,
                (v, off) -> softmax(3, new float[] {v[off], v[off + 1], v[off + 2], v[off + 3], 1, 0}));
        return Stream.of(
                new Case("serial", Codecs.serial(bits, levels, Codecs.serial(coin(1, -2), uniform(2))),
                        levels(4, 2, 3, LEVELS, 1, 2, 2, 4096)),
                new Case("given", Codecs.given(markov, 2, (v, off) -> coin(2, v[off + 6] - 2f)),
                        levels(4, 2, 3, LEVELS, 2, 2)),
                new Case("flow", flow(), levels(PIXELS, 256)),
                new Case("hierarchy", hierarchy(), levels(PIXELS, 2)),
                new Case("flow under bits back", flowUnderBitsBack(), levels(PIXELS, 2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void bothOrdersRestoreTheStack(Case c) {
        final int n = c.codec.size();
        assertThat(c.levels).hasSize(n);
        for (int heads : new int[] {1, 4}) {
            final Random random = new Random(heads);
            final AnsStack stack = Stacks.random(random, heads, 400);
            for (int trial = 0; trial < 50; trial++) {
                final byte[] before = stack.toBytes();
                final int[] x = new int[n + 2];
                for (int i = 0; i < n; i++) {
                    x[i + 1] = random.nextInt(c.levels[i]);
                }
                final int[] pushed = x.clone();
                c.codec.push(stack, pushed, 1);
                assertThat(pushed).as("pushing leaves the symbols").isEqualTo(x);
                final int[] back = new int[n + 2];
                c.codec.pop(stack, back, 1);
                assertThat(back).isEqualTo(x);
                assertThat(stack.toBytes()).as("push, pop").isEqualTo(before);
                c.codec.pop(stack, back, 1);
                c.codec.push(stack, back, 1);
                assertThat(stack.toBytes()).as("pop, push").isEqualTo(before);
                c.codec.push(stack, x, 1);
            }
        }
    }

    /** Two couplings: each half of the symbols is shifted by what the other half says, modulo the levels. */
    private static Codec flow() {
        return Codecs.map(coupling(0), Codecs.map(coupling(PIXELS / 2), softmax(PIXELS, ramp())));
    }

    private static Codecs.Bijection coupling(int moved) {
        final int half = PIXELS / 2;
        return new Codecs.Bijection() {
            @Override
            public void apply(int[] x, int off, int n) {
                shift(x, off, 1);
            }

            @Override
            public void invert(int[] x, int off, int n) {
                shift(x, off, -1);
            }

            private void shift(int[] x, int off, int sign) {
                for (int i = 0; i < half; i++) {
                    final int other = x[off + (moved + half + i) % PIXELS];
                    x[off + moved + i] = x[off + moved + i] + sign * (7 * other + 3) & 255;
                }
            }
        };
    }

    /** z2 decides the prior of z1, and that the samples: the prior of the lower model is a bits-back codec itself. */
    private static Codec hierarchy() {
        final Codec upper = new BitsBack(3, uniform(2), (z, off) -> gaussian(3, z, off, 2, 0.8f),
                (z1, off) -> gaussian(2, z1, off, 3, 0.6f));
        return new BitsBack(PIXELS, upper, (z, off) -> coin(PIXELS, GaussianBuckets.centre(z[off])),
                (x, off) -> gaussian(3, x, off, PIXELS, 0.5f));
    }

    /** Latents behind a bijection. */
    private static Codec flowUnderBitsBack() {
        final Codecs.Bijection rotation = new Codecs.Bijection() {
            @Override
            public void apply(int[] x, int off, int n) {
                for (int i = off; i < off + n; i++) {
                    x[i] = x[i] + 1000 & 4095;
                }
            }

            @Override
            public void invert(int[] x, int off, int n) {
                for (int i = off; i < off + n; i++) {
                    x[i] = x[i] - 1000 & 4095;
                }
            }
        };
        return new BitsBack(PIXELS, Codecs.map(rotation, gaussian(2, new int[] {1, 2}, 0, 2, 1f)),
                (z, off) -> coin(PIXELS, GaussianBuckets.centre(z[off + 1])),
                (x, off) -> gaussian(2, x, off, PIXELS, 0.5f));
    }

    private static Codec uniform(int size) {
        return new DistributionCodec(new Uniform(GaussianBuckets.BITS), size);
    }

    private static Codec coin(int size, float logit) {
        final Bernoulli coin = Bernoulli.of(Engine.SCALAR);
        final float[] logits = new float[size];
        Arrays.fill(logits, logit);
        coin.set(logits, 0);
        return new DistributionCodec(coin, size);
    }

    private static Codec softmax(int size, float[] logits) {
        final Categorical categorical = Categorical.of(logits.length, Engine.SCALAR);
        final float[] rows = new float[size * logits.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = logits[i % logits.length];
        }
        categorical.set(rows, 0);
        return new DistributionCodec(categorical, size);
    }

    /** Means from the sum of the condition. */
    private static Codec gaussian(int size, int[] v, int off, int n, float deviation) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += v[off + i] % 97;
        }
        final float[] mean = new float[size];
        final float[] sigma = new float[size];
        for (int k = 0; k < size; k++) {
            mean[k] = (sum * (k + 1) % 13 - 6) / 8f;
            sigma[k] = deviation;
        }
        final GaussianBuckets buckets = GaussianBuckets.of(Engine.SCALAR);
        buckets.set(mean, sigma, 0);
        return new DistributionCodec(buckets, size);
    }

    private static float[] ramp() {
        final float[] logits = new float[256];
        for (int i = 0; i < 256; i++) {
            logits[i] = -i / 40f;
        }
        return logits;
    }

    /** Pairs of a number of symbols and their levels. */
    private static int[] levels(int... pairs) {
        return Stream.iterate(0, i -> i < pairs.length, i -> i + 2)
                .flatMap(i -> Collections.nCopies(pairs[i], pairs[i + 1]).stream()).mapToInt(i -> i).toArray();
    }
}
