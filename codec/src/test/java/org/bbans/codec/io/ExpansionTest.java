package org.bbans.codec.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.Wrapping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of zeros, which unpack to a thousand times their size: small ones are taken apart, large ones are not. */
class ExpansionTest {

    private static final long LIMIT = 1L << 30;
    private static final int WIDTH = 1 << 13;
    private static final int SMALL_HEIGHT = 1 << 7;
    /** Such files hold just more than 2^26 bytes. */
    private static final int LARGE_HEIGHT = (1 << 13) + 1;

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "PNG", "DEFLATED", "TIFF"})
    void smallFilesAreTakenApartHoweverMuchTheyUnpackTo(Wrappings.FileKind kind) throws IOException {
        byte[] file = file(kind, SMALL_HEIGHT);
        try (Spool content = new Spool()) {
            Wrapping wrapping = Wrappings.unwrap(kind, ContentView.of(file), content).orElseThrow();

            assertThat(content.size()).isGreaterThan(300L * file.length);
            ByteArrayOutputStream back = new ByteArrayOutputStream();
            try (InputStream in = content.open()) {
                Wrappings.rewrap(wrapping, in, back, () -> false);
            }
            assertThat(back.toByteArray()).isEqualTo(file);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "PNG", "DEFLATED", "TIFF"})
    void largeFilesThatUnpackToFarMoreStayPacked(Wrappings.FileKind kind) throws IOException {
        byte[] file = file(kind, LARGE_HEIGHT);
        try (Spool content = new Spool()) {
            Optional<Wrapping> wrapping = Wrappings.unwrap(kind, ContentView.of(file), content);

            assertThat(wrapping).isEmpty();
            assertThat(content.size()).as("not unpacked in vain").isLessThanOrEqualTo(1L << 26);
        }
    }

    /** Only what lies between matters: little content is always taken, and files of megabytes may have all. */
    @ParameterizedTest
    @CsvSource({"0, 67108864", "1, 67108864", "134217, 67108864", "134218, 67109000", "1000000, 500000000",
        "2147483, 1073741500", "2147484, 1073741824", "9223372036854775807, 1073741824"})
    void mostIsAMultipleOfTheFile(long fileBytes, long most) {
        assertThat(Expansion.most(fileBytes, LIMIT)).isEqualTo(most);
    }

    @Test
    void theLimitHoldsForSmallFilesToo() {
        assertThat(Expansion.most(1, 1000)).isEqualTo(1000);
    }

    private static byte[] file(Wrappings.FileKind kind, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (kind) {
            case GZIP -> {
                try (OutputStream gzip = new GZIPOutputStream(out)) {
                    zeros(gzip, WIDTH, height);
                }
            }
            case DEFLATED -> out.writeBytes(deflated(new Deflater(Deflater.DEFAULT_COMPRESSION, true), WIDTH, height));
            case PNG -> {
                out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
                // Grey, of eight bits.
                chunk("IHDR", ByteBuffer.allocate(13).putInt(WIDTH).putInt(height).put((byte) 8).array(), out);
                chunk("IDAT", deflated(new Deflater(), 1 + WIDTH, height), out);
                chunk("IEND", new byte[0], out);
            }
            default -> tiff(height, out);
        }
        return out.toByteArray();
    }

    private static void zeros(OutputStream out, int width, int height) throws IOException {
        byte[] row = new byte[width];
        for (int y = 0; y < height; y++) {
            out.write(row);
        }
    }

    private static byte[] deflated(Deflater deflater, int width, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = new DeflaterOutputStream(out, deflater, 1 << 16)) {
            zeros(packed, width, height);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private static void chunk(String type, byte[] data, ByteArrayOutputStream out) {
        byte[] named = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data)
                .array();
        CRC32 crc = new CRC32();
        crc.update(named);
        out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        out.writeBytes(named);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    /** One strip behind the directory. */
    private static void tiff(int height, ByteArrayOutputStream out) throws IOException {
        byte[] strip = deflated(new Deflater(), WIDTH, height);
        int[][] fields = {{256, WIDTH}, {257, height}, {258, 8}, {259, 8}, {262, 1}, {273, 0}, {277, 1}, {278, height},
            {279, strip.length}};
        int size = 8 + 2 + 12 * fields.length + 4;
        ByteBuffer head = ByteBuffer.allocate(size).put("MM".getBytes(StandardCharsets.US_ASCII)).putShort((short) 42)
                .putInt(8).putShort((short) fields.length);
        for (int[] field : fields) {
            head.putShort((short) field[0]).putShort((short) 4).putInt(1).putInt(field[0] == 273 ? size : field[1]);
        }
        out.writeBytes(head.array());
        out.writeBytes(strip);
    }
}
