package org.bbans.codec.content.anatomy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.bbans.codec.content.Anatomy;
import org.bbans.codec.content.Part;
import org.bbans.codec.content.Records;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.io.ContentView;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of public programs (testdata/containers), what is made of them by hand, and mutations of all. */
class AnatomiesTest {

    private static final Path SAMPLES = Path.of("../testdata/containers");

    static List<String> samples() throws IOException {
        return Files.readAllLines(SAMPLES.resolve("EXPECTED"));
    }

    /** The numbers that a program had in memory are those that lie in the rasters. */
    @ParameterizedTest
    @MethodSource("samples")
    void findsWhatTheProgramWrote(String line) throws IOException {
        final String[] words = line.split("\t");
        final byte[] file = Files.readAllBytes(SAMPLES.resolve(words[0]));
        final Optional<Anatomy> found = Anatomies.find(ContentView.of(file));
        if (words[1].equals("-")) {
            assertThat(found).isEmpty();
            return;
        }
        final Anatomy anatomy = check(file, found.orElseThrow());
        assertThat(anatomy.kind()).isEqualTo(words[1]);
        assertThat(describe(file, anatomy)).containsExactly(Arrays.copyOfRange(words, 2, words.length));
    }

    @Test
    void readsFilesSpoolsAndSlicesAlike() throws IOException {
        final byte[] file = Files.readAllBytes(SAMPLES.resolve("pages.tif"));
        final Anatomy expected = Anatomies.find(ContentView.of(file)).orElseThrow();
        try (FileChannel channel = FileChannel.open(SAMPLES.resolve("pages.tif")); Spool spool = new Spool()) {
            spool.write(new byte[1 << 24]);
            spool.write(file);
            spool.write(7);
            for (ContentView view : List.of(ContentView.of(channel),
                    ContentView.of(spool).slice(1 << 24, file.length))) {
                final Anatomy found = Anatomies.find(view).orElseThrow();
                assertThat(found.parts()).isEqualTo(expected.parts());
                assertThat(describe(file, found)).isEqualTo(describe(file, expected));
            }
        }
    }

    /** What a member of a tar is, is found in the member as in the file. */
    @Test
    void membersOfATarAreContents() throws IOException {
        final byte[] file = Files.readAllBytes(SAMPLES.resolve("ustar.tar"));
        final Anatomy tar = Anatomies.find(ContentView.of(file)).orElseThrow();
        assertThat(tar.parts().get(1).kind()).isEqualTo(Part.PartKind.CONTENT);
        final ContentView member = ContentView.of(file).slice(tar.parts().get(0).length(), tar.parts().get(1).length());
        assertThat(Anatomies.find(member).orElseThrow().rasters().get(0).toString()).isEqualTo("PGM: 1 x 20x13");
    }

    /** Labels lie between the images. */
    @Test
    void prefixesAreOpaque() throws IOException {
        final byte[] cifar = new byte[5 * 3073];
        new Random(1).nextBytes(cifar);
        for (int i = 0; i < 5; i++) {
            cifar[3073 * i] = (byte) i;
        }
        final Anatomy found = check(cifar, Anatomies.find(ContentView.of(cifar)).orElseThrow());
        assertThat(found.parts()).startsWith(Part.opaque(1), Part.raster(3072, 0)).hasSize(10);
    }

    /** Two directories that claim the same strip, or strips backwards: no byte is claimed twice, none is lost. */
    @Test
    void overlappingAndReversedStrips() throws IOException {
        final byte[] pages = Files.readAllBytes(SAMPLES.resolve("pages.tif"));
        final byte[] strips = Files.readAllBytes(SAMPLES.resolve("grey.tif"));
        int overlapping = 0;
        int reversed = 0;
        for (int at = 8; at < pages.length - 12; at++) {
            if (u16(pages, at) == 273 && u16(pages, at + 2) == 4) {
                final byte[] moved = pages.clone();
                moved[at + 8] += 3;
                final Anatomy found = check(moved, Anatomies.find(ContentView.of(moved)).orElseThrow());
                overlapping += found.rasters().stream().mapToLong(Records::count).sum() < 5 ? 1 : 0;
            }
        }
        for (int at = 8; at < strips.length - 12; at++) {
            if (u16(strips, at) == 273) {
                final byte[] turned = strips.clone();
                final int width = u16(strips, at + 2) == 4 ? 4 : 2;
                final int places = u16(strips, at + 8);
                System.arraycopy(strips, places, turned, places + width, width);
                System.arraycopy(strips, places + width, turned, places, width);
                final Anatomy found = check(turned, Anatomies.find(ContentView.of(turned)).orElseThrow());
                reversed += found.rasters().size() > 1 || found.rasters().get(0).count() > 1 ? 1 : 0;
            }
        }
        assertThat(overlapping).isPositive();
        assertThat(reversed).isEqualTo(1);
    }

