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

    /** A width and seven more may be no int. */
    @Test
    void rowsMayBeAsWideAsAnInt() {
        for (int width : new int[] {1, 8, 9, Integer.MAX_VALUE - 7, Integer.MAX_VALUE - 6, Integer.MAX_VALUE}) {
            long bytes = (width + 7L) / 8;
            assertThat(Layout.of(0, SampleFormat.BIT_ROWS, 1, width).recordBytes()).isEqualTo(bytes);
            assertThat(Layout.of(0, SampleFormat.BIT_ROWS, width).records(3 * bytes)).isEqualTo(3);
        }
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
        for (int seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            Layout layout = Archives.randomLayout(random);
            SampleFormat format = layout.format();
            int bytes = (int) format.bytes(layout.shape());
            byte[] raw = new byte[bytes + 7];
            random.nextBytes(raw);
            boolean tame = random.nextBoolean();
            if (tame) {
                short[] levels = new short[(int) layout.dims()];
                for (int i = 0; i < levels.length; i++) {
                    levels[i] = (short) random.nextInt(format.levels());
                }
                format.pack(layout.shape(), levels, 0, raw, 3);
            }
            short[] samples = new short[(int) layout.dims() + 5];
            boolean fits = format.unpack(layout.shape(), raw, 3, samples, 2);
            byte[] back = raw.clone();
            Arrays.fill(back, 3, 3 + bytes, (byte) 0x55);
            byte[] small = new byte[samples.length];
            byte[] smallBack = back.clone();
            boolean smallFits = format.levels() <= 256 && format.unpack(layout.shape(), raw, 3, small, 2);
            if (fits) {
                format.pack(layout.shape(), samples, 2, back, 3);
                assertThat(back).as("seed %d, %s", seed, layout).isEqualTo(raw);
            }
            if (smallFits) {
                format.pack(layout.shape(), small, 2, smallBack, 3);
                assertThat(smallBack).as("seed %d, %s", seed, layout).isEqualTo(raw);
            }
            assertThat(fits || !tame).as("seed %d, %s", seed, layout).isTrue();
            assertThat(smallFits).as("seed %d, %s", seed, layout).isEqualTo(fits && format.levels() <= 256);
        }
    }

    @Test
    void wordsOfEitherOrderAndSign() {
        byte[] raw = {1, 2, (byte) 0x80, (byte) 0xff, 0, 0};
        short[] samples = new short[3];
        new SampleFormat.Words(false, false, false, 1 << 16).unpack(new int[] {3}, raw, 0, samples, 0);
        assertThat(samples).containsExactly(0x0201, (short) 0xff80, 0);
        new SampleFormat.Words(true, true, false, 1 << 16).unpack(new int[] {3}, raw, 0, samples, 0);
        assertThat(samples).containsExactly((short) 0x8102, 0x00ff, (short) 0x8000);
        SampleFormat.Words words = new SampleFormat.Words(true, false, false, 0x8100);
        assertThat(words.unpack(new int[] {3}, raw, 0, samples, 0)).isTrue();
        assertThat(words.withLevels(0x80ff).unpack(new int[] {3}, raw, 0, samples, 0)).isFalse();
        new SampleFormat.Words(true, false, true, 1 << 16).unpack(new int[] {1, 3}, raw, 0, samples, 0);
        assertThat(samples).containsExactly(0x0102, (short) 0x80ff, 0);
        assertThatThrownBy(() -> words.withLevels(1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Cuts lie where rows begin, and nowhere else. */
    @Test
    void rowsAndPlacesAreInverse() {
        for (int seed = 0; seed < 300; seed++) {
            Layout layout = Archives.randomLayout(new Random(seed));
            RowGrid grid = new RowGrid(layout);
            long end = layout.leading() + 3 * layout.recordBytes();
            long row = 0;
            for (long at = 0; at <= end; at++) {
                boolean begins = at == grid.offset(row) && at >= layout.leading();
                assertThat(grid.rowAt(at)).as("seed %d, %s, byte %d", seed, layout, at).isEqualTo(begins ? row : -1);
                if (begins) {
                    row += layout.format().hasRows() ? 1 : grid.height();
                }
            }
            assertThat(row - (layout.format().hasRows() ? 1 : grid.height())).isEqualTo(3 * grid.height());
            assertThat(grid.recordsBegun(1, 3 * grid.height())).isEqualTo(2);
        }
    }

    @Test
    void impossibleLayoutsAreRefused() {
        int big = 1 << 16;
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
