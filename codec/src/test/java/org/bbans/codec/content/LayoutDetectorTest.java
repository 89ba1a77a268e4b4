package org.bbans.codec.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutDetectorTest {

    private static Optional<Records> detect(byte[] content) {
        return LayoutDetector.detect(content, content.length, content.length);
    }

    private static byte[] idx(int body, int... extents) {
        ByteBuffer b = ByteBuffer.allocate(4 + 4 * extents.length + body).putInt(0x0800 | extents.length);
        Arrays.stream(extents).forEach(b::putInt);
        return noise(b.array(), b.position());
    }

    private static byte[] npy(String type, String order, String shape, int body) {
        byte[] text = ("{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer b = ByteBuffer.allocate(10 + text.length + body).order(ByteOrder.LITTLE_ENDIAN);
        b.put((byte) 0x93).put("NUMPY\1\0".getBytes(StandardCharsets.US_ASCII)).putShort((short) text.length).put(text);
        return noise(b.array(), b.position());
    }

    private static byte[] netpbm(String header, int body) {
        byte[] h = header.getBytes(StandardCharsets.US_ASCII);
        return noise(Arrays.copyOf(h, h.length + body), h.length);
    }

    private static byte[] noise(byte[] content, int from) {
        byte[] noise = new byte[content.length - from];
        new Random(content.length).nextBytes(noise);
        System.arraycopy(noise, 0, content, from, noise.length);
        return content;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static Layout layout(long leading, int prefix, long count, SampleFormat format, int... shape) {
        return new Layout(leading, prefix, shape, format, count);
    }

    @Test
    void idx() {
        assertThat(detect(idx(5 * 784, 5, 28, 28)).orElseThrow().as(28, 28))
                .contains(layout(16, 0, 5, SampleFormat.U8, 28, 28));
        assertThat(detect(idx(5 * 784, 5, 784)).orElseThrow().as(28, 28))
                .contains(layout(12, 0, 5, SampleFormat.U8, 28, 28));
        assertThat(detect(idx(5 * 784, 5, 1, 28, 28)).orElseThrow().as(28, 28))
                .contains(layout(20, 0, 5, SampleFormat.U8, 28, 28));
        assertThat(detect(idx(5 * 784, 5, 28, 28)).orElseThrow().as(28, 27)).isEmpty();
        assertThat(detect(idx(5 * 784, 5, 28, 28)).orElseThrow().as(14, 56)).isEmpty();
    }

    @Test
    void idxThatSaysOtherThingsThanItsSizeIsOpaque() {
        // Cut off: the whole records that are there.
        assertThat(detect(idx(5 * 784 - 1, 5, 28, 28)).orElseThrow().as(28, 28))
                .contains(layout(16, 0, 4, SampleFormat.U8, 28, 28));
        assertThat(detect(idx(783, 5, 28, 28))).isEmpty();
        assertThat(detect(idx(100, 1000, 3, 5))).isEmpty();
        assertThat(detect(idx(10 * 784 + 17, 5, 28, 28))).isEmpty();
        assertThat(detect(idx(100, 0, 28, 28))).isEmpty();
        assertThat(detect(idx(100, -1, -1, -1))).isEmpty();
        assertThat(detect(idx(100, 65536, 65536, 65536, 65536))).isEmpty();
        assertThat(detect(idx(100, 100))).isEmpty();
        assertThat(detect(Arrays.copyOf(idx(0, 5, 28, 28), 9))).isEmpty();
    }

    @Test
    void aPipeIsTakenAtItsWord() {
        byte[] content = idx(5 * 784, 500, 28, 28);
        assertThat(LayoutDetector.detect(content, content.length, LayoutDetector.UNKNOWN_SIZE).orElseThrow().as(28, 28))
                .contains(layout(16, 0, 500, SampleFormat.U8, 28, 28));
        byte[] longer = idx(5 * 784, 4, 28, 28);
        assertThat(LayoutDetector.detect(longer, longer.length, LayoutDetector.UNKNOWN_SIZE)).isEmpty();
    }

    @Test
    void npy() {
        byte[] images = npy("|u1", "False", "(7, 28, 28)", 7 * 784);
        int leading = images.length - 7 * 784;
        assertThat(detect(images).orElseThrow().as(28, 28)).contains(layout(leading, 0, 7, SampleFormat.U8, 28, 28));
        byte[] flat = npy("|b1", "False", "(7, 784)", 7 * 784);
        assertThat(detect(flat).orElseThrow().as(28, 28))
                .contains(layout(flat.length - 7 * 784, 0, 7, SampleFormat.U8, 28, 28));
        byte[] page = npy("|u1", "False", "(196, 28)", 7 * 784);
        assertThat(detect(page).orElseThrow().as(28, 28))
                .contains(layout(page.length - 7 * 784, 0, 7, SampleFormat.U8, 28, 28));
        byte[] padded = npy("|u1", "False", "(7, 28, 28)", 7 * 784 + 100);
        assertThat(detect(padded).orElseThrow().as(28, 28)).as("others behind it")
                .contains(layout(leading, 0, 7, SampleFormat.U8, 28, 28));
        assertThat(detect(npy("<f4", "False", "(7, 28, 28)", 7 * 784))).isEmpty();
        // Cut off: the whole records that are there.
        assertThat(detect(npy("|u1", "False", "(7, 28, 29)", 7 * 784))).hasToString("Optional[cut-off NPY: 6 x 28x29]");
        assertThat(detect(npy("|u1", "False", "(7, 100, 100)", 7 * 784))).isEmpty();
        assertThat(detect(npy("|u1", "False", "(99999999999999999999, 28)", 7 * 784))).isEmpty();
        assertThat(detect(npy("|u1", "False", "(784,)", 784))).isEmpty();
    }

    @Test
    void netpbm() {
        assertThat(detect(netpbm("P5\n28 28\n255\n", 784)).orElseThrow().as(28, 28))
                .contains(layout(13, 0, 1, SampleFormat.U8, 28, 28));
        assertThat(detect(netpbm("P5 # a page\n# of digits\n28 84 255 ", 3 * 784)).orElseThrow().as(28, 28))
                .contains(layout(34, 0, 3, SampleFormat.U8, 28, 28));
        assertThat(detect(netpbm("P6\n32 64\n255\n", 2 * 3072)).orElseThrow().as(32, 32, 3))
                .contains(layout(13, 0, 2, SampleFormat.U8, 32, 32, 3));
        assertThat(detect(netpbm("P4\n105 210\n", 14 * 210)).orElseThrow().as(105, 105))
                .contains(layout(11, 0, 2, SampleFormat.BIT_ROWS, 105, 105));
        assertThat(detect(netpbm("P4\n784 5\n", 98 * 5)).orElseThrow().as(28, 28)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P5\n28 28\n65535\n", "P5\n28 28\n65536\n",
        "P7\nWIDTH 28\nHEIGHT 28\nDEPTH 1\nMAXVAL 0\nENDHDR\n",
        "P7\nWIDTH 28\nHEIGHT 28\nDEPTH 2\nMAXVAL 255\nENDHDR\n", "P7\nWIDTH 28\nHEIGHT 28\n",
        "P5\n28 29\n255\n", "P5\n0 28\n255\n", "P5\n28 28\n255",
        "P5\n-1 28 255\n",
        "P5\n999999999 999999999\n255\n", "P5\n9999999999 28\n255\n", "P2\n28 28\n255\n", "P5 #", "P5\n28 28\n2550\n"})
    void malformedNetpbmIsOpaque(String header) {
        byte[] content = netpbm(header, 784);
        assertThat(detect(content)).isEmpty();
        assertThat(LayoutDetector.whyOpaque(content, content.length, content.length)).isPresent();
    }

    private static Layout images(byte[] content) {
        Records records = detect(content).orElseThrow();
        assertThat(LayoutDetector.whyOpaque(content, content.length, content.length)).isEmpty();
        return records.images().orElseThrow();
    }

    private static SampleFormat.Words words(boolean bigEndian, boolean signed, boolean planar) {
        return new SampleFormat.Words(bigEndian, signed, planar, 1 << 16);
    }

    @Test
    void samplesOfTwoBytes() {
        assertThat(images(netpbm("P5\n30 20\n4095\n", 1200)))
                .isEqualTo(layout(14, 0, 1, new SampleFormat.Words(true, false, false, 4096), 20, 30));
        assertThat(images(netpbm("P6\n30 20\n65535\n", 3600)))
                .isEqualTo(layout(15, 0, 1, words(true, false, false), 20, 30, 3));
        String pam = "P7\nWIDTH 30\nHEIGHT 20\nDEPTH 4\nMAXVAL 1023\nTUPLTYPE RGB_ALPHA\nENDHDR\n";
        assertThat(images(netpbm(pam, 4800)))
                .isEqualTo(layout(pam.length(), 0, 1, new SampleFormat.Words(true, false, false, 1024), 20, 30, 4));
        byte[] npy = npy("<i2", "False", "(4, 20, 30)", 4800);
        assertThat(images(npy)).isEqualTo(layout(npy.length - 4800, 0, 4, words(false, true, false), 20, 30));
        npy = npy(">u2", "True", "(20, 30, 3)", 3600);
        assertThat(images(npy)).isEqualTo(layout(npy.length - 3600, 0, 1, words(true, false, true), 30, 20, 3));
        npy = npy("|i1", "False", "(20, 30)", 600);
        assertThat(images(npy)).isEqualTo(layout(npy.length - 600, 0, 1, SampleFormat.I8, 20, 30));
        byte[] idx = idx(4800, 4, 20, 30);
        idx[2] = 0x0b;
        assertThat(images(idx)).isEqualTo(layout(16, 0, 4, words(true, true, false), 20, 30));
        assertThat(images(npy("|u1", "False", "(5, 20, 30, 3)", 9000)).shape()).containsExactly(20, 30, 3);
        Layout planes = images(npy("|u1", "False", "(5, 3, 20, 30)", 9000));
        assertThat(planes.shape()).containsExactly(20, 30, 3);
        assertThat(planes.format()).isEqualTo(SampleFormat.PLANES);
        assertThat(planes.count()).isEqualTo(5);
        assertThat(images(npy("|u1", "False", "(5, 6, 20, 30)", 18000)).count()).isEqualTo(30);
        assertThat(detect(npy("|u1", "False", "(600, 1)", 600)).orElseThrow().images()).isEmpty();
        assertThat(RecordShape.parse("20x30:i16be", 7).images())
                .contains(layout(7, 0, Layout.UNKNOWN, words(true, true, false), 20, 30));
        assertThat(RecordShape.parse("20x30x3:planes:u16le", 0).images())
                .contains(layout(0, 0, Layout.UNKNOWN, words(false, false, true), 20, 30, 3));
        assertThat(RecordShape.parse("19x20x30:u16le", 0).images())
                .contains(layout(0, 0, Layout.UNKNOWN, words(false, false, false), 20, 30));
    }

    @Test
    void dicomOfBothKinds() {
        byte[] pixels = noise(new byte[2400], 0);
        ByteBuffer implicit = ByteBuffer.allocate(4000).order(ByteOrder.LITTLE_ENDIAN);
        element(implicit, 0x0008, 0x0005, "", "ISO_IR 100".getBytes(StandardCharsets.US_ASCII));
        element(implicit, 0x0028, 0x0008, "", "2 ".getBytes(StandardCharsets.US_ASCII));
        dicomImage(implicit, "", pixels);
        assertThat(images(bytes(implicit))).isEqualTo(
                layout(implicit.position() - 2400, 0, 2, words(false, true, false), 20, 30));
        ByteBuffer explicit = ByteBuffer.allocate(4000).order(ByteOrder.LITTLE_ENDIAN);
        explicit.position(128).put("DICM".getBytes(StandardCharsets.US_ASCII));
        element(explicit, 0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1\0".getBytes(StandardCharsets.US_ASCII));
        // A sequence of undefined length, with items of both kinds; in one of them lies another sequence.
        sequence(explicit, 0x1140);
        item(explicit, 0xe000, 12);
        element(explicit, 0x0008, 0x1150, "UI", "1.20".getBytes(StandardCharsets.US_ASCII));
        item(explicit, 0xe000, -1);
        element(explicit, 0x0008, 0x1150, "UI", "1.21".getBytes(StandardCharsets.US_ASCII));
        sequence(explicit, 0x2218);
        item(explicit, 0xe000, 0);
        item(explicit, 0xe0dd, 0);
        item(explicit, 0xe00d, 0);
        item(explicit, 0xe0dd, 0);
        element(explicit, 0x0028, 0x0008, "IS", "2 ".getBytes(StandardCharsets.US_ASCII));
        dicomImage(explicit, "OW", pixels);
        assertThat(images(bytes(explicit))).isEqualTo(
                layout(explicit.position() - 2400, 0, 2, words(false, true, false), 20, 30));
        byte[] cut = Arrays.copyOf(bytes(explicit), explicit.position() - 1);
        assertThat(LayoutDetector.whyOpaque(cut, cut.length, cut.length)).hasValueSatisfying(
                reason -> assertThat(reason).contains("2400 bytes of pixels and has fewer"));
    }

    private static void sequence(ByteBuffer to, int element) {
        to.putShort((short) 0x0008).putShort((short) element).put("SQ\0\0".getBytes(StandardCharsets.US_ASCII))
                .putInt(-1);
    }

    private static void item(ByteBuffer to, int element, int length) {
        to.putShort((short) 0xfffe).putShort((short) element).putInt(length);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static void dicomImage(ByteBuffer to, String type, byte[] pixels) {
        int[][] numbers = {{0x0010, 20}, {0x0011, 30}, {0x0100, 16}, {0x0103, 1}};
        for (int[] number : numbers) {
            element(to, 0x0028, number[0], type.isEmpty() ? "" : "US", new byte[] {(byte) number[1], 0});
        }
        element(to, 0x7fe0, 0x0010, type, pixels);
    }

    private static void element(ByteBuffer to, int group, int element, String type, byte[] value) {
        to.putShort((short) group).putShort((short) element).put(type.getBytes(StandardCharsets.US_ASCII));
        if (type.isEmpty()) {
            to.putInt(value.length);
        } else if (type.equals("OW")) {
            to.putShort((short) 0).putInt(value.length);
        } else {
            to.putShort((short) value.length);
        }
        to.put(value);
    }

    @Test
    void imagesOfOneSizeInARowAreRecordsWithTheirHeaders() {
        byte[] image = netpbm("P5\n28 28\n255\n", 784);
        assertThat(detect(concat(image, image, image)).orElseThrow().as(28, 28))
                .contains(layout(0, 13, Layout.UNKNOWN, SampleFormat.U8, 28, 28));
        assertThat(detect(concat(image, image, netpbm("P5\n28 27\n255\n", 756))).orElseThrow().as(28, 28))
                .contains(layout(13, 0, 1, SampleFormat.U8, 28, 28));
    }

    @Test
    void cifar() {
        byte[] ten = noise(new byte[8 * 3073], 0);
        byte[] hundred = noise(new byte[8 * 3074], 0);
        for (int i = 0; i < 8; i++) {
            ten[i * 3073] = (byte) (9 - i);
            hundred[i * 3074] = (byte) (19 - i);
            hundred[i * 3074 + 1] = (byte) (99 - i);
        }
        assertThat(detect(ten).orElseThrow().layout())
                .contains(layout(0, 1, Layout.UNKNOWN, SampleFormat.PLANES, 32, 32, 3));
        assertThat(detect(hundred).orElseThrow().layout())
                .contains(layout(0, 2, Layout.UNKNOWN, SampleFormat.PLANES, 32, 32, 3));
        ten[3073] = 10;
        assertThat(detect(ten)).isEmpty();
        assertThat(detect(new byte[8 * 3073])).isEmpty();
        assertThat(detect(Arrays.copyOf(hundred, hundred.length - 1))).isEmpty();
    }

    @Test
    void planesAndPixels() {
        byte[] planes = npy("|u1", "False", "(5, 3, 8, 9)", 5 * 216);
        byte[] pixels = npy("|u1", "False", "(5, 8, 9, 3)", 5 * 216);
        int leading = planes.length - 5 * 216;
        assertThat(detect(planes).orElseThrow().as(8, 9, 3))
                .contains(layout(leading, 0, 5, SampleFormat.PLANES, 8, 9, 3));
        assertThat(detect(planes).orElseThrow().as(3, 8, 9))
                .contains(layout(leading, 0, 5, SampleFormat.U8, 3, 8, 9));
        assertThat(detect(pixels).orElseThrow().as(8, 9, 3))
                .contains(layout(leading, 0, 5, SampleFormat.U8, 8, 9, 3));
        assertThat(detect(planes).orElseThrow().as(9, 8, 3)).isEmpty();
        Records described = RecordShape.parse("8x9x3:planes", 4);
        assertThat(described.layout()).contains(layout(4, 0, Layout.UNKNOWN, SampleFormat.PLANES, 8, 9, 3));
        assertThat(described.as(8, 9, 3)).isEqualTo(described.layout());
        assertThat(described.as(3, 8, 9)).contains(layout(4, 0, Layout.UNKNOWN, SampleFormat.U8, 3, 8, 9));
        assertThat(described.as(4, 9, 3)).isEmpty();
        assertThat(RecordShape.parse("3x8x9", 4).as(8, 9, 3)).isEqualTo(described.layout());
        assertThat(RecordShape.parse("8x9x3", 0).as(4, 9, 3)).isPresent();
    }

    @Test
    void twoValues() {
        byte[] content = idx(5 * 784, 5, 28, 28);
        Records records = detect(content).orElseThrow();
        assertThat(records.twoValues(content, content.length)).isEmpty();
        for (int i = 16; i < content.length; i++) {
            content[i] = (byte) (content[i] < 0 ? 255 : 0);
        }
        assertThat(records.twoValues(content, content.length)).contains(new SampleFormat.TwoValued(0, 255));
        content[content.length - 1] = 7;
        assertThat(records.twoValues(content, content.length)).isEmpty();
        Arrays.fill(content, 16, content.length, (byte) 3);
        assertThat(records.twoValues(content, content.length)).isEmpty();
    }

    @Test
    void describedRecords() {
        assertThat(RecordShape.parse("28x28", 16).as(28, 28))
                .contains(layout(16, 0, Layout.UNKNOWN, SampleFormat.U8, 28, 28));
        assertThat(RecordShape.parse("28x28:bits", 0).as(28, 28))
                .contains(layout(0, 0, Layout.UNKNOWN, SampleFormat.BITS, 28, 28));
        assertThat(RecordShape.parse("105x105:bitrows", 0).layout())
                .contains(layout(0, 0, Layout.UNKNOWN, SampleFormat.BIT_ROWS, 105, 105));
        assertThat(RecordShape.parse("784", 0).as(28, 28)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x28", "28x28:u16", "28x28:u16le:planes", "28*28",
        "3x3:bits", "9:planes", "0x28", "1x2x3x4x5",
        "99999x99999", "-1x3"})
    void wrongDescriptions(String text) {
        assertThatThrownBy(() -> RecordShape.parse(text, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RecordShape.parse("28x28", -1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever follows a known magic, detection ends, and a layout that it finds lies within the content. */
    @Property(tries = 3000)
    void hostileHeadersAreHarmless(@ForAll @Size(max = 60) byte[] noise, @ForAll byte which) {
        byte[][] magics = {{0, 0, 8, 3}, {0, 0, 8, 2, 0, 0, 0}, "P5 ".getBytes(StandardCharsets.US_ASCII),
            "P4\n8 ".getBytes(StandardCharsets.US_ASCII), "P7\nWIDTH 1\nHEIGHT 1\n".getBytes(StandardCharsets.US_ASCII),
            {8, 0, 5, 0, 2, 0, 0, 0, 0, 0}, {0, 0, 11, 2},
            concat(new byte[128], "DICM".getBytes(StandardCharsets.US_ASCII)),
            "\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1)};
        byte[] content = concat(magics[(which & 0xFF) % magics.length], noise);
        for (long size : new long[] {content.length, LayoutDetector.UNKNOWN_SIZE}) {
            Optional<Records> found = LayoutDetector.detect(content, content.length, size);
            found.ifPresent(records -> {
                records.as(28, 28);
                records.images();
                records.twoValues(content, content.length);
            });
            if (size >= 0) {
                found.flatMap(Records::layout).ifPresent(l -> assertThat(l.leading()
                        + Math.max(l.count(), 1) * l.recordBytes()).isLessThanOrEqualTo(size));
            }
        }
    }
}
