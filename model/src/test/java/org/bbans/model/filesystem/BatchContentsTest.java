package org.bbans.model.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bbans.codec.archive.ArchiveOptions;
import org.bbans.codec.archive.ArchiveOutputStream;
import org.bbans.codec.archive.ReadOptions;
import org.bbans.codec.collection.CollectionBatch;
import org.bbans.codec.collection.CollectionEntry;
import org.bbans.codec.collection.CollectionEntry.EntryType;
import org.bbans.codec.collection.CollectionReader;
import org.bbans.codec.collection.CollectionWriter;
import org.bbans.codec.collection.StoredContent;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.io.Spool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file system keeps of an archive. */
class BatchContentsTest {

    @TempDir
    private Path dir;

    /** Files of a byte each. */
    private Path archive(List<String> paths) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final CollectionWriter writer = new CollectionWriter(out, false);
        final List<CollectionEntry> entries = new ArrayList<>();
        for (String path : paths) {
            entries.add(new CollectionEntry(path.getBytes(StandardCharsets.UTF_8), EntryType.FILE, 0644, 0, 0,
                    new byte[0], new StoredContent.Segments(List.of(new StoredContent.Run(0, 1)))));
        }
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArchiveOutputStream archive = new ArchiveOutputStream(bytes, ArchiveOptions.DEFAULT)) {
            archive.write(new byte[paths.size()]);
        }
        final Spool stream = new Spool();
        stream.write(bytes.toByteArray());
        writer.batch(entries, List.of(stream), 0);
        writer.finish();
        return Files.write(dir.resolve("a.bba"), out.toByteArray());
    }

    /** Whoever is interrupted once does not decode each file from the batch's beginning ever after. */
    @Test
    void anInterruptIsNoDamage() throws IOException {
        final Path file = archive(List.of("a", "b", "c"));
        try (CollectionReader reader = CollectionReader.open(file, ModelSource.NONE, ReadOptions.DEFAULT)) {
            final CollectionBatch batch = reader.next();
            final BatchContents contents = new BatchContents(file, batch, ModelSource.NONE, ReadOptions.DEFAULT);
            final List<CollectionEntry> entries = batch.entries();
            assertThat(contents.of(entries.get(0)).owned()).isFalse();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> contents.of(entries.get(1))).isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(contents.of(entries.get(1)).owned()).isFalse();
            assertThat(contents.of(entries.get(2)).from()).isEqualTo(2);
            contents.close();
            assertThatThrownBy(() -> contents.of(entries.get(2))).isInstanceOf(ClosedFileSystemException.class);
        }
    }

    /** Some kilobytes may name millions of folders. */
    @Test
    void namesOfDeepPathsCountAsMemory() throws IOException {
        final List<String> paths = new ArrayList<>();
        for (int i = 10; i < 50; i++) {
            paths.add(i + "/a".repeat(10_000));
        }
        final Path file = archive(paths);
        assertThat(Files.size(file)).isLessThan(50_000);
        assertThatThrownBy(() -> FileSystems.newFileSystem(file, Map.of(BbansFileSystemProvider.OPTIONS,
                ReadOptions.DEFAULT.withMemoryLimit(64 << 20)))).isInstanceOf(UnsupportedArchiveException.class)
                .hasMessageContaining("the tree of names");
    }
}
