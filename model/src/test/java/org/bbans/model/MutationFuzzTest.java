package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.content.LayoutDetector;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.FormatException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.wire.FormatInput;
import org.bbans.codec.wire.HeaderFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes golden archives at random, in half of the cases with the checksums of header and index made right again.
 * Whatever comes out: a documented exception, or content with the SHA-256 that the archive names. With
 * {@code -Dbbans.fuzz=1000000 -Dbbans.fuzz.seed=7} a long run, whose figures are printed.
 */
@Tag("slow")
class MutationFuzzTest {

    private static final int MUTATIONS = Integer.getInteger("bbans.fuzz", 1_500);
    private static final long SEED = Long.getLong("bbans.fuzz.seed", 1);
    /** Larger archives take long to decode and are of the same kinds. */
    private static final int LARGEST = 4_000;
    private static final int INDEX_TAIL = 40;
    /** By the clock of a machine that may have much else to do. */
    private static final long SLOW_NANOS = 60_000_000_000L;

    @TempDir
    private Path folder;

    /** An archive with the places of what its checksums are over. */
    private record Original(String name, byte[] bytes, int headerEnd, int indexStart) {

        static Original read(Path file) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            FormatInput in = new FormatInput(new ByteArrayInputStream(bytes), 0);
            HeaderFormat.read(in);
            ArchiveInfo info = ArchiveInfo.read(file);
            int end = info.blocks().isEmpty() ? (int) in.position()
                    : (int) (info.blocks().get(info.blocks().size() - 1).fileOffset()
                            + info.blocks().get(info.blocks().size() - 1).fileSize());
            return new Original(file.getFileName().toString(), bytes, (int) in.position(), end);
        }

        byte[] mutated(Random random) {
            byte[] bad = bytes.clone();
            int region = random.nextInt(4);
            int from = region == 1 ? indexStart : 0;
            int to = region == 0 ? headerEnd : bad.length;
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = from + random.nextInt(to - from);
                switch (random.nextInt(5)) {
                    case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                    case 1 -> bad[at] = (byte) random.nextInt();
                    case 2 -> bad[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                    case 3 -> bad[at] += (byte) (random.nextBoolean() ? 1 : -1);
                    default -> {
                        int n = Math.min(1 + random.nextInt(8), Math.min(bad.length, to) - at);
                        System.arraycopy(bytes, random.nextInt(bytes.length - n + 1), bad, at, n);
                    }
                }
            }
            if (random.nextBoolean()) {
                crc(bad, 0, headerEnd - Integer.BYTES);
                crc(bad, indexStart, bad.length - 2 * Integer.BYTES);
            }
            if (random.nextInt(20) == 0) {
                bad = Arrays.copyOf(bad, random.nextInt(bad.length + 8));
            }
            return bad;
        }

        private static void crc(byte[] bytes, int from, int to) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, from, to - from);
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[to + i] = (byte) (crc.getValue() >>> 8 * i);
            }
        }
    }

    @Test
    void mutantsGiveTheContentThatTheyNameOrADocumentedException() throws Exception {
        List<Original> originals = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("..", "testdata", "golden"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".bba")).sorted().toList()) {
                if (Files.size(file) <= LARGEST) {
                    originals.add(Original.read(file));
                }
            }
        }
        assertThat(originals).hasSizeGreaterThan(20);
        Random random = new Random(SEED);
        BuiltInModels models = new BuiltInModels();
        int accepted = 0;
        long slowest = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Original original = originals.get(random.nextInt(originals.size()));
            byte[] bad = original.mutated(random);
            String what = original.name() + ", seed " + SEED + ", mutation " + i;
            long start = System.nanoTime();
            try (ArchiveInputStream in =
                    new ArchiveInputStream(new ByteArrayInputStream(bad), models, ReadOptions.DEFAULT)) {
                byte[] content = in.readAllBytes();
                byte[] named = Arrays.copyOfRange(bad, bad.length - INDEX_TAIL, bad.length - 2 * Integer.BYTES);
                assertThat(MessageDigest.getInstance("SHA-256").digest(content)).as(what).isEqualTo(named);
                accepted++;
                detect(content, random);
                restore(in.header().wrapping(), content);
            } catch (FormatException e) {
                assertThat(e).as(what).hasMessageNotContaining("\n");
            } catch (RuntimeException | OutOfMemoryError e) {
                throw new AssertionError(what, e);
            }
            if (i % 3 == 0) {
                salvage(bad, models, what);
            }
            long nanos = System.nanoTime() - start;
            slowest = Math.max(slowest, nanos);
            assertThat(nanos).as(what).isLessThan(SLOW_NANOS);
        }
        System.out.printf("%,d mutations of %d archives: %,d accepted, slowest %.2f s%n", MUTATIONS, originals.size(),
                accepted, slowest / 1e9);
        assertThat(accepted).isLessThan(MUTATIONS);
    }

    private static void restore(Wrapping wrapping, byte[] content) throws IOException {
        if (wrapping != null) {
            Wrappings.rewrap(wrapping, new ByteArrayInputStream(content), OutputStream.nullOutputStream(), () -> false);
        }
    }

    /** Finds records in changed content, as a compressor of it would. */
    private static void detect(byte[] content, Random random) {
        if (content.length > 0) {
            byte[] head = content.clone();
            head[random.nextInt(Math.min(64, head.length))] = (byte) random.nextInt();
            LayoutDetector.detect(head, head.length, head.length);
        }
    }

    private void salvage(byte[] bad, BuiltInModels models, String what) throws IOException {
        Path file = Files.write(folder.resolve("bad.bba"), bad);
        try (InputStream in =
                ArchiveInputStream.open(file, models, ReadOptions.DEFAULT.withKeepGoing(true).withThreads(2))) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (FormatException e) {
            assertThat(e).as(what).hasMessageNotContaining("\n");
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new AssertionError(what, e);
        }
    }
}
