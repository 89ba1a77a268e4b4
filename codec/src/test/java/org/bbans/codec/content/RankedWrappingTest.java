package org.bbans.codec.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.content.number.RankedWrapping;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankedWrappingTest {

    private static final int ELEMENTS = 40 * 7 * 5;

    private final Random random = new Random(5);

    /** An array of levels, each stored as a type does it. */
    private byte[] array(String type, int levels, String shape, int seed) {
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }      \n";
        int bytes = type.charAt(2) - '0';
        ByteBuffer out = ByteBuffer.allocate(10 + text.length() + bytes * ELEMENTS)
                .order(type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        out.put("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1));
        out.put((byte) text.length()).put((byte) 0).put(text.getBytes(StandardCharsets.ISO_8859_1));
        Random levelsOf = new Random(seed);
        for (int i = 0; i < ELEMENTS; i++) {
            int k = levelsOf.nextInt(levels);
            switch (type.substring(1)) {
                case "f4" -> out.putFloat(k / 255f);
                case "f8" -> out.putDouble(k / 127.5 - 1);
                case "f2" -> out.putShort((short) (k * 3 - 300));
                case "i8" -> out.putLong(k - 40L);
                case "u2", "i2" -> out.putShort((short) (k * 257));
                default -> out.putInt(k);
            }
        }
        return out.array();
    }

    /** An array of doubles of so many steps of a random walk, of which many have ranks of two bytes. */
    private byte[] walk(int elements, String shape, double step) {
        String text = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }      \n";
        ByteBuffer out = ByteBuffer.allocate(10 + text.length() + 8 * elements).order(ByteOrder.LITTLE_ENDIAN);
        out.put("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1));
        out.put((byte) text.length()).put((byte) 0).put(text.getBytes(StandardCharsets.ISO_8859_1));
        int at = 0;
        for (int i = 0; i < elements; i++) {
            at += random.nextInt(31) - 15;
            out.putDouble(at * step);
        }
        return out.array();
    }

    private static void assertComesBack(byte[] file) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        Wrappings.rewrap(wrapping, new ByteArrayInputStream(content.toByteArray()), back, () -> false);
        assertThat(back.toByteArray()).isEqualTo(file);
    }

    private static Optional<Wrapping> unwrap(byte[] file, ByteArrayOutputStream content) throws IOException {
        try (Spool spool = new Spool(null)) {
            Optional<Wrapping> wrapping = Wrappings.unwrap(Wrappings.FileKind.RANKED, ContentView.of(file), spool);
            try (InputStream in = spool.open()) {
                in.transferTo(content);
            }
            return wrapping;
        }
    }

    private static boolean isRanked(byte[] file) {
        return Wrappings.kind(file, file.length).equals(Optional.of(Wrappings.FileKind.RANKED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<f4", ">f4", "<f8", ">f8", "<f2", "<i8", "<u2", ">i2", "<i4", "|u4"})
    void arraysOfFewValuesBecomeBytesAndComeBack(String type) throws IOException {
        byte[] file = array(type, 200, "40, 7, 5", 1);
        assertThat(isRanked(file)).isTrue();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        byte[] inside = content.toByteArray();
        Records records = LayoutDetector.detect(inside, inside.length, inside.length).orElseThrow();
        assertThat(records.toString()).contains("40 x 7x5");
        assertThat(inside.length % 64).isEqualTo(ELEMENTS % 64);
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        Wrappings.rewrap(wrapping, new ByteArrayInputStream(inside), back, () -> false);
        assertThat(back.toByteArray()).isEqualTo(file);
    }

    /** A row of numbers is stored in planes, in several blocks; rows of them are samples of 16 bits. */
    @Test
    void arraysOfManyValuesBecomeWords() throws IOException {
        byte[] row = walk(150_000, "150000,", 0.37);
        assertThat(isRanked(row)).isTrue();
        assertComesBack(row);
        byte[] rows = walk(40_000, "200, 200", 1);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(rows, content).orElseThrow();
        assertThat(Wrappings.needsModel(wrapping)).isTrue();
        // Whole numbers: a table of nothing but ones.
        assertThat(wrapping.data().length).isLessThan(300);
        byte[] inside = content.toByteArray();
        assertThat(LayoutDetector.detect(inside, inside.length, inside.length).orElseThrow().images().orElseThrow())
                .satisfies(layout -> assertThat(layout.shape()).containsExactly(200, 200))
                .satisfies(layout -> assertThat(layout.format().levels()).isEqualTo(1 << 16));
        assertComesBack(rows);
    }

    /** Numbers behind other headers, in the other order of bytes, and with bytes behind them. */
    @Test
    void otherFormatsHaveArraysToo() throws IOException {
        byte[] pixels = new byte[4 * 64 * 32];
        ByteBuffer numbers = ByteBuffer.wrap(pixels);
        for (int i = 0; i < 64 * 32; i++) {
            numbers.putFloat(random.nextInt(100) - 50);
        }
        StringBuilder fits = new StringBuilder();
        for (String card : new String[] {"SIMPLE  =                    T", "BITPIX  =                  -32",
            "NAXIS   =                    2", "NAXIS1  =                   64", "NAXIS2  =                   32 / rows",
            "END"}) {
            fits.append(card).append(" ".repeat(80 - card.length()));
        }
        ByteBuffer nifti = ByteBuffer.allocate(352 + pixels.length);
        nifti.putInt(0, 348).putShort(40, (short) 2).putShort(42, (short) 64).putShort(44, (short) 32)
                .putShort(70, (short) 16).putFloat(108, 352).put(344, "n+1".getBytes(StandardCharsets.US_ASCII));
        nifti.put(352, pixels);
        for (byte[] file : new byte[][] {nifti.array(), concat(fits + " ".repeat(2880 - fits.length()), pixels, 688),
            concat("Pf\n64 32\n1.0\n", pixels, 0)}) {
            assertThat(isRanked(file)).isTrue();
            assertComesBack(file);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            unwrap(file, content).orElseThrow();
            byte[] inside = content.toByteArray();
            assertThat(LayoutDetector.detect(inside, inside.length, inside.length).orElseThrow().toString())
                    .contains("32 x 64");
        }
    }

    private static byte[] concat(String header, byte[] pixels, int zeros) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(pixels);
        out.writeBytes(new byte[zeros]);
        return out.toByteArray();
    }

    /** The difference of the least and the greatest number may be none of 64 bits with a sign. */
    @Test
    void numbersMayLieFarApart() throws IOException {
        for (long far : new long[] {1L << 62, Long.MAX_VALUE, (1L << 62) - 1}) {
            byte[] file = array("<i8", 200, "40, 7, 5", 6);
            ByteBuffer numbers = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 1; i <= ELEMENTS; i++) {
                numbers.putLong(file.length - 8 * i, i % 300 == 0 ? far : i % 300 == 1 ? -far : i % 300);
            }
            assertComesBack(file);
        }
    }

    /** Ranks ascend with the values; they are the levels where these were scaled, even if some are missing. */
    @Test
    void ranksAreLevelsOrAscend() throws IOException {
        for (String type : new String[] {"<f4", "<f8", "<i4"}) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            unwrap(array(type, 90, "40, 7, 5", 2), content).orElseThrow();
            Random levels = new Random(2);
            byte[] inside = content.toByteArray();
            for (int i = inside.length - ELEMENTS; i < inside.length; i++) {
                assertThat(inside[i]).as(type).isEqualTo((byte) levels.nextInt(90));
            }
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        unwrap(array("<i8", 90, "40, 7, 5", 3), content).orElseThrow();
        byte[] inside = content.toByteArray();
        Random levels = new Random(3);
        for (int i = inside.length - ELEMENTS; i < inside.length; i++) {
            assertThat(inside[i]).isEqualTo((byte) levels.nextInt(90));
        }
    }

    @Test
    void otherArraysAreLeftAlone() throws IOException {
        byte[] file = array("<f4", 256, "40, 7, 5", 4);
        assertThat(isRanked(file)).isTrue();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putFloat(file.length - 4, 0.3f);
        boolean few = isRanked(file);
        assertThat(unwrap(file, new ByteArrayOutputStream()).isPresent()).isEqualTo(few);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putFloat(file.length - 8, Float.NaN).putFloat(
                file.length - 12, -0f);
        for (int i = 0; i < ELEMENTS - 4; i++) {
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putFloat(file.length - 16 - 4 * i, i + 0.5f);
        }
        assertThat(isRanked(file)).isFalse();
        assertThat(unwrap(file, new ByteArrayOutputStream())).isEmpty();
        byte[] whole = array("<f4", 9, "40, 7, 5", 4);
        assertComesBack(Arrays.copyOf(whole, file.length + 1));
        assertThat(unwrap(Arrays.copyOf(whole, file.length - 1), new ByteArrayOutputStream())).isEmpty();
        byte[] bytes = array("<u2", 9, "40, 7, 5", 4);
        System.arraycopy("|u1".getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 21, 3);
        assertThat(isRanked(bytes)).isFalse();
    }

    @Test
    void whatIsDamagedIsRefusedOrDoesNotMatter() throws IOException {
        byte[] file = array("<f8", 30, "40, 7, 5", 6);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        Wrapping wrapping = unwrap(file, content).orElseThrow();
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] data = wrapping.data().clone();
            byte[] inside = content.toByteArray();
            byte[] changed = i % 2 == 0 ? data : inside;
            changed[random.nextInt(i % 8 == 0 ? 2 : changed.length)] += (byte) (1 + random.nextInt(255));
            byte[] cut = i % 5 == 0 ? Arrays.copyOf(data, random.nextInt(data.length)) : data;
            ByteArrayOutputStream back = new ByteArrayOutputStream();
            try {
                Wrappings.rewrap(new Wrapping(RankedWrapping.KIND, file.length, wrapping.crc(), cut),
                        new ByteArrayInputStream(inside), back, () -> false);
                // A value that no element has, or a header that only has to be skipped.
                assertThat(back.toByteArray()).as("round %d", i).isEqualTo(file);
            } catch (CorruptArchiveException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    /** NIfTI-2 says in 64 bits where its voxels begin. */
    @ParameterizedTest
    @ValueSource(longs = {(1L << 33) - 60_000, (1L << 32) - 1000, Long.MAX_VALUE, Long.MIN_VALUE, -1000, 131_073})
    void arraysThatBeginNowhereAreNone(long from) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(0, 540).put(4, "n+2\0".getBytes(StandardCharsets.US_ASCII)).putShort(12, (short) 4);
        head.putLong(16, 2).putLong(24, 1 << 20).putLong(32, 1 << 20).putLong(168, from);
        assertThat(Wrappings.kind(head.array(), head.capacity())).isEmpty();
        try (Spool spool = new Spool()) {
            assertThat(Wrappings.unwrap(Wrappings.FileKind.RANKED, ContentView.of(head.array()), spool)).isEmpty();
        }
    }
}
