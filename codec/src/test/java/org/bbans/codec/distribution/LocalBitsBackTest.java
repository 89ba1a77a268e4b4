package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.bbans.codec.Codec;
import org.bbans.codec.Codecs;
import org.bbans.codec.Path;
import org.bbans.codec.PathCodec;
import org.bbans.codec.ans.AnsStack;
import org.junit.jupiter.api.Test;

/**
 * A normalizing flow as the limit of forward and backward kernels whose widths vanish: the ratio q(z | x) / p(x | z)
 * becomes the Jacobian determinant, and a record costs the negative logarithm of its density.
 */
class LocalBitsBackTest {

    private static final int HEADS = 4;
    private static final int UNIT = 1 << 12;
    /** Values of a record: (a, b) pairs. */
    private static final int DIMS = 64;

    /** b given a is normal, with a mean and a deviation that depend on a; a is normal too. */
    private static double mean(double a) {
        return Math.sin(3 * a);
    }

    private static double deviation(double a) {
        return 0.2 + 0.3 * a * a / (1 + a * a);
    }

    @Test
    void costTendsToTheNegativeLogDensityAsTheKernelsNarrow() {
        final double coarse = excess(1);
        final double middle = excess(2);
        final double fine = excess(3);
        final double finest = excess(7);
        assertThat(coarse).isGreaterThan(3 * middle);
        assertThat(middle).isGreaterThan(3 * fine);
        assertThat(fine).isGreaterThan(0.02);
        assertThat(finest).isEqualTo(0, within(0.003));
    }

    /** Bits for each number that records take beyond -log2 of their density times the bins' widths. */
    private static double excess(int binBits) {
        final double bin = Math.pow(2, -binBits);
        final int records = 1000;
        final Random random = new Random(5);
        final AnsStack stack = new AnsStack(HEADS);
        final int[] seed = new int[4000];
        final int[] freq = new int[seed.length];
        Arrays.fill(freq, 1);
        Arrays.setAll(seed, i -> random.nextInt(1 << 24));
        stack.push(seed, freq, 0, seed.length, 24);
        final byte[] before = stack.toBytes();
        final PathCodec codec = new PathCodec(new Coupling(bin));
        final int[][] all = new int[records][DIMS];
        double density = 0;
        for (int[] x : all) {
            for (int i = 0; i < DIMS; i += 2) {
                final double a = random.nextGaussian();
                final double b = mean(a) + deviation(a) * random.nextGaussian();
                x[i] = (int) Math.floor(a / bin);
                x[i + 1] = (int) Math.floor(b / bin);
                final double z = (b - mean(a)) / deviation(a);
                density += (0.5 * (a * a + z * z) + Math.log(2 * Math.PI) + Math.log(deviation(a))) / Math.log(2);
            }
            codec.push(stack, x, 0);
        }
        final double bits = 8.0 * (stack.sizeInBytes() - before.length);
        final int[] back = new int[DIMS];
        for (int r = records - 1; r >= 0; r--) {
            codec.pop(stack, back, 0);
            assertThat(back).isEqualTo(all[r]);
        }
        assertThat(stack.toBytes()).isEqualTo(before);
        return (bits - density) / (records * DIMS) - binBits;
    }

    private record Shift(int by) implements Codecs.Bijection {

        @Override
        public void apply(int[] x, int off, int n) {
            for (int i = off; i < off + n; i++) {
                x[i] += by;
            }
        }

        @Override
        public void invert(int[] x, int off, int n) {
            for (int i = off; i < off + n; i++) {
                x[i] -= by;
            }
        }
    }

    /** From (a, b) to (a, (b - mean) / deviation). */
    private static final class Coupling implements Path {

        private final double bin;
        private final Rescaling rescaling = new Rescaling();
        private final SampleCodec samples = new SampleCodec(rescaling, DIMS / 2);
        private final DistributionCodec codec = new DistributionCodec(rescaling, DIMS / 2);
        private final int[] index = new int[DIMS / 2];
        private final int[] scale = new int[DIMS / 2];
        private final int[] unit = new int[DIMS / 2];
        private final int[] base = new int[DIMS / 2];

        Coupling(double bin) {
            this.bin = bin;
            Arrays.fill(unit, UNIT);
        }

        @Override
        public int steps() {
            return 1;
        }

        @Override
        public int size(int t) {
            return DIMS;
        }

        /** N(0, 1) over bins. */
        @Override
        public Codec prior() {
            final TruncatedGaussian normal = new TruncatedGaussian();
            final int bins = (int) (16 / bin);
            final float[] mean = new float[DIMS];
            final float[] sigma = new float[DIMS];
            final int[] count = new int[DIMS];
            Arrays.fill(mean, bins / 2);
            Arrays.fill(sigma, (float) (1 / bin));
            Arrays.fill(count, bins);
            normal.set(mean, sigma, count);
            return Codecs.map(new Shift(bins / 2), new DistributionCodec(normal, DIMS));
        }

        @Override
        public Codec forward(int t, int[] z) {
            return kernel(z, false);
        }

        @Override
        public Codec backward(int t, int[] x) {
            return kernel(x, true);
        }

        private Codec kernel(int[] given, boolean backward) {
            final int[] a = given.clone();
            for (int n = 0; n < scale.length; n++) {
                final double value = (a[2 * n] + 0.5) * bin;
                scale[n] = (int) Math.round(UNIT / deviation(value));
                final int shift = (int) Math.round(-mean(value) / deviation(value) / bin);
                index[n] = a[2 * n + 1] - (backward ? 0 : shift);
                base[n] = (int) Rescaling.first(index[n], backward ? scale[n] : UNIT, backward ? UNIT : scale[n])
                        + (backward ? shift : 0);
            }
            rescaling.set(index, backward ? scale : unit, backward ? unit : scale);
            return new Codec() {
                private final int[] symbols = new int[DIMS / 2];

                @Override
                public int size() {
                    return DIMS;
                }

                @Override
                public void push(AnsStack stack, int[] x, int off) {
                    for (int n = 0; n < symbols.length; n++) {
                        symbols[n] = x[off + 2 * n + 1] - base[n];
                    }
                    (backward ? (Codec) samples : codec).push(stack, symbols, 0);
                }

                @Override
                public void pop(AnsStack stack, int[] x, int off) {
                    (backward ? (Codec) samples : codec).pop(stack, symbols, 0);
                    for (int n = 0; n < symbols.length; n++) {
                        x[off + 2 * n] = a[2 * n];
                        x[off + 2 * n + 1] = base[n] + symbols[n];
                    }
                }
            };
        }
    }
}
