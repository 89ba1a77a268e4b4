package org.bbans.codec.content.gzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipWrappingTest {

    @TempDir
    private Path dir;
    private Path gz;
    private Spool content;

    @BeforeEach
    void paths() {
        gz = dir.resolve("in.gz");
        content = new Spool();
    }

    /** Text-like, image-like and incompressible stretches, longer than two windows, with an odd end. */
    private static byte[] mixed() {
        Random random = new Random(20);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int part = 0; part < 12; part++) {
            int kind = part % 4;
            for (int i = 0; i < 31_013; i++) {
                out.write(kind == 0 ? "the quick brown fox, ".charAt(i % 21) + (random.nextInt(30) == 0 ? 1 : 0)
                        : kind == 1 ? (random.nextInt(5) == 0 ? random.nextInt(256) : 0)
                                : kind == 2 ? random.nextInt(256) : (int) (20 * random.nextGaussian()) & 0xF8);
            }
        }
        return out.toByteArray();
    }

    /** The platform's zlib (some builds replace it, then there is nothing to compare with). */
    private static byte[] zlib(byte[] data, int level) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(out) {
            {
                def = new Deflater(level, true);
            }
        }) {
            z.write(data);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void restoresWhatZlibWrote(int level) throws IOException {
        byte[] data = mixed();
        byte[] file = zlib(data, level);
        Files.write(gz, file);

        Wrapping wrapping = unwrap(ContentView.of(gz), content).orElseThrow();

        assertThat(content.open().readAllBytes()).isEqualTo(data);
        assertThat(rewrap(wrapping, data)).isEqualTo(file);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void restoresWhatTheGzipProgramWrote(int level) throws Exception {
        byte[] data = mixed();
        Path source = dir.resolve("a name that gzip keeps");
        Files.write(source, data);
        byte[] file = run("gzip", "-" + level, "-c", source.toString());
        Files.write(gz, file);

        Wrapping wrapping = unwrap(ContentView.of(gz), content).orElseThrow();

        assertThat(content.open().readAllBytes()).isEqualTo(data);
        assertThat(wrapping.data()).as("hardly more than the parameters").hasSizeLessThan(400);
        assertThat(rewrap(wrapping, data)).isEqualTo(file);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 261, 262, 263, 32_768, 65_274, 65_275, 65_536, 98_042, 98_043})
    void restoresEveryLengthAroundTheWindowsEdges(int length) throws Exception {
        byte[] data = new byte[length];
        Random random = new Random(length);
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (random.nextInt(4) * random.nextInt(2));
        }
        for (byte[] file : List.of(zlib(data, 6), zlib(data, 1))) {
            Files.write(gz, file);
            assertThat(rewrap(unwrap(ContentView.of(gz), new Spool()).orElseThrow(), data))
                    .isEqualTo(file);
        }
    }

    @Test
    void keepsWhatFollowsTheMember() throws IOException {
        byte[] data = mixed();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(zlib(data, 6));
        file.write(new byte[512]);
        Files.write(gz, file.toByteArray());

        assertThat(rewrap(unwrap(ContentView.of(gz), content).orElseThrow(), data))
                .isEqualTo(file.toByteArray());
    }

    @Test
    void leavesWhatItCannotRestore() throws IOException {
        byte[] file = zlib(mixed(), 6);
        List<byte[]> bad = new ArrayList<>();
        for (int at : new int[] {0, 2, 3, 11, 5_000, file.length - 8, file.length - 1}) {
            byte[] flipped = file.clone();
            flipped[at] ^= (byte) 0xE1;
            bad.add(flipped);
        }
        bad.add(Arrays.copyOf(file, file.length - 3));
        bad.add(Arrays.copyOf(file, 12));
        bad.add(new byte[0]);
        for (byte[] bytes : bad) {
            Files.write(gz, bytes);
            assertThat(unwrap(ContentView.of(gz), new Spool())).isEqualTo(Optional.empty());
        }
    }

    /** One stored block with a compressible content: no level of gzip or zlib writes that. */
    @Test
    void restoresWhatNoKnownProgramWrites() throws IOException {
        byte[] data = new byte[1000];
        CRC32 crc = new CRC32();
        crc.update(data);
        ByteBuffer b = ByteBuffer.allocate(10 + 5 + 1000 + 8).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1}).putShort((short) 1000).putShort((short) ~1000);
        byte[] file = b.put(data).putInt((int) crc.getValue()).putInt(1000).array();
        Files.write(gz, file);

        assertThat(rewrap(unwrap(ContentView.of(gz), content).orElseThrow(), data)).isEqualTo(file);
    }

    @Test
    void refusesDamagedAndForeignWrappings() throws IOException {
        byte[] data = mixed();
        Files.write(gz, zlib(data, 6));
        Wrapping good = unwrap(ContentView.of(gz), content).orElseThrow();

        for (int at : new int[] {0, 4, 5}) {
            byte[] bytes = good.data().clone();
            bytes[at] = 0x77;
            assertThatThrownBy(() -> rewrap(new Wrapping(GzipWrapping.KIND, good.size(), good.crc(), bytes), data))
                    .as("byte %d", at).isInstanceOf(CorruptArchiveException.class);
        }
        assertThatThrownBy(() -> rewrap(new Wrapping(GzipWrapping.KIND, good.size(), good.crc(), new byte[3]), data))
                .isInstanceOf(CorruptArchiveException.class);
        assertThatThrownBy(() -> Wrappings.rewrap(new Wrapping(9, good.size(), good.crc(), good.data()),
                new ByteArrayInputStream(data),
                OutputStream.nullOutputStream(), () -> false)).isInstanceOf(UnsupportedArchiveException.class);
    }

    private static Optional<Wrapping> unwrap(ContentView file, Spool content) throws IOException {
        return Wrappings.unwrap(Wrappings.FileKind.GZIP, file, content);
    }

    private static byte[] rewrap(Wrapping wrapping, byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Wrappings.rewrap(wrapping, new ByteArrayInputStream(data), out, () -> false);
        return out.toByteArray();
    }

    private static byte[] run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            byte[] out = process.getInputStream().readAllBytes();
            assumeThat(process.waitFor()).isZero();
            return out;
        } catch (IOException e) {
            assumeThat(e).as("no %s here", command[0]).isNull();
            throw new AssertionError(e);
        }
    }
}
