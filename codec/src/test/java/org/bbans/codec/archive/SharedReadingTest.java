package org.bbans.codec.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.bbans.codec.format.BlockInfo;
import org.bbans.codec.format.CorruptArchiveException;
import org.bbans.codec.format.Layout;
import org.bbans.codec.format.ModelSource;
import org.bbans.codec.format.SampleFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams and readers that several threads use, that have failed, or that are closed. */
class SharedReadingTest {

    private static final Layout LAYOUT = Layout.of(0, SampleFormat.U8, 8, 8);

    @TempDir
    private Path dir;

    private final FakeRecordCodec model = new FakeRecordCodec(LAYOUT);
    private final byte[] content = Archives.content(LAYOUT, 600, 0, new Random(26));
    private final byte[] archive = Archives.write(content,
            ArchiveOptions.DEFAULT.withRecords(LAYOUT, model).withBlockRecords(20));

    @Test
    void threadsMayShareAReader() throws Exception {
        Path file = Files.write(dir.resolve("a.bba"), archive);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try (RecordReader reader = new RecordReader(file, reference -> model)) {
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                Random random = new Random(thread);
                wrong.add(pool.submit(() -> {
                    int differ = 0;
                    for (int i = 0; i < 300; i++) {
                        int record = random.nextInt(600);
                        differ += Arrays.equals(reader.read(record), 0, 64, content, 64 * record, 64 * record + 64)
                                ? 0 : 1;
                    }
                    return differ;
                }));
            }
            for (Future<Integer> n : wrong) {
                assertThat(n.get()).isZero();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aClosedReaderReadsNothing() throws IOException {
        Path file = Files.write(dir.resolve("a.bba"), archive);
        RecordReader reader = new RecordReader(file, reference -> model);
        reader.read(0);
        reader.close();
        assertThatThrownBy(() -> reader.read(1)).isInstanceOf(IOException.class).hasMessage("the archive is closed");
    }

    /** Closed while the header of the next archive is read, nothing goes on. */
    @Test
    void closingBetweenTwoArchivesStopsBoth() throws Exception {
        byte[] two = Arrays.copyOf(archive, 2 * archive.length);
        System.arraycopy(archive, 0, two, archive.length, archive.length);
        AtomicReference<ArchiveInputStream> opened = new AtomicReference<>();
        InputStream closing = new ByteArrayInputStream(two) {
            @Override
            public synchronized int read(byte[] b, int off, int len) {
                if (pos == archive.length) {
                    try {
                        opened.get().close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                return super.read(b, off, pos < archive.length ? Math.min(len, archive.length - pos) : len);
            }
        };
        Set<Thread> before = workers();
        ArchiveInputStream in = new ArchiveInputStream(closing, reference -> model, ReadOptions.DEFAULT.withThreads(2));
        opened.set(in);
        assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class).hasMessage("the archive is closed");
        for (Thread worker : workers()) {
            if (!before.contains(worker)) {
                worker.join(20_000);
                assertThat(worker.isAlive()).as(worker.toString()).isFalse();
            }
        }
    }

    private static Set<Thread> workers() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("bbans-block"))
                .collect(Collectors.toSet());
    }

    /** A read ends with the record or an IOException, at whatever moment another thread closes the reader. */
    @Test
    void closingAReaderDuringAReadIsAnIoException() throws Exception {
        Path file = Files.write(dir.resolve("a.bba"), archive);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            int interrupted = 0;
            for (int i = 0; i < 60; i++) {
                RecordReader reader = new RecordReader(file, reference -> new SlowCodec());
                List<Future<Boolean>> reads = new ArrayList<>();
                for (int thread = 0; thread < 4; thread++) {
                    int first = 150 * thread;
                    reads.add(pool.submit(() -> {
                        for (int record = first; record < first + 150; record++) {
                            if (!Arrays.equals(reader.read(record), 0, 64, content, 64 * record, 64 * record + 64)) {
                                return false;
                            }
                        }
                        return true;
                    }));
                }
                TimeUnit.MILLISECONDS.sleep(i % 15);
                reader.close();
                for (Future<Boolean> read : reads) {
                    try {
                        assertThat(read.get(20, TimeUnit.SECONDS)).isTrue();
                    } catch (ExecutionException e) {
                        assertThat(e.getCause()).isInstanceOf(IOException.class).hasMessage("the archive is closed");
                        interrupted++;
                    }
                }
            }
            assertThat(interrupted).isPositive();
        } finally {
            pool.shutdownNow();
        }
    }

