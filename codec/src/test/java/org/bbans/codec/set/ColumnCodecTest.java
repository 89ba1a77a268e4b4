package org.bbans.codec.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Sets of records without a model, and what they are made of. */
class ColumnCodecTest {

    @Test
    void setsComeBack() {
        for (int seed = 0; seed < 60; seed++) {
            final Random random = new Random(seed);
            final int size = 1 + random.nextInt(9);
            final int records = 1 + random.nextInt(seed % 10 == 0 ? 5000 : 60);
            final int values = 1 + random.nextInt(seed % 2 == 0 ? 3 : 256);
            final byte[] bytes = new byte[records * size];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(values) * 37);
            }
            final byte[] back = new byte[bytes.length];
            ColumnCodec.decode(ColumnCodec.encode(bytes, records, size, n -> {}), back, records, size, n -> {});
            final int prefix = random.nextInt(size + 1);
            RecordOrder.sort(bytes, 0, records, size, prefix);
            RecordOrder.sort(back, 0, records, size, prefix);
            assertThat(back).as("seed %d", seed).isEqualTo(bytes);
        }
    }

    /** n different keys of 64 random bits take 64 n - log2 n! bits. */
    @Test
    void orderCostsNothing() {
        final int records = 100_000;
        final byte[] keys = new byte[records * Long.BYTES];
        new Random(1).nextBytes(keys);
        double order = 0;
        for (int i = 2; i <= records; i++) {
            order += Math.log(i) / Math.log(2);
        }
        final double bits = ColumnCodec.encode(keys, records, Long.BYTES, n -> {}).length * 8.0;
        assertThat(bits).isCloseTo(64.0 * records - order, within(0.001 * bits));
    }

    /** However many bytes a record has: the memory that a decoder allows for is what it takes. */
    @Test
    void tablesTakeTheMemoryThatIsAllowedFor() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int values : new int[] {1, 2, 256}) {
            final int size = 1 << 18;
            final int records = 8;
            final byte[] bytes = new byte[records * size];
            final Random random = new Random(values);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.nextInt(values);
            }
            final byte[] payload = ColumnCodec.encode(bytes, records, size, n -> {});
            final byte[] back = new byte[bytes.length];
            ColumnCodec.decode(payload, back, records, size, n -> {});
            final byte[] cut = Arrays.copyOf(payload, 2 + tables(payload, records, size));
            final long before = threads.getCurrentThreadAllocatedBytes();
            // What is read of this is its tables alone.
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ColumnCodec.decode(cut, back, records, size, n -> {}));
            final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // The counts that a table is made of are gone at once.
            assertThat(allocated - (values == 256 ? 0 : (16 + 256L * Integer.BYTES) * size))
                    .isLessThan(ColumnCodec.memory(size, payload.length) + (1 << 20));
        }
    }

    /** Bytes of a payload's tables. */
    private static int tables(byte[] payload, int records, int size) {
        final ByteBuffer in = ByteBuffer.wrap(payload, 1, payload.length - 1);
        for (int c = 0; c < size; c++) {
            ColumnTable.read(in, records);
        }
        return in.position();
    }

    @Test
    void payloadDoesNotDependOnTheOrder() {
        final byte[] bytes = new byte[3000];
        new Random(2).nextBytes(bytes);
        final byte[] sorted = bytes.clone();
        RecordOrder.sort(sorted, 0, 1000, 3, 0);
        assertThat(ColumnCodec.encode(sorted, 1000, 3, n -> {})).isEqualTo(ColumnCodec.encode(bytes, 1000, 3, n -> {}));
    }

    @Test
    void orderIsThatOfUnsignedBytesBehindThePrefix() {
        final byte[] bytes = {1, -1, 5, 2, 0, 9, 0, -1, 5, 3, 0, 8};
        RecordOrder.sort(bytes, 0, 4, 3, 1);
        assertThat(bytes).containsExactly(3, 0, 8, 2, 0, 9, 0, -1, 5, 1, -1, 5);
    }

    /** Against a sorted map; records come in ascending order too, which makes a plain tree a list. */
    @Test
    void multisetKnowsRanks() {
        for (int seed = 0; seed < 20; seed++) {
            final Random random = new Random(seed);
            final int n = 2000;
            final byte[] bytes = new byte[2 * n];
            for (int i = 0; i < n; i++) {
                final int value = seed % 4 == 0 ? i : random.nextInt(seed % 4 == 1 ? 100 : 1 << 16);
                bytes[2 * i] = (byte) (value >> 8);
                bytes[2 * i + 1] = (byte) value;
            }
            final Multiset set = new Multiset(bytes, n, 2);
            final TreeMap<Integer, Integer> plain = new TreeMap<>();
            for (int i = 0; i < n; i++) {
                set.add(i);
                final int copies = plain.merge(value(bytes, i), 1, Integer::sum);
                assertThat(new int[] {set.below(), set.copies(), set.size()}).as("seed %d, %d", seed, i)
                        .containsExactly(below(plain, value(bytes, i)), copies, i + 1);
            }
            for (int left = n; left > 0; left--) {
                final int rank = random.nextInt(left);
                final int value = value(bytes, set.take(rank));
                assertThat(rank).isBetween(set.below(), set.below() + set.copies() - 1);
                assertThat(set.below()).isEqualTo(below(plain, value));
                assertThat(set.copies()).isEqualTo(plain.get(value));
                plain.merge(value, -1, (a, b) -> a + b == 0 ? null : a + b);
            }
        }
    }

    @Test
    void damageIsFound() {
        final byte[] bytes = new byte[800];
        new Random(3).nextBytes(bytes);
        final byte[] payload = ColumnCodec.encode(bytes, 100, 8, n -> {});
        for (int i = 0; i < payload.length; i++) {
            final byte[] cut = Arrays.copyOf(payload, i);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ColumnCodec.decode(cut, new byte[800], 100, 8, n -> {}));
        }
    }

    private static int value(byte[] bytes, int i) {
        return (bytes[2 * i] & 0xFF) << 8 | bytes[2 * i + 1] & 0xFF;
    }

    private static int below(TreeMap<Integer, Integer> plain, int value) {
        return plain.headMap(value).values().stream().mapToInt(Integer::intValue).sum();
    }
}
