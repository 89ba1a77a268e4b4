package org.bbans.codec.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.TemporaryFileException;
import org.bbans.codec.io.Spool;
import org.bbans.codec.wire.ArchiveIndex;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.BlockSequence;
import org.bbans.codec.wire.HeaderFormat;
import org.bbans.codec.wire.Varint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collections of very many files and streams, and directories that claim what cannot be. */
class CollectionLimitsTest {

    private static final ReadOptions KEEP_GOING = ReadOptions.DEFAULT.withKeepGoing(true);

    @TempDir
    private Path dir;

    private static CollectionEntry file(String path, StoredContent.Segment... segments) {
        return new CollectionEntry(path.getBytes(StandardCharsets.UTF_8), EntryType.FILE, 0644, 1_600_000_000, 42,
                new byte[0], new StoredContent.Segments(List.of(segments)));
    }

    private static Spool stream(byte[] content) throws IOException {
        Spool spool = new Spool();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArchiveOutputStream out =
                new ArchiveOutputStream(bytes, ArchiveOptions.DEFAULT.withXz(content.length > 1 << 20))) {
            out.write(content);
        }
        spool.write(bytes.toByteArray());
        return spool;
    }

    /** A file that is not damaged takes no more time and memory where there are many streams and one is damaged. */
    @Test
    void filesOfDamagedBatchesDoNotPayForAllStreams() throws IOException {
        long few = allocatedFor(1_000);
        long many = allocatedFor(21_000);
        assertThat((many - few) / 20_000).isLessThan(2_000);
    }

    private long allocatedFor(int files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        List<CollectionEntry> entries = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            entries.add(file("f" + i, new StoredContent.Run(0, 1)));
        }
        entries.add(file("lost", new StoredContent.Run(1, 3)));
        List<Spool> streams = new ArrayList<>(List.of(stream(new byte[files]), stream(new byte[] {1, 2, 3})));
        streams.addAll(Collections.nCopies(500, stream(new byte[0])));
        writer.batch(entries, streams, 0);
        writer.finish();
        byte[] archive = out.toByteArray();
        int place = new String(archive, StandardCharsets.ISO_8859_1).lastIndexOf("\1\2\3");
        archive[place] = 7;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (CollectionReader reader = CollectionReader.open(Files.write(dir.resolve("a"), archive), ModelSource.NONE,
                KEEP_GOING)) {
            CollectionBatch batch = reader.next();
            int[] given = new int[1];
            long before = threads.getCurrentThreadAllocatedBytes();
            batch.read(entry -> true, (same, content) -> {
                given[0]++;
                content.writeTo(OutputStream.nullOutputStream());
            });
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(given[0]).isEqualTo(files);
            assertThat(batch.problems()).anyMatch(problem -> problem.contains("lost is lost"));
            return allocated;
        }
    }

    /** Streams of more than 2^63 bytes, alone or behind what stands before them, are damage. */
    @Test
    void streamsOfMoreThanAllBytesAreDamage() throws IOException {
        for (List<Directory.Stream> streams : List.of(
                List.of(new Directory.Stream(Long.MAX_VALUE - 5, 1), new Directory.Stream(Long.MAX_VALUE, 1)),
                List.of(new Directory.Stream(Long.MAX_VALUE, 1)))) {
            byte[] raw = new Directory(streams, List.of(file("f", new StoredContent.Run(streams.size() - 1, 1))), 0)
                    .write();
            Path file = Files.write(dir.resolve("b"), archive(raw));
            for (ReadOptions options : List.of(ReadOptions.DEFAULT, KEEP_GOING)) {
                try (CollectionReader reader = CollectionReader.open(file, ModelSource.NONE, options)) {
                    List<String> problems = new ArrayList<>();
                    try {
                        for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                            batch.read(entry -> true, (same, content) -> {});
                            problems.addAll(batch.problems());
                        }
                    } catch (CorruptArchiveException e) {
                        assertThat(options.keepGoing()).isFalse();
                        problems.add(e.getMessage());
                    }
                    problems.addAll(reader.problems());
                    assertThat(problems).anyMatch(problem -> problem.contains(streams.size() > 1
                            ? "streams of more than 2^63 bytes" : "go beyond the archive's end"));
                }
            }
        }
    }

    /** A batch that was read before is found again without those in front of it. */
    @Test
    void aBatchIsReadAgainWithoutTheOthers() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        for (int i = 0; i < 3; i++) {
            writer.batch(List.of(file("f" + i, new StoredContent.Run(0, 10))), List.of(stream(new byte[10])), 0);
        }
        writer.finish();
        byte[] archive = out.toByteArray();
        Path file = Files.write(dir.resolve("c"), archive);
        List<CollectionBatch.Place> places = new ArrayList<>();
        try (CollectionReader reader = CollectionReader.open(file, ModelSource.NONE, ReadOptions.DEFAULT)) {
            for (CollectionBatch batch = reader.next(); batch != null; batch = reader.next()) {
                places.add(batch.place());
            }
        }
        assertThat(places).extracting(CollectionBatch.Place::contentBefore).containsExactly(0L, 10L, 20L);
        Arrays.fill(archive, (int) places.get(0).offset(), (int) places.get(1).offset(), (byte) 0xff);
        Files.write(file, archive);
        try (CollectionReader reader = CollectionReader.open(file, ModelSource.NONE, ReadOptions.DEFAULT)) {
            CollectionBatch batch = reader.again(places.get(1));
            assertThat(batch.entries()).extracting(CollectionEntry::name).containsExactly("f1");
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            batch.read(entry -> true, (same, bytes) -> bytes.writeTo(content));
            assertThat(content.toByteArray()).isEqualTo(new byte[10]);
            assertThat(reader.next()).isNull();
        }
    }

    /** What is decoded before it is needed lies in the folder that was named. */
    @Test
    void temporaryFilesLieWhereTheyShould() throws IOException {
        int large = (1 << 24) + 10;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        List<StoredContent.Segment> runs = new ArrayList<>();
        List<Spool> streams = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            runs.add(new StoredContent.Run(i, 1));
            streams.add(stream(new byte[i == 0 ? large : 2]));
        }
        for (int i = 0; i < 17; i++) {
            runs.add(new StoredContent.Run(i, i == 0 ? large - 1 : 1));
        }
        writer.batch(List.of(file("all", runs.toArray(new StoredContent.Segment[0]))), streams, 0);
        writer.finish();
        Path missing = dir.resolve("missing");
        try (CollectionReader reader = CollectionReader.of(new ByteArrayInputStream(out.toByteArray()), missing,
                ModelSource.NONE, ReadOptions.DEFAULT)) {
            CollectionBatch batch = reader.next();
            assertThatThrownBy(() -> batch.read(entry -> true,
                    (same, bytes) -> bytes.writeTo(OutputStream.nullOutputStream())))
                    .isInstanceOf(TemporaryFileException.class).hasMessageContaining("missing");
        }
        ArchiveOptions options = ArchiveOptions.DEFAULT.withTemporaryFolder(missing);
        ArchiveOutputStream failing = new ArchiveOutputStream(OutputStream.nullOutputStream(), options);
        assertThatThrownBy(() -> failing.write(new byte[large])).isInstanceOf(TemporaryFileException.class)
                .hasMessageContaining("missing");
    }

    /** A stream whose list of blocks takes too much memory is read in order, also where a place far in it is wanted. */
    @Test
    void aStreamOfTooManyBlocksIsReadInOrder() throws IOException {
        int block = 64;
        int blocks = 20_000;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ArchiveHeader header = new ArchiveHeader(1, Layout.NONE, null, null);
        bytes.writeBytes(HeaderFormat.write(header, false));
        BlockSequence sequence = new BlockSequence(header, 0, bytes.size());
        List<BlockInfo> infos = new ArrayList<>();
        BlockEntry entry = new BlockEntry(BlockKind.STORED, block, block);
        MessageDigest sha256 = Checksums.sha256();
        for (int i = 0; i < blocks; i++) {
            byte[] raw = new byte[block];
            raw[0] = (byte) i;
            infos.add(sequence.add(entry, bytes.size()));
            bytes.writeBytes(entry.header(Checksums.crc32c(raw), bytes.size(), (long) i * block));
            bytes.writeBytes(raw);
            sha256.update(raw);
        }
        bytes.writeBytes(ArchiveIndex.write(infos.get(0).fileOffset(), infos, sha256.digest()));
        Spool stream = new Spool();
        stream.write(bytes.toByteArray());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, false);
        writer.batch(List.of(file("first", new StoredContent.Run(0, block * (blocks - 1L))),
                file("last", new StoredContent.Run(0, block))), List.of(stream), 0);
        writer.finish();
        Path file = Files.write(dir.resolve("d"), out.toByteArray());
        for (long limit : new long[] {1 << 20, 1 << 26}) {
            try (CollectionReader reader = CollectionReader.open(file, ModelSource.NONE,
                    ReadOptions.DEFAULT.withMemoryLimit(limit))) {
                ByteArrayOutputStream last = new ByteArrayOutputStream();
                reader.next().read(e -> e.name().equals("last"), (same, content) -> content.writeTo(last));
                assertThat(last.toByteArray()).hasSize(block).startsWith((byte) (blocks - 1));
            }
        }
    }

    /** An end that is sound, but lists batches without a byte or beyond the archive, leads nowhere. */
    @Test
    void sizesThatCannotBeAreNotFollowed() throws IOException {
        byte[] damaged = archive(new byte[7]);
        for (long[] sizes : new long[][] {{0, 0, 0, 0, 0, 107 + 6}, {Long.MAX_VALUE, Long.MAX_VALUE, 2, 107 + 6}}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(damaged);
            ByteArrayOutputStream end = new ByteArrayOutputStream();
            end.write(0);
            Varint.write(end, sizes.length);
            Arrays.stream(sizes).forEach(size -> Varint.write(end, size));
            end.writeBytes(new byte[Checksums.SHA256_BYTES]);
            Varint.writeInt(end, Checksums.crc32c(end.toByteArray()));
            Varint.writeInt(end, end.size());
            out.writeBytes(end.toByteArray());
            Path file = Files.write(dir.resolve("e"), out.toByteArray());
            try (CollectionReader reader = CollectionReader.open(file, ModelSource.NONE, KEEP_GOING)) {
                assertThat(reader.next()).isNull();
                assertThat(reader.problems()).hasSize(1).first().asString().endsWith("what follows is lost");
            }
        }
    }

    private static byte[] archive(byte[] raw) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(HeaderFormat.writeCollection(false));
        Varint.write(out, raw.length * 8L);
        Varint.writeInt(out, Checksums.crc32c(raw));
        out.writeBytes(raw);
        out.writeBytes(new byte[100]);
        return out.toByteArray();
    }

    @Test
    void whatIsWrongWithADirectoryIsSaid() {
        byte[] raw = new Directory(List.of(new Directory.Stream(1, 2)), List.of(file("f")), 0).write();
        Budget budget = new Budget(ReadOptions.DEFAULT);
        byte[] longer = raw.clone();
        longer[1] = (byte) 0x80;
        longer[2] = 0;
        assertThatThrownBy(() -> Directory.parse(longer, budget)).isInstanceOf(CorruptArchiveException.class)
                .hasMessage("a directory is damaged: its field at offset 1 is not a number in its shortest form");
        byte[] cut = Arrays.copyOf(raw, raw.length - 1);
        assertThatThrownBy(() -> Directory.parse(cut, budget)).isInstanceOf(CorruptArchiveException.class)
                .hasMessage("a directory is damaged: its fields go beyond its end");
    }

    /** What would be refused when it is read is not written. */
    @Test
    void batchesThatCouldNotBeReadAreRefused() throws IOException {
        StoredContent.Run run = new StoredContent.Run(0, 1);
        StoredContent.Segments deep = new StoredContent.Segments(List.of());
        for (int i = 0; i <= Directory.MAX_DEPTH; i++) {
            deep = new StoredContent.Segments(List.of(new StoredContent.Wrapped(0, 3, 0, 0, deep)));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CollectionWriter writer = new CollectionWriter(out, true);
        final int before = out.size();
        List<Spool> streams = List.of(stream(new byte[1]));
        for (StoredContent bad : List.of(new StoredContent.Repeat(1), deep,
                new StoredContent.Segments(Collections.nCopies(Directory.MAX_PIECES, run)),
                new StoredContent.Segments(List.of(new StoredContent.Run(1, 1))),
                new StoredContent.Segments(List.of(new StoredContent.Loop(2,
                        Collections.nCopies(Directory.MAX_BODY + 1, run)))),
                new StoredContent.Segments(List.of(new StoredContent.Wrapped(0, 3, 0, (1 << 24) + 1,
                        new StoredContent.Segments(List.of())))))) {
            assertThatThrownBy(() -> writer.batch(List.of(CollectionEntry.nameless(bad)), streams, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(out.size()).isEqualTo(before);
    }
}
