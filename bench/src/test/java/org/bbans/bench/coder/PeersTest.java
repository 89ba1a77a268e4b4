package org.bbans.bench.coder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.math.Exact;
import org.junit.jupiter.api.Test;

/** A comparison is worth as much as its peers are right. */
class PeersTest {

    @Test
    void erfcIsAccurateOnBothSidesOfItsSwitches() {
        for (double t = -12; t <= 12; t += 0.01) {
            assertThat(Erf.phi(t)).as("phi(%f)", t).isCloseTo(Exact.phi(t), within(1e-13));
        }
    }

    @Test
    void peersDecodeWhatTheyEncode() {
        final Rows.GaussianRows gaussian = Rows.GaussianRows.random(300, 3);
        for (NaiveCoder.Gaussian.Phi phi : NaiveCoder.Gaussian.Phi.values()) {
            new RoundTrip(new NaiveCoder.Gaussian(gaussian, phi), gaussian.draw(4));
        }
        final Rows.MixtureRows mixture = Rows.MixtureRows.random(300, 3);
        new RoundTrip(new NaiveCoder.Mixture(mixture), mixture.draw(4));
        final Rows.CategoricalRows logits = Rows.CategoricalRows.random(300, 3);
        new RoundTrip(new NaiveCoder.Softmax(logits), logits.draw(4));
    }

    /** The peers must do the same work: their distributions are ours up to rounding. */
    @Test
    void naiveDistributionsAreThoseOfTheProject() {
        final int n = 50;
        final Rows.GaussianRows gaussian = Rows.GaussianRows.random(n, 5);
        assertSameIntervals(gaussian, new NaiveCoder.Gaussian(gaussian, NaiveCoder.Gaussian.Phi.STRICT_MATH), 2);
        assertSameIntervals(gaussian, new NaiveCoder.Gaussian(gaussian, NaiveCoder.Gaussian.Phi.EXACT), 2);
        // 2^-12 of all slots for polynomials and the fixed point of the weights.
        final Rows.MixtureRows mixture = Rows.MixtureRows.random(n, 5);
        assertSameIntervals(mixture, new NaiveCoder.Mixture(mixture), 1 << 12);
        final Rows.CategoricalRows logits = Rows.CategoricalRows.random(n, 5);
        assertSameIntervals(logits, new NaiveCoder.Softmax(logits), 1 << 12);
    }

    private static void assertSameIntervals(Rows rows, NaiveCoder naive, int tolerance) {
        final int n = rows.size();
        final int[] x = rows.draw(6);
        final int[] start = new int[n];
        final int[] freq = new int[n];
        rows.on(Engine.SCALAR).intervals(x, 0, n, start, freq);
        for (int j = 0; j < n; j++) {
            naive.row(j);
            assertThat(naive.first(x[j])).as("%s, row %d", naive, j).isCloseTo(start[j], within(tolerance));
            assertThat(naive.first(x[j] + 1)).as("%s, row %d", naive, j)
                    .isCloseTo(start[j] + freq[j], within(tolerance));
        }
    }

    @Test
    void aCoderThatDecodesSomethingElseIsRefused() {
        final int[] x = new Random(7).ints(100, 0, 256).toArray();
        final Coder wrong = new Coder() {
            @Override
            public long symbols() {
                return x.length;
            }

            @Override
            public void push(int[] symbols) {}

            @Override
            public void pop(int[] symbols) {
                System.arraycopy(x, 0, symbols, 0, x.length);
                symbols[42]++;
            }
        };
        assertThatThrownBy(() -> new RoundTrip(wrong, x)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("symbol 42");
    }
}
