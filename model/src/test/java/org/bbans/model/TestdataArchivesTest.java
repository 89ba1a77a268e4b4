package org.bbans.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bbans.codec.archive.ArchiveInfo;
import org.bbans.codec.archive.ArchiveInputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.archive.RecordReader;
import org.bbans.codec.content.Wrappings;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.NotAnArchiveException;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Golden archives decode to what they always did; every bad archive gives its own message. */
class TestdataArchivesTest {

    private static final Path TESTDATA = Path.of(System.getProperty("bbans.testdata"));
    private static final Path GOLDEN = TESTDATA.resolve("golden");
    private static final Path BAD = TESTDATA.resolve("bad");

    static List<String> golden() throws IOException {
        return Files.readAllLines(GOLDEN.resolve("CONTENT-SHA256"));
    }

    static List<String> restored() throws IOException {
        return Files.readAllLines(GOLDEN.resolve("RESTORED-SHA256"));
    }

    static List<String> bad() throws IOException {
        return Files.readAllLines(BAD.resolve("MESSAGES"));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void goldenArchiveDecodes(String line) throws Exception {
        final String[] field = line.split(" +");
        assertThat(contentSha256(GOLDEN.resolve(field[1]))).isEqualTo(field[0]);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badArchiveIsRefusedWithItsMessage(String line) {
        final String[] field = line.split("\t");
        final Class<?> refusal = switch (field[1]) {
            case "foreign" -> NotAnArchiveException.class;
            case "damaged" -> CorruptArchiveException.class;
            default -> UnsupportedArchiveException.class;
        };
        assertThatThrownBy(() -> restore(BAD.resolve(field[0]), OutputStream.nullOutputStream()))
                .isExactlyInstanceOf(refusal).hasMessageContaining(field[2]);
    }

    @Test
    void everyArchiveIsListed() throws IOException {
        assertThat(archives(GOLDEN)).containsExactlyInAnyOrderElementsOf(
                golden().stream().map(line -> line.split(" +")[1]).toList());
        assertThat(archives(BAD)).containsExactlyInAnyOrderElementsOf(
                bad().stream().map(line -> line.split("\t")[0]).toList());
    }

    /** The first and the last record of each block, from both ends of the archive in turns. */
    @ParameterizedTest
    @MethodSource("golden")
    void recordsReadSinglyEqualTheWhole(String line) throws Exception {
        final Path archive = GOLDEN.resolve(line.split(" +")[1]);
        final byte[] content;
        try (InputStream in = ArchiveInputStream.open(archive, new BuiltInModels(), ReadOptions.DEFAULT)) {
            content = in.readAllBytes();
        }
        try (RecordReader reader = new RecordReader(archive, new BuiltInModels())) {
            final Deque<long[]> edges = new ArrayDeque<>();
            long before = 0;
            long contentBefore = 0;
            for (ArchiveInfo member : reader.members()) {
                final Layout layout = member.header().layout();
                final long size = layout.recordBytes();
                for (BlockInfo block : member.blocks()) {
                    if (size > 0 && block.codec().needsModel()) {
                        final long from = block.contentOffset() - layout.leading();
                        for (long i : new long[] {from / size, (from + block.rawSize() - 1) / size}) {
                            edges.add(new long[] {before + i, contentBefore + layout.leading() + i * size, size});
                        }
                    }
                }
                before += member.records();
                contentBefore += member.contentSize();
            }
            assertThat(reader.records()).isEqualTo(before);
            while (!edges.isEmpty()) {
                final long[] edge = edges.size() % 2 == 0 ? edges.removeFirst() : edges.removeLast();
                assertThat(reader.read(edge[0])).as("record %d", edge[0])
                        .isEqualTo(Arrays.copyOfRange(content, (int) edge[1], (int) (edge[1] + edge[2])));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("restored")
    void wrappedFileComesBack(String line) throws Exception {
        final String[] field = line.split(" +");
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        restore(GOLDEN.resolve(field[1]), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(field[0]);
    }

    private static List<String> archives(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".bba")).toList();
        }
    }

    /** The content, or the file that it was unwrapped from. */
    private static void restore(Path archive, OutputStream out) throws IOException {
        try (ArchiveInputStream in = ArchiveInputStream.open(archive, new BuiltInModels(), ReadOptions.DEFAULT)) {
            if (in.header().wrapping() == null) {
                in.transferTo(out);
            } else {
                Wrappings.rewrap(in.header().wrapping(), in, out, () -> false);
            }
        }
    }

    private static String contentSha256(Path archive) throws IOException, NoSuchAlgorithmException {
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = ArchiveInputStream.open(archive, new BuiltInModels(), ReadOptions.DEFAULT)) {
            final byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
