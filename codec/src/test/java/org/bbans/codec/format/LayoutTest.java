package org.bbans.codec.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bbans.codec.archive.Archives;
import org.junit.jupiter.api.Test;

class LayoutTest {

    @Test
    void bitsAreReadMostSignificantFirst() {
        byte[] samples = new byte[16];
        assertThat(SampleFormat.BITS.unpack(new int[] {2, 8}, new byte[] {(byte) 0xa1, 0x0f}, 0, samples, 0)).isTrue();
        assertThat(samples).containsExactly(1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 1);
    }

    @Test
    void rowsOfBitsArePaddedWithZerosAndNothingElse() {
        int[] shape = {2, 3};
        byte[] samples = new byte[6];
        assertThat(SampleFormat.BIT_ROWS.bytes(shape)).isEqualTo(2);
        assertThat(SampleFormat.BIT_ROWS.unpack(shape, new byte[] {(byte) 0xa0, 0x60}, 0, samples, 0)).isTrue();
        assertThat(samples).containsExactly(1, 0, 1, 0, 1, 1);
        assertThat(SampleFormat.BIT_ROWS.unpack(shape, new byte[] {(byte) 0xa1, 0x60}, 0, samples, 0)).isFalse();
    }

    /** The filling bits stay 0; only which of the two is level 1 changes. */
    @Test
    void invertedFormatsReadTheSameBytesWithTheLevelsExchanged() {
        int[] shape = {2, 3};
        byte[] samples = new byte[6];
        SampleFormat.TwoLevel rows = SampleFormat.BIT_ROWS.inverted();
        assertThat(rows.unpack(shape, new byte[] {(byte) 0xa0, 0x60}, 0, samples, 0)).isTrue();
        assertThat(samples).containsExactly(0, 1, 0, 1, 0, 0);
        assertThat(rows.unpack(shape, new byte[] {(byte) 0xbf, 0x60}, 0, samples, 0)).isFalse();
        byte[] bits = new byte[8];
        assertThat(SampleFormat.BITS.inverted().unpack(new int[] {8}, new byte[] {(byte) 0xa1}, 0, bits, 0)).isTrue();
        assertThat(bits).containsExactly(0, 1, 0, 1, 1, 1, 1, 0);
        for (SampleFormat.TwoLevel format : List.of(SampleFormat.BITS, rows, new SampleFormat.TwoValued(3, 9))) {
            assertThat(format.inverted()).isNotEqualTo(format);
            assertThat(format.inverted().inverted()).isEqualTo(format);
        }
    }

    @Test
    void planesBecomePixels() {
        byte[] samples = new byte[6];
        assertThat(SampleFormat.PLANES.unpack(new int[] {1, 2, 3}, new byte[] {1, 2, 3, 4, 5, 6}, 0, samples, 0))
                .isTrue();
        assertThat(samples).containsExactly(1, 3, 5, 2, 4, 6);
        assertThatThrownBy(() -> Layout.of(0, SampleFormat.PLANES, 6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aThirdValueDoesNotFitTwo() {
        SampleFormat format = new SampleFormat.TwoValued(0, 255);
        byte[] samples = new byte[3];
        assertThat(format.unpack(new int[] {3}, new byte[] {0, -1, 0}, 0, samples, 0)).isTrue();
        assertThat(samples).containsExactly(0, 1, 0);
        assertThat(format.unpack(new int[] {3}, new byte[] {0, -1, 1}, 0, samples, 0)).isFalse();
        assertThatThrownBy(() -> new SampleFormat.TwoValued(4, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever unpacks packs to the same bytes, at any offset, and touches nothing around them. */
    @Test
    void packingIsTheInverseOfUnpacking() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Layout layout = Archives.randomLayout(random);
            int bytes = layout.format().bytes(layout.shape());
            byte[] raw = new byte[bytes + 7];
            random.nextBytes(raw);
            boolean tame = random.nextBoolean();
            for (int i = 3; tame && i < 3 + bytes; i++) {
                raw[i] = layout.format() instanceof SampleFormat.TwoValued two
                        ? (byte) (random.nextBoolean() ? two.lo() : two.hi()) : 0;
            }
            byte[] samples = new byte[layout.dims() + 5];
            boolean fits = layout.format().unpack(layout.shape(), raw, 3, samples, 2);
            byte[] back = raw.clone();
            Arrays.fill(back, 3, 3 + bytes, (byte) 0x55);
            if (fits) {
                layout.format().pack(layout.shape(), samples, 2, back, 3);
                assertThat(back).as("seed %d, %s", seed, layout).isEqualTo(raw);
            }
            assertThat(fits || !tame).as("seed %d, %s", seed, layout).isTrue();
        }
    }

    @Test
    void impossibleLayoutsAreRefused() {
        int big = 1 << 13;
        assertThatThrownBy(() -> Layout.of(0, SampleFormat.U8, big, big)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layout.of(0, SampleFormat.U8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layout.of(0, SampleFormat.U8, 3, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layout.of(-1, SampleFormat.U8, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layout.of(0, SampleFormat.BITS, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layout.of(0, SampleFormat.U8, 3).withPrefix(256))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Layout.of(9, SampleFormat.U8, 3).withCount(Long.MAX_VALUE / 3))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void recordsEndWhereTheContentOrTheCountDoes() {
        Layout layout = Layout.of(10, SampleFormat.U8, 5).withPrefix(1);
        assertThat(layout.records(9)).isZero();
        assertThat(layout.records(27)).isEqualTo(2);
        assertThat(layout.withCount(1).records(27)).isEqualTo(1);
        assertThat(Layout.NONE.records(27)).isZero();
    }
}
