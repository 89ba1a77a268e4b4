package org.bbans.codec.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bbans.codec.Codec;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.distribution.DistributionCases.Case;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Codec} promises, over every distribution and number of heads. */
class CodecContractTest {

    private static final int ROWS = DistributionCases.ROWS;
    private static final int OFFSET = 3;

    static List<Case> cases() {
        return DistributionCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void popUndoesPushAndPushUndoesPop(Case c) {
        final Distribution d = c.make();
        final Random random = new Random(3);
        for (int heads = 1; heads <= AnsStack.MAX_HEADS; heads *= 2) {
            final AnsStack stack = Stacks.random(random, heads, ROWS);
            stack.setEngine(c.engine());
            final byte[] before = stack.toBytes();
            final Codec codec = new DistributionCodec(d, ROWS);
            assertThat(codec.size()).isEqualTo(ROWS);

            final int[] sample = new int[OFFSET + ROWS];
            codec.pop(stack, sample, OFFSET);
            codec.push(stack, sample, OFFSET);
            assertThat(stack.toBytes()).as("push after pop, %d heads", heads).isEqualTo(before);

            final int[] x = random.ints(OFFSET + ROWS, 0, d.levels()).toArray();
            final int[] y = x.clone();
            codec.push(stack, x, OFFSET);
            assertThat(x).as("push must not change the symbols").isEqualTo(y);
            Arrays.fill(y, OFFSET, y.length, -1);
            codec.pop(stack, y, OFFSET);
            assertThat(y).as("pop after push, %d heads", heads).isEqualTo(x);
            assertThat(stack.toBytes()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sizeIsTheInformationContent(Case c) {
        final Distribution d = c.make();
        final int heads = 4;
        final AnsStack stack = Stacks.random(new Random(4), heads, 20 * ROWS);
        final Codec codec = new DistributionCodec(d, ROWS);
        final int[][] x = new int[20][ROWS];
        final int[] start = new int[ROWS];
        final int[] freq = new int[ROWS];
        double information = 0;
        for (int[] batch : x) {
            codec.pop(stack, batch, 0);
            d.intervals(batch, 0, ROWS, start, freq);
            for (int f : freq) {
                information += Distribution.PRECISION - Math.log(f) / Math.log(2);
            }
        }
        final AnsStack fresh = new AnsStack(heads);
        for (int[] batch : x) {
            codec.push(fresh, batch, 0);
        }
        // A head begins with 31 bits of no meaning and is written with up to 33 unused ones.
        assertThat(fresh.sizeInBytes() * 8.0 - information).isBetween(31.0 * heads, 64.0 * heads + 0.01);
        assertThat(Stacks.information(fresh) - 31 * heads).isCloseTo(information, within(0.1));
    }
}
