package org.bbans.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.Categorical;
import org.bbans.codec.distribution.DistributionCodec;
import org.bbans.codec.engine.Engine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths of independent symbols that jump between a few values, whose bound can be summed over all paths. */
class PathCodecTest {

    private static final int VALUES = 4;
    private static final int SYMBOLS = 20_000;
    private static final int STACK_WORDS = 1 << 16;

    private final SplittableRandom random = new SplittableRandom(17);

    /** With the true backward process every path costs the same: the data's own information, and no more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 64})
    void trueBackwardKernelsCostTheInformationOfTheData(int steps) {
        final Jumps jumps = new Jumps(steps);
        jumps.reverseForward();
        final int[] x = data(jumps);
        double information = 0;
        for (int value : x) {
            information -= log2(jumps.marginal[0][value]);
        }
        // A softmax is exact to 1.2e-4, and there are two for each step.
        assertThat(cost(jumps, x) / SYMBOLS).isCloseTo(information / SYMBOLS, within(2 * steps * 1.2e-4 + 1e-4));
    }

    /** With any other the bound: the mean of log q/p over all paths. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void costsTheMeanLogRatioOfBothProcesses(int steps) {
        final Jumps jumps = new Jumps(steps);
        final int[] x = data(jumps);
        double bound = 0;
        double information = 0;
        for (int value : x) {
            bound += jumps.meanLogRatio(0, value);
            information -= log2(jumps.marginal[0][value]);
        }
        assertThat(bound).isGreaterThan(1.02 * information);
        assertThat(cost(jumps, x) / bound).isCloseTo(1, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16})
    void pushUndoesPop(int steps) {
        final AnsStack stack = randomStack(8);
        final byte[] before = stack.toBytes();
        final PathCodec codec = new PathCodec(new Jumps(steps));
        final int[] x = new int[SYMBOLS];
        codec.pop(stack, x, 0);
        codec.push(stack, x, 0);
        assertThat(stack.toBytes()).isEqualTo(before);
    }

    /** Bits that the stack grows by; what was pushed is popped and compared. */
    private double cost(Jumps jumps, int[] x) {
        final AnsStack stack = randomStack(8);
        final byte[] before = stack.toBytes();
        final PathCodec codec = new PathCodec(jumps);
        codec.push(stack, x, 0);
        final double grown = bits(stack) - bits(before, 8);
        final int[] y = new int[x.length];
        codec.pop(stack, y, 0);
        assertThat(y).isEqualTo(x);
        assertThat(stack.toBytes()).isEqualTo(before);
        return grown;
    }

    private int[] data(Jumps jumps) {
        final int[] x = new int[SYMBOLS];
        for (int i = 0; i < SYMBOLS; i++) {
            double u = random.nextDouble();
            while (x[i] < VALUES - 1 && u >= jumps.marginal[0][x[i]]) {
                u -= jumps.marginal[0][x[i]++];
            }
        }
        return x;
    }

    private AnsStack randomStack(int heads) {
        final ByteBuffer b = ByteBuffer.allocate(8 * heads + 4 * STACK_WORDS).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < heads; i++) {
            b.putLong(random.nextLong(1L << 31, 1L << 62));
        }
        while (b.hasRemaining()) {
            b.putInt(random.nextInt());
        }
        return AnsStack.fromBytes(b.array(), 0, b.capacity(), heads);
    }

    private static double bits(AnsStack stack) {
        return bits(stack.toBytes(), stack.heads());
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

    /** Random jumps of every symbol by itself. */
    private final class Jumps implements Path {

        private final int steps;
        /** {@code [t][z_t][z_(t-1)]}, from t = 1. */
        private final double[][][] p;
        /** {@code [t][z_(t-1)][z_t]}, from t = 1. */
        private final double[][][] q;
        /** {@code [t][z_t]}, under the forward process. */
        private final double[][] marginal;
        private final float[] logits = new float[SYMBOLS * VALUES];
        private final Categorical categorical = Categorical.of(VALUES, Engine.SCALAR);
        private final Codec codec = new DistributionCodec(categorical, SYMBOLS);

        Jumps(int steps) {
            this.steps = steps;
            p = new double[steps + 1][VALUES][];
            q = new double[steps + 1][VALUES][];
            marginal = new double[steps + 1][VALUES];
            marginal[steps] = distribution();
            for (int t = steps; t >= 1; t--) {
                for (int a = 0; a < VALUES; a++) {
                    p[t][a] = distribution();
                    q[t][a] = distribution();
                    for (int b = 0; b < VALUES; b++) {
                        marginal[t - 1][b] += marginal[t][a] * p[t][a][b];
                    }
                }
            }
        }

        private double[] distribution() {
            final double[] d = new double[VALUES];
            double sum = 0;
            for (int i = 0; i < VALUES; i++) {
                d[i] = 0.05 + random.nextDouble();
                sum += d[i];
            }
            for (int i = 0; i < VALUES; i++) {
                d[i] /= sum;
            }
            return d;
        }

        /** Makes q the forward process in reverse, by the rule of Bayes. */
        void reverseForward() {
            for (int t = 1; t <= steps; t++) {
                for (int a = 0; a < VALUES; a++) {
                    for (int b = 0; b < VALUES; b++) {
                        q[t][b][a] = marginal[t][a] * p[t][a][b] / marginal[t - 1][b];
                    }
                }
            }
        }

        /** The mean over z_(t+1) ... z_T, given z_t = b, of log2 of q(z_(t+1) ... | z_t) / p(z_t, z_(t+1) ...). */
        double meanLogRatio(int t, int b) {
            if (t == steps) {
                return -log2(marginal[t][b]);
            }
            double mean = 0;
            for (int a = 0; a < VALUES; a++) {
                mean += q[t + 1][b][a] * (log2(q[t + 1][b][a] / p[t + 1][a][b]) + meanLogRatio(t + 1, a));
            }
            return mean;
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
            return given(new double[][] {marginal[steps]}, new int[SYMBOLS]);
        }

        @Override
        public Codec forward(int t, int[] z) {
            return given(p[t], z);
        }

        @Override
        public Codec backward(int t, int[] z) {
            return given(q[t], z);
        }

        private Codec given(double[][] kernel, int[] z) {
            for (int i = 0; i < SYMBOLS; i++) {
                for (int k = 0; k < VALUES; k++) {
                    logits[i * VALUES + k] = (float) Math.log(kernel[z[i]][k]);
                }
            }
            categorical.set(logits, 0);
            return codec;
        }
    }
}
