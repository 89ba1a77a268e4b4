package org.bbans.codec.distribution;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.bbans.codec.ans.AnsStack;

/** Stacks for tests. */
public final class Stacks {

    private Stacks() {}

    /** A stack in a random state, with words for {@code symbols} symbols and some more. */
    public static AnsStack random(Random random, int heads, int symbols) {
        final ByteBuffer b = ByteBuffer.allocate(8 * heads + 4 * (symbols + heads)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < heads; i++) {
            // Every magnitude of head, not mostly the great ones.
            b.putLong(1L << 62 - random.nextInt(32) | random.nextLong() >>> 1 + random.nextInt(32) & (1L << 62) - 1);
            if (b.getLong(8 * i) < 1L << 31) {
                b.putLong(8 * i, 1L << 31);
            }
        }
        while (b.hasRemaining()) {
            b.putInt(random.nextInt());
        }
        return AnsStack.fromBytes(b.array(), 0, b.capacity(), heads);
    }

    /** The bits that the stack holds: the logarithms of its heads, and 32 for each word. */
    public static double information(AnsStack stack) {
        final ByteBuffer b = ByteBuffer.wrap(stack.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        double bits = 0;
        for (int i = 0; i < stack.heads(); i++) {
            bits += Math.log(b.getLong()) / Math.log(2);
        }
        return bits + 8.0 * b.remaining();
    }
}
