package org.bbans.codec.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.block.Spool;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.ModelSource;
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
        try (ArchiveOutputStream out = new ArchiveOutputStream(bytes, ArchiveOptions.DEFAULT.withXz(false))) {
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
}