    /** Many directories with the same many strips, too short for their rows: looked at up to a limit, not for hours. */
    @Test
    @Timeout(60)
    void directoriesThatShareTheirStrips() throws IOException {
        final int directories = 100_000;
        final int strips = 200_000;
        final ByteBuffer tiff = ByteBuffer.allocate(8 + directories * 66 + 8 * strips).order(ByteOrder.LITTLE_ENDIAN);
        final int places = 8 + directories * 66;
        tiff.put("II*\0".getBytes(StandardCharsets.US_ASCII)).putInt(8);
        for (int i = 0; i < directories; i++) {
            tiff.putShort((short) 5);
            for (int[] field : new int[][] {{256, 1, 1000}, {257, 1, strips}, {273, strips, places}, {278, 1, 1},
                {279, strips, places + 4 * strips}}) {
                tiff.putShort((short) field[0]).putShort((short) 4).putInt(field[1]).putInt(field[2]);
            }
            tiff.putInt(i + 1 < directories ? tiff.position() + 4 : 0);
        }
        assertThat(Anatomies.find(ContentView.of(tiff.array()))).isEmpty();
    }

    private static int u16(byte[] b, int at) {
        return b[at] & 0xFF | (b[at + 1] & 0xFF) << 8;
    }

    /** Whatever the bytes are, the parts are the content, and rasters whole records. */
    @Test
    void mutations() throws IOException {
        final long seed = 20261129;
        final Random random = new Random(seed);
        final List<byte[]> files = new ArrayList<>();
        try (Stream<Path> paths = Files.list(SAMPLES)) {
            for (Path path : paths.sorted().toList()) {
                files.add(Files.readAllBytes(path));
            }
        }
        int found = 0;
        final int rounds = 20_000;
        for (int i = 0; i < rounds; i++) {
            byte[] b = files.get(random.nextInt(files.size())).clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                final int at = random.nextInt(random.nextBoolean() ? Math.min(b.length, 600) : b.length);
                final int kind = random.nextInt(3);
                b[at] = (byte) (kind == 0 ? random.nextInt() : kind == 1 ? 0xFF : b[at] ^ 1 << random.nextInt(8));
            }
            if (random.nextInt(8) == 0) {
                b = Arrays.copyOf(b, random.nextInt(b.length + 1));
            }
            final Optional<Anatomy> anatomy = Anatomies.find(ContentView.of(b));
            if (anatomy.isPresent()) {
                check(b, anatomy.get());
                found++;
            }
        }
        assertThat(found).as("seed %d", seed).isBetween(rounds / 2, rounds);
    }

    /** Checks what holds for every anatomy of a content. */
    private static Anatomy check(byte[] content, Anatomy anatomy) {
        assertThat(anatomy.size()).isEqualTo(content.length);
        assertThat(anatomy.parts()).anyMatch(part -> part.kind() != Part.PartKind.OPAQUE)
                .hasSizeLessThanOrEqualTo(Anatomy.MAX_PARTS);
        for (int r = 0; r < anatomy.rasters().size(); r++) {
            final int raster = r;
            final Records records = anatomy.rasters().get(r);
            final Layout layout = records.layout().orElseThrow();
            assertThat(layout.leading() + layout.prefix()).isZero();
            assertThat(anatomy.parts().stream().filter(part -> part.raster() == raster).mapToLong(Part::length).sum())
                    .isEqualTo(records.count() * layout.recordBytes());
        }
        return anatomy;
    }

    /** Extents and CRC of each raster; the others' lengths. */
    private static List<String> describe(byte[] file, Anatomy anatomy) {
        final List<ByteArrayOutputStream> rasters = new ArrayList<>();
        anatomy.rasters().forEach(raster -> rasters.add(new ByteArrayOutputStream()));
        final List<String> words = new ArrayList<>();
        int at = 0;
        for (Part part : anatomy.parts()) {
            if (part.kind() == Part.PartKind.RASTER) {
                rasters.get(part.raster()).write(file, at, (int) part.length());
            } else if (part.kind() == Part.PartKind.CONTENT) {
                words.add("C" + part.length());
            } else if (part.kind() == Part.PartKind.DEFLATED) {
                words.add("D");
            }
            at += (int) part.length();
        }
        for (int i = 0; i < rasters.size(); i++) {
            final Layout layout = anatomy.rasters().get(i).layout().orElseThrow();
            final int[] shape = layout.shape();
            final boolean planar = layout.format().equals(SampleFormat.PLANES)
                    || layout.format() instanceof SampleFormat.Words w && w.isPlanar();
            final int[] inFile = planar ? new int[] {shape[2], shape[0], shape[1]} : shape;
            final CRC32 crc = new CRC32();
            crc.update(rasters.get(i).toByteArray());
            words.add(anatomy.rasters().get(i).count() + "x"
                    + String.join("x", Arrays.stream(inFile).mapToObj(Integer::toString).toList())
                    + String.format(":%08x", crc.getValue()));
        }
        return words;
    }
}
