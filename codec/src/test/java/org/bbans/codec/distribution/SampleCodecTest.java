package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.bbans.codec.Codec;
import org.bbans.codec.Path;
import org.bbans.codec.PathCodec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.engine.Engine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether samples that are popped from badly predicted symbols' bits are samples. */
class SampleCodecTest {

    private static final int SYMBOLS = 784;
    private static final int RECORDS = 40;
    private static final double KEEP = 0.8;
    private static final double SIGMA = Math.sqrt(1 - KEEP * KEEP);

    /**
     * A stationary Gaussian path whose forward kernels are too wide or too narrow by a factor: each of them costs the
     * divergence of two Gaussians, however many lie between the data and the prior.
     */
    @ParameterizedTest
    @CsvSource({"1, 8, 1.3", "8, 8, 1.3", "8, 16, 1.3", "32, 16, 1.3", "1, 8, 0.8", "8, 16, 0.8", "32, 16, 0.8"})
    void wrongKernelsCostTheirDivergence(int heads, int steps, double factor) {
        final SplittableRandom random = new SplittableRandom(17);
        final AnsStack stack = randomStack(random, heads);
        final byte[] before = stack.toBytes();
        final PathCodec codec = new PathCodec(new Noise(steps, factor));
        final int[][] x = new int[RECORDS][];
        for (int i = 0; i < RECORDS; i++) {
            x[i] = random.ints(SYMBOLS, 0, GaussianBuckets.BUCKETS).toArray();
            codec.push(stack, x[i], 0);
        }
        final double coded = (bits(stack.toBytes(), heads) - bits(before, heads)) / RECORDS / SYMBOLS;
        final double divergence = log2(factor) + (1 / (factor * factor) - 1) / 2 / Math.log(2);
        // Popped without mixing, samples cost 0.3 to 3 bits more here.
        assertThat(coded).isCloseTo(GaussianBuckets.BITS + steps * divergence, within(0.03));
        final int[] y = new int[SYMBOLS];
        for (int i = RECORDS - 1; i >= 0; i--) {
            codec.pop(stack, y, 0);
            assertThat(y).isEqualTo(x[i]);
        }
        assertThat(stack.toBytes()).isEqualTo(before);
    }

    private static AnsStack randomStack(SplittableRandom random, int heads) {
        final ByteBuffer b = ByteBuffer.allocate(8 * heads + 4 * 4096).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < heads; i++) {
            b.putLong(random.nextLong(1L << 31, 1L << 62));
        }
        while (b.hasRemaining()) {
            b.putInt(random.nextInt());
        }
        return AnsStack.fromBytes(b.array(), 0, b.capacity(), heads);
    }

    private static double bits(byte[] stack, int heads) {
        final ByteBuffer b = ByteBuffer.wrap(stack).order(ByteOrder.LITTLE_ENDIAN);
        double bits = 8.0 * (stack.length - 8 * heads);
        for (int i = 0; i < heads; i++) {
            bits += log2(b.getLong());
        }
        return bits;
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }

    /** z_t = KEEP z_(t-1) + noise, backward; forward, with noise of another size, the same in reverse. */
    private static final class Noise implements Path {

        private final int steps;
        private final double factor;
        private final float[] mean = new float[SYMBOLS];
        private final float[] sigma = new float[SYMBOLS];
        private final GaussianBuckets buckets = GaussianBuckets.of(Engine.SCALAR);
        private final Codec predicted = new DistributionCodec(buckets, SYMBOLS);
        private final SampleCodec sampled = new SampleCodec(buckets, SYMBOLS);
        private final SampleCodec prior = new SampleCodec(new Uniform(GaussianBuckets.BITS), SYMBOLS);

        Noise(int steps, double factor) {
            this.steps = steps;
            this.factor = factor;
            buckets.set(mean, sigma, 0);
        }

        @Override
        public int steps() {
            return steps;
        }

        @Override
        public int size(int t) {
            return SYMBOLS;
        }

        @Override
        public Codec prior() {
            return prior;
        }

        @Override
        public Codec forward(int t, int[] z) {
            set(z, factor);
            return predicted;
        }

        @Override
        public Codec backward(int t, int[] z) {
            set(z, 1);
            sampled.setKey(t);
            return sampled;
        }

        private void set(int[] z, double scale) {
            for (int i = 0; i < SYMBOLS; i++) {
                mean[i] = (float) (KEEP * GaussianBuckets.centre(z[i]));
                sigma[i] = (float) (scale * SIGMA);
            }
        }
    }
}
