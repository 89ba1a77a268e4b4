package org.bbans.model.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Arrays;
import java.util.Random;
import org.bbans.codec.engine.Engine;
import org.bbans.codec.engine.Engines;
import org.junit.jupiter.api.Test;

class MatrixProductTest {

    /** Bit for bit, over every shape of block, with either factor as it lies and the left one transposed too. */
    @Test
    void bothEnginesAreTheFormula() {
        assumeThat(Engines.preferred()).isEqualTo(Engine.VECTOR);
        final MatrixProduct plain = MatrixProduct.of(Engine.SCALAR);
        final MatrixProduct best = MatrixProduct.of(Engine.VECTOR);
        final Random random = new Random(8);
        for (int m : new int[] {1, 3, 4, 6, 8, 11, 24}) {
            for (int n : new int[] {16, 32, 48, 112, 256}) {
                for (int depth : new int[] {0, 1, 37}) {
                    final float[] a = random(m * depth + 64, random);
                    final float[] b = random(depth * n + 16, random);
                    final float[] c = random(m * n + 3, random);
                    final float[] d = c.clone();
                    final float[] formula = c.clone();
                    for (int k = 0; k < depth; k++) {
                        for (int i = 0; i < m * n; i++) {
                            formula[3 + i] =
                                    Math.fma(a[5 + i / n * depth + k], b[2 + k * n + i % n], formula[3 + i]);
                        }
                    }
                    plain.multiplyAdd(m, n, depth, a, 5, depth, 1, b, 2, n, c, 3, n);
                    best.multiplyAdd(m, n, depth, a, 5, depth, 1, b, 2, n, d, 3, n);
                    assertThat(c).containsExactly(formula);
                    assertThat(d).as("%d x %d, depth %d", m, n, depth).containsExactly(c);
                    plain.multiplyAdd(m, n, depth, a, 1, 1, m, b, 0, n, c, 3, n);
                    best.multiplyAdd(m, n, depth, a, 1, 1, m, b, 0, n, d, 3, n);
                    assertThat(Arrays.equals(d, c)).as("transposed, %d x %d, depth %d", m, n, depth).isTrue();
                }
            }
        }
    }

    private static float[] random(int n, Random random) {
        final float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
