package org.bbans.codec.content.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarWrappingTest {

    private static final int BLOCK = 512;
    private static final int CHECKSUM = 148;

    private static final class Tar {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Tar member(String name, int size, long time, char type, int contentBytes) {
            byte[] header = new byte[BLOCK];
            put(header, 0, name);
            put(header, 100, "0000644\0000001750\0000001750\0");
            put(header, 124, String.format("%011o\0%011o\0        %c", size, time, type));
            put(header, 257, "ustar\00000user");
            return block(header).bytes(new byte[(contentBytes + BLOCK - 1) / BLOCK * BLOCK]);
        }

        Tar block(byte[] header) {
            int sum = 0;
            for (byte b : header) {
                sum += b & 0xFF;
            }
            put(header, CHECKSUM, String.format("%06o\0 ", sum));
            return bytes(header);
        }

        Tar bytes(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        byte[] all() {
            return out.toByteArray();
        }

        private static void put(byte[] header, int at, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(bytes, 0, header, at, bytes.length);
        }
    }

    private record Reduced(Optional<Wrapping> wrapping, byte[] content) {}

    private static Reduced reduced(byte[] tar) throws IOException {
        try (Spool content = new Spool()) {
            Optional<Wrapping> wrapping = Wrappings.unwrap(Wrappings.FileKind.TAR, ContentView.of(tar), content);
            try (InputStream in = content.open()) {
                return new Reduced(wrapping, in.readAllBytes());
            }
        }
    }

    private static byte[] restored(Reduced reduced) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Wrappings.rewrap(reduced.wrapping().orElseThrow(), new ByteArrayInputStream(reduced.content()), out,
                () -> false);
        return out.toByteArray();
    }

    private static Reduced comesBack(byte[] tar) throws IOException {
        Reduced reduced = reduced(tar);
        assertThat(restored(reduced)).isEqualTo(tar);
        assertThat(reduced.content()).hasSize(tar.length);
        return reduced;
    }

    @Test
    void aSizeThatIsNotTheFilesIsDamage() throws IOException {
        Tar tar = new Tar();
        tar.member("a", 700, 1_700_000, '0', 700);
        Reduced reduced = reduced(tar.all());
        Wrapping right = reduced.wrapping().orElseThrow();
        Wrapping wrong = new Wrapping(right.kind(), right.size() + 1, right.crc(), right.data());
        assertThatThrownBy(() -> restored(new Reduced(Optional.of(wrong), reduced.content())))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("differs");
    }

    /** The headers of pictures that are numbered through, in one go or several files each, are all alike. */
    @ParameterizedTest
    @CsvSource({"1, 9990, 70", "3, 1, 70", "4, 8, 70", "5, 1, 4000"})
    void headersThatCountOnCostNothing(int suffixes, int first, int most) throws IOException {
        Tar tar = new Tar();
        for (int i = 0; i < 400; i++) {
            tar.member("folder.d/picture-" + (first + i / suffixes) + "." + (char) ('a' + i % suffixes), 700, 1_700_000,
                    '0', 700);
        }
        Reduced reduced = comesBack(tar.all());
        assertThat(reduced.wrapping().orElseThrow().data().length).isLessThan(most);
        if (suffixes < 5) {
            byte[] last = Arrays.copyOfRange(reduced.content(), 399 * 3 * BLOCK, 400 * 3 * BLOCK);
            assertThat(Arrays.copyOfRange(reduced.content(), 398 * 3 * BLOCK, 399 * 3 * BLOCK)).isEqualTo(last);
            assertThat(Arrays.copyOf(last, 100)).containsOnly(0);
        }
    }

    /** In the order of a folder names cost their numbers' bits. */
    @Test
    void numbersInAnyOrder() throws IOException {
        Random random = new Random(5);
        Tar tar = new Tar();
        for (int i = 0; i < 1000; i++) {
            tar.member(String.format("pgm/%05d.pgm", random.nextInt(1000)), 797, 1_700_000, '0', 797);
        }
        assertThat(comesBack(tar.all()).wrapping().orElseThrow().data().length).isBetween(1000, 1600);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyMembersComeBack(long seed) throws IOException {
        Random random = new Random(seed);
        String[] names = {"9", "a/99", "a/99.x", "no number", "", "1.2.3", "a.9/b", "000000000001.txt", "9".repeat(100),
            "x".repeat(99) + "9", "12345678.j", "99999999.j", "\u00ff\u00801"};
        Tar tar = new Tar();
        for (int i = 0; i < 60; i++) {
            int size = random.nextInt(3) == 0 ? random.nextInt(2000) : 700;
            char type = "0005x7L".charAt(random.nextInt(7));
            byte[] odd = new byte[BLOCK];
            random.nextBytes(odd);
            switch (random.nextInt(12)) {
                case 0 -> tar.bytes(new byte[BLOCK]);
                case 1 -> tar.bytes(odd);
                case 2 -> {
                    odd[124] = (byte) 0x80;
                    Arrays.fill(odd, 125, 134, (byte) (random.nextBoolean() ? 0 : -1));
                    odd[156] = '0';
                    tar.bytes(odd);
                }
                case 3 -> {
                    Tar.put(odd, 124, "      1750 000        ");
                    tar.bytes(odd);
                }
                default -> tar.member(names[random.nextInt(names.length)], size, random.nextInt(3) * 0x1_0000_0000L
                        + random.nextInt(1 << 20), type, type == '5' ? 0 : size);
            }
        }
        byte[] all = tar.all();
        comesBack(all);
        comesBack(Arrays.copyOf(all, all.length - 1 - random.nextInt(BLOCK)));
    }

    /** A header of nothing but its checksum would be taken for zeros. */
    @Test
    void headerThatBecomesZerosIsLeftAlone() throws IOException {
        assertThat(reduced(new Tar().block(blanks()).all()).wrapping()).isEmpty();
    }

    private static byte[] blanks() {
        byte[] header = new byte[BLOCK];
        Arrays.fill(header, CHECKSUM, CHECKSUM + 8, (byte) ' ');
        return header;
    }

    @Test
    void anythingElseIsRefused() throws IOException {
        byte[] content = reduced(new Tar().member("a1", 5, 7, '0', 5).member("a2", 5, 7, '0', 5).all()).content();
        assertThatThrownBy(() -> TarWrapping.rewrap(new Wrapping(TarWrapping.KIND, 0, 0, new byte[] {-1, -1, -1, -1}),
                new ByteArrayInputStream(content), OutputStream.nullOutputStream()))
                .isInstanceOf(CorruptArchiveException.class).hasMessageContaining("tar wrapping");
        Random random = new Random(9);
        for (int i = 0; i < 2000; i++) {
            byte[] data = ByteBuffer.allocate(8).putLong(random.nextLong() >>> random.nextInt(64)).array();
            byte[] mutant = content.clone();
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
            assertThatCode(() -> {
                try {
                    TarWrapping.rewrap(new Wrapping(TarWrapping.KIND, 0, 0, data), new ByteArrayInputStream(mutant),
                            OutputStream.nullOutputStream());
                } catch (CorruptArchiveException e) {
                    // It may be, or not.
                }
            }).doesNotThrowAnyException();
        }
    }
}