    /** What one record ran into does not keep others from being read. */
    @Test
    void damageStaysWithItsRecords() throws IOException {
        byte[] damaged = archive.clone();
        Path file = Files.write(dir.resolve("a.bba"), archive);
        BlockInfo second = ArchiveInfo.read(file).blocks().get(1);
        damaged[(int) second.payloadOffset()] ^= 1;
        Files.write(file, damaged);
        try (RecordReader reader = new RecordReader(file, reference -> model)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> reader.read(25)).isInstanceOf(CorruptArchiveException.class);
                assertThat(reader.read(5)).isEqualTo(Arrays.copyOfRange(content, 5 * 64, 6 * 64));
                assertThat(reader.read(45)).isEqualTo(Arrays.copyOfRange(content, 45 * 64, 46 * 64));
            }
        }
    }

    @Test
    void aClosedStreamSaysSo() throws IOException {
        ArchiveInputStream in =
                new ArchiveInputStream(new ByteArrayInputStream(archive), reference -> model, ReadOptions.DEFAULT);
        assertThat(in.read()).isNotNegative();
        assertThat(in.available()).isPositive();
        in.close();
        assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessage("the archive is closed");
        assertThatThrownBy(in::available).isInstanceOf(IOException.class).hasMessage("the archive is closed");
        assertThatThrownBy(() -> in.skip(5)).isInstanceOf(IOException.class).hasMessage("the archive is closed");
    }

    @Test
    void aFailureOfAnyKindLasts() throws IOException {
        ModelSource broken = reference -> {
            throw new IllegalStateException("no models today");
        };
        try (ArchiveInputStream in =
                new ArchiveInputStream(new ByteArrayInputStream(archive), broken, ReadOptions.DEFAULT)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IllegalStateException.class);
            for (int i = 0; i < 2; i++) {
                assertThat(in.available()).isZero();
                assertThatThrownBy(() -> in.skip(1)).isInstanceOf(IOException.class);
                assertThatThrownBy(in::read).isInstanceOf(IOException.class)
                        .hasMessageContaining("failed before").hasMessageContaining("no models today");
            }
        }
    }

    /** Whenever it happens, the reader gets the end or an IOException; nothing hangs. */
    @Test
    void closingDuringAReadIsAnIoException() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            int interrupted = 0;
            for (int i = 0; i < 60; i++) {
                ArchiveInputStream in = new ArchiveInputStream(new ByteArrayInputStream(archive),
                        reference -> new SlowCodec(), ReadOptions.DEFAULT.withThreads(2));
                Future<byte[]> read = pool.submit(in::readAllBytes);
                TimeUnit.MILLISECONDS.sleep(i % 15);
                in.close();
                try {
                    assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo(content);
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(IOException.class);
                    interrupted++;
                }
            }
            assertThat(interrupted).isPositive();
        } finally {
            pool.shutdownNow();
        }
    }

    private static final class SlowCodec extends FakeRecordCodec {

        SlowCodec() {
            super(LAYOUT);
        }

        @Override
        public void decode(byte[] payload, byte[] samples, int records, IntConsumer done)
                throws CorruptArchiveException {
            long end = System.nanoTime() + 400_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            super.decode(payload, samples, records, done);
        }
    }
}
