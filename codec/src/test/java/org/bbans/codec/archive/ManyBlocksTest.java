package org.bbans.codec.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bbans.codec.format.ArchiveHeader;
import org.bbans.codec.format.BlockKind;
import org.bbans.codec.format.Checksums;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelReference;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.SampleFormat;
import org.bbans.codec.format.UnsupportedArchiveException;
import org.bbans.codec.format.Wrapping;
import org.bbans.codec.wire.BlockEntry;
import org.bbans.codec.wire.HeaderFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of very many small blocks or archives take time and memory as their size does, sound or damaged. */
class ManyBlocksTest {

    @TempDir
    private Path dir;

    /** One group of rows is no reason to take all blocks behind it into memory. */
    @Test
    void blocksAreLookedAheadOfInModeration() throws IOException {
        FakeRasterCodec learner = new FakeRasterCodec(FakeRasterCodec.Manner.HONEST, 100);
        Layout layout = Layout.of(0, SampleFormat.U8, 10, 10);
        byte[] archive = Archives.write(new byte[1000], ArchiveOptions.DEFAULT.withRecords(layout, learner));
        for (BlockKind more : new BlockKind[] {BlockKind.STORED, BlockKind.MORE_ROWS}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(HeaderFormat.write(new ArchiveHeader(1, layout,
                    new ModelReference(learner.name(), learner.sha256(), null), null), false));
            block(out, new BlockEntry(BlockKind.ROWS, 10, 3), 0);
            for (int i = 0; i < 30_000; i++) {
                BlockEntry entry = more == BlockKind.STORED ? new BlockEntry(more, 1, 1) : new BlockEntry(more, 10, 1);
                block(out, entry, 10 + i * entry.rawSize());
            }
            int[] taken = new int[1];
            InputStream counted = new ByteArrayInputStream(out.toByteArray()) {
                @Override
                public synchronized int read(byte[] b, int off, int len) {
                    int n = super.read(b, off, len);
                    taken[0] += Math.max(n, 0);
                    return n;
                }
            };
            try (ArchiveInputStream in = new ArchiveInputStream(counted, reference -> learner,
                    ReadOptions.DEFAULT.withThreads(2).withKeepGoing(true))) {
                assertThat(in.read()).isNotNegative();
            }
            assertThat(taken[0]).as("of %d bytes", out.size()).isLessThan(1 << 17);
            assertThat(out.size()).isGreaterThan(1 << 18);
        }
        assertThat(Archives.read(archive, reference -> learner)).isEqualTo(new byte[1000]);
    }

    private static void block(ByteArrayOutputStream out, BlockEntry entry, long contentOffset) {
        byte[] payload = new byte[(int) entry.payloadSize()];
        out.writeBytes(entry.header(Checksums.crc32c(payload), out.size(), contentOffset));
        out.writeBytes(payload);
    }

    /** What was found before is not copied for each of many archives. */
    @Test
    void damagesOfManyArchivesAreAddedUp() throws IOException {
        byte[] archive = Archives.write(new byte[] {1, 2, 3}, ArchiveOptions.DEFAULT);
        byte[] bad = archive.clone();
        bad[HeaderFormat.write(new ArchiveHeader(1, Layout.NONE, null, null), false).length + 10] ^= 1;
        int n = 6000;
        try (ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(repeated(bad, n)),
                ModelSource.NONE, ReadOptions.DEFAULT.withKeepGoing(true).withMembersApart(true))) {
            long[] allocated = new long[n / 1000 + 1];
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            int members = 0;
            do {
                allocated[members / 1000] += members % 1000 == 0 ? threads.getCurrentThreadAllocatedBytes() : 0;
                in.readAllBytes();
                members++;
            } while (in.nextMember());
            assertThat(members).isEqualTo(n);
            assertThat(in.damages()).hasSize(n);
            assertThat(allocated[5] - allocated[4]).isLessThan((allocated[2] - allocated[1]) * 3 / 2);
        }
    }

    private static byte[] repeated(byte[] bytes, int times) {
        byte[] all = new byte[bytes.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
        }
        return all;
    }

    /** Each part of a file of many archives without sound indexes is searched a few times, not once an archive. */
    @Test
    void aFileOfManyDamagedArchivesIsSearchedOnce() throws IOException {
        byte[] archive = Archives.write(new byte[2000], ArchiveOptions.DEFAULT.withXz(false));
        int n = 1000;
        byte[] all = repeated(archive, n);
        for (int i = 0; i < n; i++) {
            all[(i + 1) * archive.length - 20] ^= 1;
        }
        Path file = Files.write(dir.resolve("many.bba"), all);
        try (CountingChannel counting = new CountingChannel(FileChannel.open(file));
                ArchiveInputStream in = ArchiveInputStream.open(counting, ModelSource.NONE,
                        ReadOptions.DEFAULT.withKeepGoing(true))) {
            byte[] content = in.readAllBytes();
            assertThat(content).hasSize(n * 2000).containsOnly(0);
            assertThat(in.damages()).hasSizeGreaterThanOrEqualTo(n);
            assertThat(counting.read).isLessThan(60L * all.length);
        }
    }

    /** What turns contents back into files is kept for each archive, and counts. */
    @Test
    void wrappingsOfManyArchivesCountAsMemory() throws IOException {
        byte[] archive = Archives.write(new byte[100],
                ArchiveOptions.DEFAULT.withWrapping(new Wrapping(1, 5, 6, new byte[1 << 20])));
        Path file = Files.write(dir.resolve("wrapped.bba"), repeated(archive, 20));
        assertThat(ArchiveInfo.members(file, 25 << 20)).hasSize(20);
        assertThatThrownBy(() -> ArchiveInfo.members(file, 15 << 20)).isInstanceOf(UnsupportedArchiveException.class)
                .hasMessageContaining("--memory");
        ReadOptions tight = ReadOptions.DEFAULT.withMemoryLimit(15 << 20);
        assertThatThrownBy(() -> new RecordReader(file, ModelSource.NONE, tight))
                .isInstanceOf(UnsupportedArchiveException.class);
        try (ArchiveInputStream in = ArchiveInputStream.open(file, ModelSource.NONE, tight.withKeepGoing(true))) {
            assertThat(in.readAllBytes()).isEqualTo(new byte[2000]);
        }
    }

    /** Counts the bytes that are read. */
    private static final class CountingChannel implements SeekableByteChannel {

        private final FileChannel file;
        private long read;

        CountingChannel(FileChannel file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            int n = file.read(to);
            read += Math.max(n, 0);
            return n;
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public SeekableByteChannel position(long at) throws IOException {
            file.position(at);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
