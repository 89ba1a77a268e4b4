package org.bbans.codec.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    /** More than stays in memory. */
    private static final int MANY = (1 << 24) + 12_345;

    @TempDir
    Path folder;

    @Test
    void bytesComeBackInMemoryAndOnDisk() throws Exception {
        for (int size : new int[] {0, 1, 5000, MANY}) {
            final byte[] bytes = new byte[size];
            final Random random = new Random(size);
            random.nextBytes(bytes);
            try (Spool spool = new Spool(folder)) {
                for (int at = 0; at < size;) {
                    final int n = Math.min(size - at, random.nextInt(1 << 20));
                    spool.write(bytes, at, n);
                    at += n;
                    final int from = random.nextInt(at + 1);
                    final byte[] some = new byte[1 + random.nextInt(100)];
                    final int got = spool.read(from, some, 0, some.length);
                    assertThat(Math.max(got, 0)).isEqualTo(Math.min(some.length, at - from));
                    assertThat(Arrays.copyOf(some, Math.max(got, 0)))
                            .isEqualTo(Arrays.copyOfRange(bytes, from, from + Math.max(got, 0)));
                }
                assertThat(spool.size()).isEqualTo(size);
                final int from = size / 3;
                try (InputStream in = spool.open(from); InputStream all = spool.open()) {
                    assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, from, size));
                    all.skipNBytes(from);
                    assertThat(all.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, from, size));
                }
            }
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** A channel would be closed for all who read it. */
    @Test
    void aThreadThatIsInterruptedTakesNothingFromOthers() throws Exception {
        final byte[] bytes = new byte[MANY];
        new Random(1).nextBytes(bytes);
        try (Spool spool = new Spool(folder)) {
            spool.write(bytes);
            final byte[] some = new byte[100];
            final Thread reader = new Thread(() -> {
                Thread.currentThread().interrupt();
                try (InputStream in = spool.open(7)) {
                    in.readNBytes(some, 0, some.length);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            reader.start();
            reader.join();
            assertThat(some).isEqualTo(Arrays.copyOfRange(bytes, 7, 107));
            assertThat(spool.open().readAllBytes()).isEqualTo(bytes);
        }
    }
}
