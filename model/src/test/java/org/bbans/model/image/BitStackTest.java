package org.bbans.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.bbans.codec.ans.AnsStack;
import org.bbans.codec.format.CorruptArchiveException;
import org.junit.jupiter.api.Test;

/** The bits come back, and the bytes are those of the stack that everything else uses. */
class BitStackTest {

    @Test
    void isAnAnsStackOfOneHead() throws CorruptArchiveException {
        final SplittableRandom random = new SplittableRandom(3);
        for (int n : new int[] {0, 1, 2, 1000, 70000}) {
            final BitStack stack = new BitStack();
            final AnsStack peer = new AnsStack(1);
            final int[] probability = new int[n];
            final int[] bit = new int[n];
            stack.begin();
            for (int i = 0; i < n; i++) {
                probability[i] = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(65535);
                bit[i] = random.nextInt(65536) < probability[i] ? 1 : 0;
                stack.write(bit[i], probability[i]);
            }
            for (int i = n - 1; i >= 0; i--) {
                peer.push(new int[] {bit[i] == 1 ? 0 : probability[i]},
                        new int[] {bit[i] == 1 ? probability[i] : 65536 - probability[i]}, 0, 1, 16);
            }
            final byte[] bytes = stack.finish(3);
            assertThat(Arrays.copyOfRange(bytes, 3, bytes.length)).isEqualTo(peer.toBytes());
            stack.open(bytes, 3);
            for (int i = 0; i < n; i++) {
                assertThat(stack.read(probability[i])).isEqualTo(bit[i]);
            }
            assertThat(stack.isInitial()).isTrue();
            assertThat(stack.ranDry()).isFalse();
        }
    }
}
