package org.bbans.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training as a process that is stopped by signals. Without latents it does without ND4J. */
class TrainProcessTest {

    private static final int STEPS = 3000;

    @TempDir
    private Path dir;
    private Path in;
    private Path out;
    private Path work;

    @BeforeEach
    void records() {
        in = Samples.write(dir.resolve("in"), Samples.idx(300));
        out = dir.resolve("out.safetensors");
        work = dir.resolve("work");
    }

    private Process train(Object... more) throws Exception {
        Object[] args = {"train", in, "-f", "--out", out, "--steps", STEPS, "--latents", 0, "--hidden", 16, "--radius",
            2, "--rows", 2, "--rank", 4, "--batch", 16};
        Object[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return Cli.start(all);
    }

    private Cli stopped(String signal) throws Exception {
        Path checkpoint = work.resolve("out.checkpoint");
        Object before = Files.exists(checkpoint) ? key(checkpoint) : null;
        Process process = train("--work", work);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        // It is written anew when the training begins.
        while ((!Files.exists(checkpoint) || key(checkpoint).equals(before)) && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        Thread.sleep(200);
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
        return Cli.finish(process, new byte[0]);
    }

    private static Object key(Path file) throws Exception {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Wherever it was stopped: the same command goes on, and comes to the same weights. */
    @Test
    void aSignalLeavesACheckpointToContinueFrom() throws Exception {
        assumeThat(ProcessTest.isIgnoredHere(2)).as("processes inherit ignored signals").isFalse();
        assertThat(Cli.finish(train("-q"), new byte[0]).code()).isZero();
        byte[] whole = tensors();
        Files.delete(out);

        Cli first = stopped("INT");
        assertThat(first.err()).contains("bbans: stopped; the same command continues from the checkpoint in " + work);
        assertThat(first.code()).isEqualTo(128 + 2);
        Cli second = stopped("TERM");
        assertThat(second.err()).contains("bbans: stopped; the same command continues");
        assertThat(second.code()).isEqualTo(128 + 15);
        assertThat(out).doesNotExist();

        Cli last = Cli.finish(train("--work", work), new byte[0]);
        assertThat(last.code()).as(last.err()).isZero();
        assertThat(last.out()).isEmpty();
        assertThat(tensors()).isEqualTo(whole);
    }

    @Test
    void aDamagedCheckpointIsNamed() throws Exception {
        Files.createDirectories(work);
        Path checkpoint = Samples.write(work.resolve("out.checkpoint"),
                new byte[] {'b', 'b', 'K', '2', -1, -1, -1, -1, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'});
        Cli cli = Cli.finish(train("-q", "--work", work), new byte[0]);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err().lines()).singleElement().asString()
                .startsWith("bbans: " + checkpoint + ": is no checkpoint").contains("delete it");
        byte[] damaged = Files.readAllBytes(checkpoint);
        damaged[3] = '3';
        Files.write(checkpoint, damaged);
        assertThat(Cli.finish(train("-q", "--work", work), new byte[0]).err()).contains("is a damaged checkpoint");
    }

    /** The model's bytes but the training record, which holds the duration. */
    private byte[] tensors() throws Exception {
        byte[] model = Files.readAllBytes(out);
        return Arrays.copyOfRange(model, 8 + ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN).getInt(),
                model.length);
    }
}
